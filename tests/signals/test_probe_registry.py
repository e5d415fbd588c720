"""The probes that files allow are the probes that exist."""

from __future__ import annotations

import asyncio

import pytest

from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.plugins.registry import PluginGroup
from gameday.signals.probe_registry import PROBES, open_probe
from gameday.signals.probe_table import PROBE_KEYS


def test_schema_accepts_exactly_the_registered_probes() -> None:
    assert set(PROBE_KEYS) == set(PROBES)


class Constant:
    """Probe of a plugin that always reads the same."""

    def __init__(self, binding: SignalBinding) -> None:
        self._value = float(str(binding.settings["value"]))

    async def read(self) -> Measurement:
        return Measurement(self._value, 1)

    async def close(self) -> None: ...


def test_a_probe_of_a_plugin_is_opened_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PluginGroup, "names", lambda _: ["constant"])
    monkeypatch.setattr(PluginGroup, "load", lambda *_: Constant)

    def read(value: str) -> Measurement:
        return asyncio.run(open_probe(SignalBinding("s", SignalKind.RATIO, "constant", {"value": value})).read())

    assert read("0.5") == Measurement(0.5, 1)
    assert read("2") == Measurement(None, 0, "a ratio must be between 0 and 1, not 2")
