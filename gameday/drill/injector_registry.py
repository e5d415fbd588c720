"""Installed injectors, found by the entry points of the group `gameday.injectors`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Refused
from gameday.plugins.injector import Injector

GROUP = "gameday.injectors"


class Injectors(Protocol):
    """Injectors by name."""

    def __getitem__(self, name: str, /) -> CheckedInjector:
        """Raises Refused when there is no such injector."""
        ...


class Registry:
    """Injectors by name, each imported at its first use and wrapped in a CheckedInjector."""

    def __init__(self) -> None:
        self._entry_points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=GROUP)}
        self._loaded: dict[str, CheckedInjector] = {}

    def names(self) -> list[str]:
        """Return the names of all installed injectors; imports none."""
        return sorted(self._entry_points)

    def __getitem__(self, name: str) -> CheckedInjector:
        """Return the injector. Raises Refused when there is none of that name, or it cannot be imported."""
        if name not in self._loaded:
            self._loaded[name] = CheckedInjector(self._load(name))
        return self._loaded[name]

    def _load(self, name: str) -> Injector:
        if name not in self._entry_points:
            raise Refused(f"no injector {name!r}; installed are: {', '.join(self.names())}")
        try:
            injector: Injector = self._entry_points[name].load()()
        except Exception as error:
            raise Refused(f"cannot load injector {name}: {error}", "Is its package complete?") from error
        return injector
