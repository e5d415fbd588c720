"""A scenario as its file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import override

from gameday.model.types import Json, Limit, Range, Role, Rung, SignalKind, Test
from gameday.moments import Moment

AT_ONCE = Range(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a signal is expected to do. `over`: taken together over so long; `hold`: all through so long (the
    file's `for`); `within` of the moment `of`: by then. `tells`: what a responder may learn from it."""

    signal: str
    test: Test
    limit: Limit | None = None
    over: float | None = None
    hold: float | None = None
    within: float | None = None
    of: Moment | None = None
    tells: str = ""

    @override
    def __str__(self) -> str:
        if self.test is Test.FIRES:
            return f"{self.signal} fires"
        if self.test is Test.IS_HEALTHY:
            return f"{self.signal} is good"
        limit = self.limit.text if self.limit else "?"
        return f"{self.signal} {self.test.value.replace('_', ' ')} {limit}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One controlled failure. `params` are as the file says them; the injector's Params type reads them.
    `dial`: the range the facilitator may turn it in, as written. `start`: seconds after STARTEX, drawn by seed."""

    id: str
    kind: str
    target: str
    params: Mapping[str, Json]
    start: Range = AT_ONCE
    dial: str = ""
    expect: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """The condition that halts the drill by itself when it holds for `hold` seconds; after `warn_at` the
    facilitator hears first."""

    signal: str
    test: Test
    limit: Limit
    hold: float
    warn_at: float | None = None

    @property
    def expectation(self) -> Expectation:
        """The breach, as an expectation that is met when the guardrail is broken."""
        return Expectation(self.signal, self.test, self.limit, hold=self.hold)


@dataclass(frozen=True, slots=True)
class Page:
    """The alert that pages, and what the program says when it stays silent for `else_after` of `of`."""

    alert: str
    else_after: float
    of: Moment
    say: str


@dataclass(frozen=True, slots=True)
class Ends:
    """The drill ends `after` seconds of the moment `of`, else at the timebox."""

    after: float
    of: Moment


@dataclass(frozen=True, slots=True)
class Objective:
    """Something the team is expected to do `within` seconds of a moment."""

    id: str
    expect: Moment
    within: float
    of: Moment


@dataclass(frozen=True, slots=True)
class Cue:
    """A scripted message from a persona (`support`, `executive`, `expert`) to the responders."""

    persona: str
    look_for: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """One rung of the ladder; not sent when the moment `unless` has been."""

    rung: Rung
    unless: Moment | None = None


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """One line of the course: `after` seconds of the moment `of`, or when the action `when` was taken."""

    play: Cue | Hint
    say: str
    after: float = 0.0
    of: Moment | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """What the rehearsal's responders do: say a human moment, or take an action, `after` seconds of `of`."""

    after: float
    of: Moment
    moment: Moment | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a scenario asks of an environment: logical names with what they mean."""

    targets: Mapping[str, str]
    signals: Mapping[str, SignalKind]
    words: Mapping[str, str]
    load_of: str = ""
    load_at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One exercise as its file says it; durations already in seconds."""

    id: str
    type: str
    difficulty: int
    timebox: float
    roles_needed: tuple[Role, ...]
    roles_wanted: tuple[Role, ...]
    runbooks: tuple[str, ...]
    needs: Needs
    hypothesis: str
    holds: tuple[Expectation, ...]
    steady_state: tuple[Expectation, ...]
    mitigated: tuple[Expectation, ...]
    ways_out: tuple[str, ...]
    faults: tuple[Fault, ...]
    trail: tuple[Expectation, ...]
    guardrails: tuple[Guardrail, ...]
    page: Page | None
    ends: Ends | None
    objectives: tuple[Objective, ...]
    course: tuple[CourseEntry, ...]
    debrief: tuple[str, ...]
    script: tuple[ScriptStep, ...] = ()
    pace: float = 10.0
    """How many times faster than the file a rehearsal plays the people's side and its windows."""
