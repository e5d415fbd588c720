"""Events of the drill itself: phases, preflight, start, problems."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, Tone
from gameday.events.text import SignalKinds, Text, spans, with_detail
from gameday.model import Phase, Role
from gameday.units import format_duration, format_role

_PHASES = {
    Phase.PREFLIGHT: "Preflight started; nothing has been changed yet", Phase.RUNNING: "Drill running",
    Phase.DONE: "Drill closed", Phase.REVERTING: "Reverting all faults",
    Phase.STUCK: "STUCK: faults are still present. Run: gameday halt",
}  # fmt: skip


class PhaseChanged(Body, frozen=True):
    """The drill's phase changed."""

    kind: ClassVar[str] = "phase"
    audience: ClassVar[Audience] = FACILITATOR
    before: Phase
    after: Phase

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(_PHASES.get(self.after, f"Phase: {self.after}"))

    @override
    def is_noteworthy(self) -> bool:
        return self.after in (Phase.PREFLIGHT, Phase.STUCK)


class TakenOver(Body, frozen=True):
    """Another process owns the drill now."""

    kind: ClassVar[str] = "takeover"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True
    epoch: int
    reason: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Another process took over the drill", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class PreflightChecked(Body, frozen=True):
    """One check of preflight. For a target: the fault, and the only members and ids that it may affect."""

    kind: ClassVar[str] = "check"
    audience: ClassVar[Audience] = FACILITATOR
    name: str
    passed: bool
    text: str = ""
    fault: str = ""
    members: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Check passed" if self.passed else "Check FAILED", self.text or self.name)

    @override
    def tone(self) -> Tone:
        return Tone.NEUTRAL if self.passed else Tone.BAD

    @override
    def is_noteworthy(self) -> bool:
        return self.name != "steady state"  # the event `steady-state` says the same


class PreflightWaits(Body, frozen=True):
    """Preflight waits for something, for about so many seconds; 0: for a moment."""

    kind: ClassVar[str] = "preflight-waits"
    audience: ClassVar[Audience] = EVERYONE
    routine: ClassVar[bool] = True
    text: str
    seconds: float = 0.0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Preflight waits for {self.text}")


class PreflightPassed(Body, frozen=True):
    """Preflight passed; the drill waits for the facilitator's go-ahead."""

    kind: ClassVar[str] = "ready"
    audience: ClassVar[Audience] = FACILITATOR

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Preflight passed: waiting for the start")


class StartApproved(Body, frozen=True):
    """The facilitator gave the go-ahead, and for these roles somebody is present; the start follows.

    `without`: required roles that nobody fills, as the facilitator confirmed.
    """

    kind: ClassVar[str] = "go-ahead"
    audience: ClassVar[Audience] = FACILITATOR
    names_role: ClassVar[bool] = True
    roles: tuple[Role, ...] = ()
    without: tuple[Role, ...] = ()

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(
            "The start was confirmed",
            f"; roles present: {', '.join(map(format_role, self.roles))}" if self.roles else "",
            f"; without: {', '.join(map(format_role, self.without))}" if self.without else "",
        )

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class Started(Body, frozen=True):
    """Moment; the drill begins. The first fault follows after a hidden delay in seconds."""

    kind: ClassVar[str] = "start"
    audience: ClassVar[Audience] = FACILITATOR
    delay: float = 0.0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Drill started")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Drill started")


class LoadStarted(Body, frozen=True):
    """The environment's load is about to be started for the drill; it is stopped with it."""

    kind: ClassVar[str] = "load-started"
    audience: ClassVar[Audience] = FACILITATOR
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Starting the load", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Load started")


class MachineSuspended(Body, frozen=True):
    """The machine was suspended; what was timed then is censored."""

    kind: ClassVar[str] = "suspended"
    audience: ClassVar[Audience] = FACILITATOR
    seconds: float

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(*self.review_text(signals), "; durations that span it are lower bounds")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Machine suspended for {format_duration(self.seconds)}")


class ProblemReported(Body, frozen=True):
    """A problem of the program itself, which it handled."""

    kind: ClassVar[str] = "problem"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    text: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Problem", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)
