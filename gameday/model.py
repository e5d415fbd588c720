"""The nouns of a drill, as frozen dataclasses. Imports nothing of ours but the moments; everyone may import it.

Times are seconds. `at` and `happened` are CLOCK_MONOTONIC of the boot they name; `wall` is seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gameday.moments import Moment

Number = int | float
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

FACILITATORS_EYES = "facilitator"


class Mode(StrEnum):
    """How the people's side is played. `hosted` and `table` come with the web room."""

    FACILITATED = "facilitated"
    SOLO = "solo"
    REHEARSAL = "rehearsal"


class Phase(StrEnum):
    """Where a drill is. Changed in one place (drill/phase.py)."""

    PLANNED = "planned"
    PREFLIGHT = "preflight"
    RUNNING = "running"
    REVERTING = "reverting"
    DONE = "done"
    STUCK = "stuck"


class Role(StrEnum):
    """What a person does in a drill; events name roles, never people."""

    FACILITATOR = "facilitator"
    IC = "ic"
    MENTOR = "mentor"
    SCRIBE = "scribe"
    COMMS = "comms"
    OPS = "ops"
    OBSERVER = "observer"


class SignalKind(StrEnum):
    RATIO = "ratio"
    DURATION = "duration"
    COUNT = "count"
    ALERT = "alert"


class Test(StrEnum):
    """How a reading is held against a limit."""

    __test__ = False  # pytest: not a test class

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS_GOOD = "is"
    FIRES = "fires"


class Rung(StrEnum):
    """The ladder of hints, from the least to the most that is given away."""

    SIGNAL = "signal"
    QUESTION = "question"
    POINTER = "pointer"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number to hold a reading against. `relative`: times the signal's usual. `text`: as the file says it."""

    value: float
    relative: bool
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included."""

    low: float
    high: float


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

    def __str__(self) -> str:
        if self.test is Test.FIRES:
            return f"{self.signal} fires"
        if self.test is Test.IS_GOOD:
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
    start: Range = Range(0.0, 0.0)
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


@dataclass(frozen=True, slots=True)
class Binding:
    """A logical target made real: which injector, and the injector's own settings (address, name, labels)."""

    environment: str
    target: str
    injector: str
    settings: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class SignalBinding:
    """A way of measuring a signal: the probe's name and its settings. `every`: seconds between two questions;
    `good`: what counts as good here; `min_samples`: below it a ratio is no reading."""

    signal: str
    kind: SignalKind
    probe: str
    settings: Mapping[str, Json]
    every: float = 1.0
    good: Expectation | None = None
    min_samples: int = 5


@dataclass(frozen=True, slots=True)
class Action:
    """Something a responder may do: the command, and the one that takes it back (for the hand-back)."""

    name: str
    do: tuple[str, ...]
    undo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """The commands that start and stop the environment's own load."""

    start: tuple[str, ...]
    stop: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """A named place and what a drill may touch there. `kinds`: the allowed fault kinds, empty for all."""

    name: str
    targets: Mapping[str, Binding]
    signals: Mapping[str, SignalBinding]
    actions: Mapping[str, Action]
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    runbooks: Mapping[str, str] = field(default_factory=dict[str, str])
    charter: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds the team promised itself, by objective id (`swarm: 300`)."""
    load: Load | None = None
    kinds: frozenset[str] = frozenset()
    production: bool = False
    allows_drills: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement. `value` None: it could not be taken (`error` says why) and is never 'fine'.
    Ratios are 0..1, durations seconds; `n` samples rest beneath it; `at` is when it was due."""

    signal: str
    at: float
    value: float | None
    n: int = 1
    error: str = ""
    late: float = 0.0


class Source(StrEnum):
    """Where an event comes from."""

    RUNNER = "runner"
    GUARDIAN = "guardian"
    COMMAND = "command"
    PROBE = "probe"
    ALERT = "alert"
    SCRIPT = "script"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Event:
    """One immutable line of a drill's log. `seq` counts from 1 without gaps. `at`: when the owner recorded it,
    `happened`: when it was so (a person may say it later). `role`: who, as a role. `data` by kind: events.py."""

    seq: int
    drill: str
    kind: str
    at: float
    wall: float
    happened: float
    source: Source
    role: Role | None
    epoch: int
    boot: str
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault bound to something real; `start`: seconds after STARTEX, drawn from the plan's seed."""

    fault: Fault
    binding: Binding
    start: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario in an environment, everything drawn and bound: what the facilitator plays."""

    drill: str
    scenario: Scenario
    environment: Environment
    faults: tuple[PlannedFault, ...]
    mode: Mode
    seed: int
    pace: float = 1.0
    way_out: str = ""
    script: tuple[ScriptStep, ...] = ()
