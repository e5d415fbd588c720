"""Probes by name, and the checks around each: a probe never raises, and no value is taken on trust."""

from __future__ import annotations

import math
from collections.abc import Callable

from typing_extensions import override

from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient
from gameday.clients.request_errors import RequestError
from gameday.errors import Refused
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError, OpenProbe, Probe
from gameday.plugins.registry import probe_group
from gameday.signals import settings
from gameday.signals.alerts import open_alerts
from gameday.signals.http import open_http
from gameday.signals.kubernetes import open_kubernetes
from gameday.signals.process import open_process
from gameday.signals.prometheus import open_prometheus
from gameday.signals.settings import secrets_of
from gameday.signals.sql import open_sql
from gameday.units import format_duration
from gameday.variables import redact

PROBES: dict[str, Callable[[SignalBinding, HttpClient], Probe]] = {
    "http": open_http,
    "sql": open_sql,
    "process": open_process,
    "prometheus": open_prometheus,
    "alerts": open_alerts,
    "kubernetes": open_kubernetes,
}
"""The probes of probe_table.PROBE_KEYS, each with the function that opens it."""
MAX_ERROR_CHARS = 300


class CheckedProbe(Probe):
    """A probe that never raises and returns only plausible values."""

    def __init__(self, probe: Probe, binding: SignalBinding, web: HttpClient | None) -> None:
        """`binding`: as written; errors never contain its secrets."""
        self._probe, self._binding, self._web = probe, binding, web

    @override
    async def read(self) -> Measurement:
        try:
            return _require_plausible(await self._probe.read(), self._binding.kind)
        except (MeasurementError, RequestError) as error:
            return Measurement(None, 0, redact(shorten_line(str(error), MAX_ERROR_CHARS), secrets_of(self._binding)))
        except TimeoutError:
            return Measurement(None, 0, f"no response within {format_duration(settings.read_timeout_s(self._binding))}")
        except Exception as error:  # a probe's own fault must not end the sampling of all others
            return Measurement(None, 0, f"the probe failed ({type(error).__name__})")

    @override
    async def close(self) -> None:
        await self._probe.close()
        if self._web is not None:
            await self._web.close()


def _require_plausible(measured: Measurement, kind: SignalKind) -> Measurement:
    value = measured.value
    if value is None:
        return measured
    if not math.isfinite(value):
        raise MeasurementError("the value is not a number")
    if value < 0:
        raise MeasurementError(f"the value is negative: {value:g}")
    if kind is SignalKind.RATIO and value > 1:
        raise MeasurementError(f"a ratio must be between 0 and 1, not {value:g}")
    if measured.n < 1:
        raise MeasurementError(NO_SAMPLES)
    return measured


def open_probe(binding: SignalBinding, web: HttpClient | None = None) -> Probe:
    """Open the probe that a binding names, checked. `web`: shared with others, else its own.

    Raises BadArguments for an unknown probe or invalid settings. Counters need two reads."""
    opener, bound = PROBES.get(binding.probe), settings.with_variables(binding)
    if opener is None:
        return CheckedProbe(_open_plugin(bound), binding, None)
    shared = web or HttpClient()
    return CheckedProbe(opener(bound, shared), binding, None if web else shared)


def _open_plugin(binding: SignalBinding) -> Probe:
    """Open a probe of a plugin. Raises BadArguments."""
    plugins = probe_group()
    if binding.probe not in plugins.names():
        raise settings.settings_error(binding, f"unknown probe; known probes: {', '.join([*PROBES, *plugins.names()])}")
    try:
        open_plugin: OpenProbe = plugins.load(binding.probe)
    except Refused as refused:
        raise settings.settings_error(binding, refused.wrong) from refused
    return open_plugin(binding)
