"""Installed plugins, found by their entry points; each is imported at its first use."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from gameday.errors import Refused
from gameday.plugins.channel import MessageChannel
from gameday.plugins.injector import Injector, SettingsChecker
from gameday.plugins.probe import ProbeSettingsChecker

INJECTORS = "gameday.injectors"
CHANNELS = "gameday.channels"
PROBES = "gameday.probes"


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
            raise Refused(f"cannot load {self._noun} {name}: {error}", "Reinstall its package.") from error


def injector_group() -> PluginGroup:
    """Return the installed injectors."""
    return PluginGroup(INJECTORS, "injector")


def channel_group() -> PluginGroup:
    """Return the installed message channels."""
    return PluginGroup(CHANNELS, "channel")


def probe_group() -> PluginGroup:
    """Return the installed probes; those of the program itself are in signals/probe_table.py."""
    return PluginGroup(PROBES, "probe")


@cache
def create_channel(name: str) -> MessageChannel:
    """Import a message channel and create it. Raises Refused."""
    create = channel_group().load(name)
    try:
        channel: MessageChannel = create()
    except Exception as error:
        raise Refused(f"cannot load channel {name}: {error}", "Reinstall its package.") from error
    return channel


def create_injector(group: PluginGroup, name: str) -> Injector:
    """Import an injector and create it. Raises Refused."""
    create = group.load(name)
    try:
        injector: Injector = create()
    except Exception as error:
        raise Refused(f"cannot load injector {name}: {error}", "Reinstall its package.") from error
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
