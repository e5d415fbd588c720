"""The probes by name, and the care that all of them need: a failure is words, and no number is taken on trust."""

from __future__ import annotations

import math
from collections.abc import Callable

from typing_extensions import override

from gameday.model import SignalBinding, SignalKind
from gameday.signals import settings
from gameday.signals.alerts import open_alerts
from gameday.signals.http import open_http
from gameday.signals.measured import NO_SAMPLES, Measured, NoValue, Probe
from gameday.signals.process import open_process
from gameday.signals.prometheus import open_prometheus
from gameday.signals.sql import open_sql
from gameday.signals.web import Web
from gameday.units import say_duration

PROBES: dict[str, Callable[[SignalBinding, Web], Probe]] = {
    "http": open_http,
    "sql": open_sql,
    "process": open_process,
    "prometheus": open_prometheus,
    "alerts": open_alerts,
}
ASK_THE_WEB = frozenset({"http", "prometheus", "alerts"})


class Careful(Probe):
    """A probe that never raises, and whose values are possible ones."""

    def __init__(self, probe: Probe, kind: SignalKind, timeout: float, web: Web | None) -> None:
        self._probe, self._kind, self._timeout, self._web = probe, kind, timeout, web

    @override
    async def read(self) -> Measured:
        try:
            return _possible(await self._probe.read(), self._kind)
        except NoValue as none:
            return Measured(None, 0, str(none))
        except TimeoutError:
            return Measured(None, 0, f"no answer within {say_duration(self._timeout)}")
        except Exception as error:  # a probe's own fault must not end the sampling of all others
            return Measured(None, 0, f"the probe failed ({type(error).__name__})")

    @override
    async def close(self) -> None:
        await self._probe.close()
        if self._web is not None:
            await self._web.close()


def _possible(measured: Measured, kind: SignalKind) -> Measured:
    value = measured.value
    if value is None:
        return measured
    if not math.isfinite(value):
        raise NoValue("the value is no number")
    if value < 0:
        raise NoValue(f"the value is below nothing: {value:g}")
    if kind is SignalKind.RATIO and value > 1:
        raise NoValue(f"a ratio lies between 0 and 1, not at {value:g}")
    if measured.n < 1:
        raise NoValue(NO_SAMPLES)
    return measured


def open_probe(binding: SignalBinding, web: Web | None = None) -> Probe:
    """The probe that the binding names, made careful. `web`: shared with others, else one of its own.

    Raises BadArguments for an unknown probe or settings that cannot be meant. Counters need two reads."""
    opener = PROBES.get(binding.probe)
    if opener is None:
        raise settings.wrong(binding, f"there is no such probe: {', '.join(PROBES)}")
    shared = web or Web()
    probe = Careful(opener(binding, shared), binding.kind, settings.timeout(binding), None if web else shared)
    if binding.probe in ASK_THE_WEB:
        shared.prepare()
    return probe
