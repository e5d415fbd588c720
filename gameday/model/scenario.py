"""A scenario as its file states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from gameday.model.types import Comparison, HintLevel, Json, Limit, Role, SignalKind
from gameday.moments import Moment

DEFAULT_PACE = 10.0
"""Pace of a rehearsal whose scenario names none."""
SHORTEST_WINDOW_S = 3.0
"""Seconds below which a rehearsal shortens no window: too few readings would rest in it."""


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time in a scenario: `after` seconds from a moment, as in `impact+2m`.

    `spread`: up to so many seconds later, drawn by the drill's seed (`start+0s..3m`).
    """

    moment: Moment
    after: float = 0.0
    spread: float = 0.0

    @property
    def latest(self) -> float:
        """Seconds from the moment at the end of the range."""
        return self.after + self.spread

    @property
    def middle(self) -> float:
        """Seconds from the moment in the middle of the range."""
        return self.after + self.spread / 2


AT_START = TimeExpression(Moment.START)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Expected behaviour of a signal.

    `over`: window in seconds over which readings are aggregated; `hold`: seconds for which it must hold (`for` in the
    file); `by`: no later than this; `at`: judged from then on; `means`: the lesson of a clue.
    """

    signal: str
    test: Comparison
    limit: Limit | None = None
    over: float | None = None
    hold: float | None = None
    by: TimeExpression | None = None
    at: TimeExpression | None = None
    means: str = ""

    @override
    def __str__(self) -> str:
        if self.test is Comparison.FIRES:
            return f"{self.signal} fires"
        if self.test in (Comparison.IS_HEALTHY, Comparison.NOT_HEALTHY):
            return f"{self.signal} {self.test.value} healthy"
        limit = self.limit.text if self.limit else "?"
        return f"{self.signal} {self.test.text} {limit}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A fault that returns: `times` in all, one begins `every` so many seconds."""

    times: int
    every: float


@dataclass(frozen=True, slots=True)
class Fault:
    """One controlled failure.

    `params`: as the file states them, read by the injector's Params type; `adjust`: range of each parameter that the
    facilitator may set; `lasts`: seconds after which it ends by itself.
    """

    id: str
    kind: str
    target: str
    params: Mapping[str, Json]
    at: TimeExpression = AT_START
    lasts: float | None = None
    repeat: Repeat | None = None
    adjust: Mapping[str, str] = field(default_factory=dict[str, str])
    shows: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Condition that halts the drill once it held for `hold` seconds; it warns after `warn_at`."""

    signal: str
    test: Comparison
    limit: Limit
    hold: float
    warn_at: float | None = None

    @property
    def expectation(self) -> Expectation:
        """The breach, as an expectation that is met when the guardrail is broken."""
        return Expectation(self.signal, self.test, self.limit, hold=self.hold)


@dataclass(frozen=True, slots=True)
class Page:
    """The alert that pages (empty for none), and the program's own page if that is still silent at `fallback`."""

    alert: str
    fallback: TimeExpression
    say: str


@dataclass(frozen=True, slots=True)
class Objective:
    """A moment that the team is expected to reach `by` a time, or again `every` so many seconds from `since`."""

    id: str
    moment: Moment
    by: TimeExpression | None
    every: float | None = None
    since: Moment | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A scripted text to the responders: from a persona (`sender`), or a `hint`.

    Sent `at` a time, or after the action `when`; with neither it is in reserve (`at: manual`). Not sent once the moment
    `unless` has happened.
    """

    say: str
    sender: str = ""
    hint: HintLevel | None = None
    at: TimeExpression | None = None
    when: str = ""
    unless: Moment | None = None
    look_for: str = ""

    @property
    def is_in_reserve(self) -> bool:
        """Return True if only the facilitator sends it."""
        return self.at is None and not self.when


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """A step of the rehearsal's responders: say a human moment, or take an action."""

    at: TimeExpression
    moment: Moment | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class RequiredSignal:
    """The kind of a signal, and in words what to bind to it."""

    kind: SignalKind
    means: str = ""


@dataclass(frozen=True, slots=True)
class RequiredLoad:
    """Samples per second of a signal without which a fault shows nothing.

    `clients`: what the load's clients must do (`retry`).
    """

    signal: str
    at_least: float
    clients: str = ""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Logical names that a team binds to its own system, with their meanings, and default terms."""

    targets: Mapping[str, str]
    signals: Mapping[str, RequiredSignal]
    actions: Mapping[str, str] = field(default_factory=dict[str, str])
    terms: Mapping[str, str] = field(default_factory=dict[str, str])
    load: RequiredLoad | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One exercise as its file states it; durations already in seconds."""

    id: str
    type: str
    difficulty: int
    timebox: float
    roles_required: tuple[Role, ...]
    roles_optional: tuple[Role, ...]
    runbooks: tuple[str, ...]
    requires: Requirements
    statement: str
    expect: tuple[Expectation, ...]
    steady_state: tuple[Expectation, ...]
    mitigated_when: tuple[Expectation, ...]
    mitigations: tuple[str, ...]
    faults: tuple[Fault, ...]
    clues: tuple[Expectation, ...]
    guardrails: tuple[Guardrail, ...]
    page: Page | None
    ends: TimeExpression | None
    objectives: tuple[Objective, ...]
    messages: tuple[Message, ...]
    debrief: tuple[str, ...]
    removed_by_responders: bool = False
    """Responders who take a fault away themselves (a rollback by hand) have mitigated."""
    on_halt: tuple[str, ...] = ()
    """Actions to run when the drill halts: the outage may outlive its fault."""
    script: tuple[ScriptStep, ...] = ()
    pace: float = DEFAULT_PACE
    """Factor by which a rehearsal plays the people's side and its windows faster than the file."""
