"""The conditions that halt a drill by themselves; and a guardrail that cannot be read for its own time."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from gameday.drill.state import State
from gameday.drill.watching.follower import Follower, Ground, figures
from gameday.events import Draft
from gameday.model import Guardrail, Json, Phase, Reading, Source
from gameday.signals.watch import Verdict


class Rail(Follower):
    """One guardrail: warned once, broken once."""

    def __init__(self, index: int, guardrail: Guardrail, ground: Ground) -> None:
        self._index = index
        self._guardrail = guardrail
        self._signal = guardrail.signal
        breach = guardrail.expectation
        self._breach = ground.watch(breach)
        self._warning = ground.watch(replace(breach, hold=guardrail.warn_at)) if guardrail.warn_at else None
        self._warned = self._broken = False
        self._blind_since: float | None = None

    @override
    def feed(self, reading: Reading) -> None:
        self._breach.feed(reading)
        if self._warning is not None:
            self._warning.feed(reading)

    @override
    def look(self, now: float, state: State) -> list[Draft]:
        if state.phase is not Phase.RUNNING or state.startex is None or self._broken:
            return []
        return self._warn(now, state.startex) + self._break(now, state.startex)

    def _warn(self, now: float, since: float) -> list[Draft]:
        if self._warned or self._warning is None:
            return []
        judgement = self._warning.judge(now, since)
        if judgement.verdict is not Verdict.MET:
            return []
        self._warned = True
        return [Draft("warned", {"guardrail": self._index, "signal": self._signal, **figures(judgement)})]

    def _break(self, now: float, since: float) -> list[Draft]:
        judgement = self._breach.judge(now, since)
        if judgement.verdict is Verdict.MET:
            self._broken = True
            data = {"guardrail": self._index, "signal": self._signal, **figures(judgement)}
            return [Draft("breach", data, source=Source.PROBE)]
        if judgement.verdict is not Verdict.UNREADABLE:
            self._blind_since = None
            return []
        self._blind_since = now if self._blind_since is None else self._blind_since
        return self._blind(now - self._blind_since, judgement.say)

    def _blind(self, seconds: float, say: str) -> list[Draft]:
        """A guardrail that nobody can see guards nothing: after its own time without a reading the drill is halted."""
        if seconds < self._guardrail.hold:
            return []
        self._broken = True
        data: dict[str, Json] = {
            "signal": self._signal,
            "guardrail": self._index,
            "seconds": round(seconds, 1),
            "say": say,
        }
        return [Draft("unreadable", data, source=Source.PROBE)]

    @override
    def finals(self, now: float, state: State) -> list[Draft]:
        return []
