"""Installed injectors, found by the entry points of the group `gameday.injectors`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from typing_extensions import override

from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Refused
from gameday.plugins.injector import Injector
from gameday.plugins.parameters import Params
from gameday.plugins.registry import create_injector, injector_group
from gameday.plugins.types import SILENCE_INJECTOR


class InjectorLookup(Protocol):
    """Injectors by name."""

    def __getitem__(self, name: str, /) -> CheckedInjector:
        """Return the injector. Raises Refused when there is none of that name."""
        ...


class InjectorRegistry:
    """Injectors by name, each imported at its first use and wrapped in a CheckedInjector."""

    def __init__(self) -> None:
        self._group = injector_group()
        self._loaded: dict[str, CheckedInjector] = {}

    def names(self) -> list[str]:
        """Return the names of all installed injectors; imports none."""
        return self._group.names()

    def __getitem__(self, name: str) -> CheckedInjector:
        """Return the injector. Raises Refused when there is none of that name, or it cannot be imported."""
        if name not in self._loaded:
            injector = _create_silence_injector() if name == SILENCE_INJECTOR else create_injector(self._group, name)
            self._loaded[name] = CheckedInjector(injector)
        return self._loaded[name]


def _create_silence_injector() -> Injector:
    """Create the injector of silences; it is no plugin, so that no scenario and no target can name it."""
    from gameday.injectors.alertmanager.injector import SilenceInjector

    return SilenceInjector()


class InstalledKinds(Mapping[str, Mapping[str, type[Params]]]):
    """Kinds of fault by injector; an injector is imported when its kinds are requested.

    One that cannot be imported is left out: `gameday doctor` reports it.
    """

    def __init__(self) -> None:
        self._registry = InjectorRegistry()

    @override
    def __getitem__(self, name: str) -> Mapping[str, type[Params]]:
        try:
            return self._registry[name].kinds
        except Refused:
            raise KeyError(name) from None

    @override
    def __iter__(self) -> Iterator[str]:
        return (name for name in self._registry.names() if name in self)

    @override
    def __len__(self) -> int:
        return len(list(iter(self)))
