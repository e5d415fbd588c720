"""The small words of the model: enumerations, limits, ranges, and what JSON may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import TypeAliasType

Number = int | float
Json = TypeAliasType("Json", "bool | int | float | str | list[Json] | dict[str, Json] | None")


class Mode(StrEnum):
    """Ways to play the people's side."""

    FACILITATED = "facilitated"
    SOLO = "solo"
    REHEARSAL = "rehearsal"


class Phase(StrEnum):
    """Phases of a drill. Changed in one place (drill/phase.py)."""

    PLANNED = "planned"
    PREFLIGHT = "preflight"
    RUNNING = "running"
    REVERTING = "reverting"
    DONE = "done"
    STUCK = "stuck"


class EndReason(StrEnum):
    """Reasons for the end of a drill, as in the event `end`."""

    ENDS = "ends"
    TIMEBOX = "timebox"
    FUTILE = "futile"
    """Going on would have taught nothing: no effect, a lapse, a refused apply."""
    HALTED = "halted"
    REFUSED = "refused"
    """Preflight refused; nothing was touched."""
    FAILED = "failed"
    """The program itself failed."""


class Role(StrEnum):
    """Role of a person in a drill; events name roles, never people."""

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


class Comparison(StrEnum):
    """Comparisons of a reading with a limit."""

    __test__ = False  # pytest: not a test class

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS_HEALTHY = "is"
    NOT_HEALTHY = "not"
    FIRES = "fires"

    @property
    def text(self) -> str:
        """The comparison for a person: `at least`."""
        return self.value.replace("_", " ")


class HintLevel(StrEnum):
    """The ladder of hints, from the least to the most that is given away."""

    NUDGE = "nudge"
    QUESTION = "question"
    POINTER = "pointer"
    ANSWER = "answer"


class MessageKind(StrEnum):
    """Kinds of messages that leave the program, as a channel's `sends` names them."""

    MESSAGE = "messages"
    PAGE = "pages"
    STATUS = "status"
    ANNOUNCEMENT = "announcements"


class AlertHandling(StrEnum):
    """Routing of the environment's alerts while a drill runs, as gameday.yaml states it."""

    TO_PLAYERS = "to-players"
    TO_ALL_MARKED = "to-all-marked"
    UNTOUCHED = "untouched"


class Source(StrEnum):
    """Sources of events."""

    RUNNER = "runner"
    GUARDIAN = "guardian"
    COMMAND = "command"
    PROBE = "probe"
    ALERT = "alert"
    SCRIPT = "script"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number to hold a reading against. `relative`: times the signal's baseline. `text`: as the file states it."""

    value: float
    relative: bool
    text: str
