"""Where injectors come from: the entry points of the group `gameday.injectors`, ours and anyone's alike."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Refused
from gameday.plugins.injector import Injector

GROUP = "gameday.injectors"


class Injectors(Protocol):
    """Injectors by name."""

    def __getitem__(self, name: str, /) -> Injector:
        """Raises Refused when there is no such injector."""
        ...


class Registry:
    """Injectors by name, each loaded when first asked for and wrapped by the validator."""

    def __init__(self) -> None:
        self._found: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=GROUP)}
        self._loaded: dict[str, Injector] = {}

    def names(self) -> list[str]:
        return sorted(self._found)

    def __getitem__(self, name: str) -> Injector:
        """Raises Refused when there is no such injector, or it cannot be loaded."""
        if name not in self._loaded:
            self._loaded[name] = CheckedInjector(self._load(name))
        return self._loaded[name]

    def _load(self, name: str) -> Injector:
        if name not in self._found:
            raise Refused(f"there is no injector {name!r}; there are: {', '.join(self.names())}")
        try:
            made: Injector = self._found[name].load()()
        except Exception as error:
            raise Refused(f"the injector {name} cannot be loaded: {error}", "Is its package whole?") from error
        return made
