"""Installed plugins, found by their entry points; each is imported at its first use."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from gameday.errors import Refused
from gameday.plugins.channel import MessageChannel
from gameday.plugins.injector import Injector, SettingsChecker
from gameday.plugins.probe import ProbeSettingsChecker


class PluginGroup:
    """Plugins of one entry point group, by name. `noun`: what they are, for a person."""

    def __init__(self, group: str, noun: str) -> None:
        self._noun = noun
        self._entry_points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=group)}

    def names(self) -> list[str]:
        """Return the names of all installed plugins; imports none."""
        return sorted(self._entry_points)

    def load(self, name: str) -> Any:
        """Import the plugin and return what its entry point names. Raises Refused where that is impossible."""
        if name not in self._entry_points:
            raise Refused(f"no {self._noun} {name!r}; installed: {', '.join(self.names())}")
        try:
            return self._entry_points[name].load()
        except Exception as error:
            raise self._load_error(name, error) from error

    def create(self, name: str) -> Any:
        """Import the plugin and call its entry point without arguments. Raises Refused where one of them fails."""
        entry_point = self.load(name)
        try:
            return entry_point()
        except Exception as error:
            raise self._load_error(name, error) from error

    def _load_error(self, name: str, error: Exception) -> Refused:
        return Refused(f"cannot load {self._noun} {name}: {error}", "Reinstall its package.")


def injector_group() -> PluginGroup:
    """Return the installed injectors."""
    return PluginGroup("gameday.injectors", "injector")


def channel_group() -> PluginGroup:
    """Return the installed message channels."""
    return PluginGroup("gameday.channels", "channel")


def probe_group() -> PluginGroup:
    """Return the installed probes; those of the program itself are in signals/probe_table.py."""
    return PluginGroup("gameday.probes", "probe")


@cache
def create_channel(name: str) -> MessageChannel:
    """Import a message channel and create it. Raises Refused."""
    channel: MessageChannel = channel_group().create(name)
    return channel


def create_injector(group: PluginGroup, name: str) -> Injector:
    """Import an injector and create it. Raises Refused."""
    injector: Injector = group.create(name)
    return injector


@cache
def load_probe_checker(name: str) -> ProbeSettingsChecker | None:
    """Import a probe and return it if it checks its settings; None where it does not. Raises Refused."""
    probe = probe_group().load(name)
    return probe if isinstance(probe, ProbeSettingsChecker) else None


@cache
def load_settings_checker(name: str) -> SettingsChecker | None:
    """Return the injector if it checks the settings of its targets; None where it does not, or cannot be loaded."""
    try:
        injector = create_injector(injector_group(), name)
    except Refused:
        return None
    return injector if isinstance(injector, SettingsChecker) else None
