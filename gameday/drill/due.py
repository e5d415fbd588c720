"""What can be due in a drill: the facilitator says it, the loop performs it."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.model import CourseEntry, EndReason, PlannedFault, Role, ScriptStep


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply this fault now."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class PageNow:
    """The environment's alert stayed silent: page, and say that the program did."""

    say: str


@dataclass(frozen=True, slots=True)
class Play:
    """Send this line of the course; `offer`: it rests on what a person said, so a person decides."""

    entry: int
    line: CourseEntry
    offer: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """This line of the course is not played."""

    entry: int
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """The rehearsal's responders do this."""

    index: int
    step: ScriptStep


@dataclass(frozen=True, slots=True)
class Take:
    """A responder wants this action taken: the `index`th that was wanted."""

    index: int
    action: str


@dataclass(frozen=True, slots=True)
class Finish:
    """End the drill: revert everything, then close."""

    reason: EndReason
    why: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Turn the fault to these parameters: a new intent, and then the one before is taken back."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class Resume:
    """The pause has lasted long enough."""

    why: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The page is not acknowledged: it goes to this role too."""

    to: Role
    say: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A solo responder is asked what they think."""

    say: str


Due = Apply | Ask | Escalate | Dial | Resume | PageNow | Play | Skip | Step | Take | Finish
