"""The keys of the desk: one for each moment and one for each thing that the facilitator does. One table, from which
the screen's foot, its help and the documentation are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto


class When(Flag):
    """When a key means something."""

    BRIEFING = auto()
    RUNNING = auto()
    OVER = auto()
    ANY = BRIEFING | RUNNING | OVER


class Whose(Enum):
    """Who has it: a facilitator and who is alone, or one of them."""

    BOTH = "both"
    FACILITATOR = "facilitator"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Key:
    """`press` as textual names it; `shown` as people read it; `short`: what the foot of the screen says of it, where it
    names it at all. `secret`: it would tell responders something, so it works in the facilitator's view alone."""

    press: str
    shown: str
    does: str
    when: When
    whose: Whose = Whose.BOTH
    short: str = ""
    secret: bool = False


_RUNS = When.RUNNING
_FACILITATOR = Whose.FACILITATOR

KEYS: tuple[Key, ...] = (
    Key("exclamation_mark", "!", "STOP", When.ANY),
    Key("b", "b", "begin", When.BRIEFING, short="begin"),
    Key("y", "y", "seal a prediction", When.BRIEFING, short="predict"),
    Key("1", "1-9", "did not come", When.BRIEFING, _FACILITATOR),
    Key("0", "0", "all came after all", When.BRIEFING, _FACILITATOR),
    Key("enter", "Enter", "on to the debrief", When.OVER, short="on to the debrief"),
    Key("f1", "F1", "all keys", When.ANY, short="all keys"),
    Key("space", "space", "facilitator, 20 s", When.ANY, _FACILITATOR, "view"),
    Key("down", "up/down", "choose a line", _RUNS, _FACILITATOR, secret=True),
    Key("s", "s", "send it", _RUNS, _FACILITATOR, "send", secret=True),
    Key("o", "o", "hold or release it", _RUNS, _FACILITATOR, "hold", secret=True),
    Key("x", "x", "skip it", _RUNS, _FACILITATOR, "skip", secret=True),
    Key("w", "w", "reword it", _RUNS, _FACILITATOR, "reword", secret=True),
    Key("j", "j", "the mentor whispers it", _RUNS, _FACILITATOR, secret=True),
    Key("f", "f", "the fault now", _RUNS, _FACILITATOR, "fault now", secret=True),
    Key("t", "t", "adjust the fault", _RUNS, _FACILITATOR, "adjust", secret=True),
    Key("v", "v", "reveal the fault", _RUNS, _FACILITATOR, secret=True),
    Key("k", "k", "private note", When.ANY, _FACILITATOR, secret=True),
    Key("a", "a", "page acknowledged", _RUNS, short="ack"),
    Key("d", "d", "declared", _RUNS, short="declared"),
    Key("i", "i", "IC announced", _RUNS, short="IC"),
    Key("r", "r", "team assembled", _RUNS),
    Key("u", "u", "update", _RUNS, short="update"),
    Key("h", "h", "theory", _RUNS, short="theory"),
    Key("l", "l", "help asked", _RUNS),
    Key("m", "m", "mitigated", _RUNS),
    Key("n", "n", "note", _RUNS, short="note"),
    Key("c", "c", "decision", _RUNS),
    Key("z", "z", "take an action", _RUNS, short="action"),
    Key("g", "g", "answer the question", _RUNS, Whose.ALONE, "answer"),
    Key("question_mark", "?", "a hint", _RUNS, Whose.ALONE, "hint"),
    Key("e", "e", "extend by 5 min", _RUNS, _FACILITATOR),
    Key("p", "p", "pause or go on", _RUNS),
    Key("q", "q", "leave", When.ANY, short="leave"),
)


def keys_for(when: When, *, alone: bool) -> list[Key]:
    """The keys of a facilitator, or of who is alone, that mean something now; in order."""
    other = Whose.FACILITATOR if alone else Whose.ALONE
    return [key for key in KEYS if when in key.when and key.whose is not other]


def key_of(press: str, when: When, *, alone: bool) -> Key | None:
    """Which of them a press is."""
    named = "down" if press == "up" else "1" if press.isdigit() and press != "0" else press
    return next((key for key in keys_for(when, alone=alone) if key.press == named), None)
