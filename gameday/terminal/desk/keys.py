"""The keys of the desk: one for each moment and one for each thing that the facilitator does. One table, from which
the screen's foot, its help and the documentation are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class When(Flag):
    """When and for whom a key is."""

    BRIEFING = auto()
    RUNNING = auto()
    OVER = auto()
    ALONE = auto()
    """Also for who responds alone: they have no facilitator's keys."""
    ANY = BRIEFING | RUNNING | OVER | ALONE


@dataclass(frozen=True, slots=True)
class Key:
    """`press` as textual names it; `shown` as people read it. `secret`: it would tell responders something, so it
    works in the facilitator's view alone."""

    press: str
    shown: str
    does: str
    when: When
    secret: bool = False


SAID = When.RUNNING | When.ALONE
HANDS = When.RUNNING

KEYS: tuple[Key, ...] = (
    Key("exclamation_mark", "!", "STOP", When.ANY),
    Key("b", "b", "begin", When.BRIEFING | When.ALONE),
    Key("y", "y", "seal a prediction", When.BRIEFING | When.ALONE),
    Key("1", "1-9", "did not come", When.BRIEFING),
    Key("0", "0", "all came after all", When.BRIEFING),
    Key("a", "a", "page acknowledged", SAID),
    Key("d", "d", "declared", SAID),
    Key("i", "i", "IC announced", SAID),
    Key("r", "r", "roles present", SAID),
    Key("u", "u", "update", SAID),
    Key("h", "h", "hypothesis", SAID),
    Key("l", "l", "help asked", SAID),
    Key("m", "m", "mitigated", SAID),
    Key("n", "n", "note", SAID),
    Key("c", "c", "decision", SAID),
    Key("z", "z", "take an action", SAID),
    Key("g", "g", "answer the question", SAID),
    Key("question_mark", "?", "a hint", SAID),
    Key("down", "up/down", "choose a line", HANDS, secret=True),
    Key("s", "s", "send it", HANDS, secret=True),
    Key("o", "o", "hold or release it", HANDS, secret=True),
    Key("x", "x", "skip it", HANDS, secret=True),
    Key("w", "w", "reword it", HANDS, secret=True),
    Key("j", "j", "the mentor whispers it", HANDS, secret=True),
    Key("f", "f", "the fault now", HANDS, secret=True),
    Key("t", "t", "turn the fault", HANDS, secret=True),
    Key("e", "e", "extend by 5 min", HANDS),
    Key("p", "p", "pause or go on", HANDS | When.ALONE),
    Key("v", "v", "reveal the fault", HANDS, secret=True),
    Key("k", "k", "private note", When.BRIEFING | HANDS | When.OVER, secret=True),
    Key("space", "space", "facilitator, 20 s", When.BRIEFING | HANDS | When.OVER),
    Key("f1", "F1", "all keys", When.ANY),
    Key("q", "q", "leave", When.ANY),
    Key("enter", "Enter", "on to the debrief", When.OVER | When.ALONE),
)


def shown(when: When, *, alone: bool, facilitators: bool) -> list[Key]:
    """The keys that mean something now, in order; the secret ones where it is the facilitator's view."""
    now = [key for key in KEYS if when in key.when and (facilitators or not key.secret)]
    return [key for key in now if When.ALONE in key.when] if alone else [key for key in now if key.press not in _ALONE]


_ALONE = {"g", "question_mark"}
"""Only who is alone has these."""
SECRET = frozenset(key.press for key in KEYS if key.secret) | {"up"}
