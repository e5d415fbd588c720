"""Keys of the desk. Footer, help and documentation are made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto


class Stage(Flag):
    """Stage of a drill in which a key works."""

    BRIEFING = auto()
    RUNNING = auto()
    STOPPED = auto()
    """After STOP, until the drill ends or resumes."""
    OVER = auto()
    ANY = BRIEFING | RUNNING | STOPPED | OVER


class KeyUsers(Enum):
    """People who may use a key."""

    BOTH = "both"
    FACILITATOR = "facilitator"
    SOLO = "solo"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `press` as textual names it, `shown` as people read it, `short` for the footer if it is listed there.

    A `secret` key would spoil something, so it works in the facilitator's view only. One with `needs_token` is an
    intervention that a solo responder may use too.
    """

    press: str
    shown: str
    does: str
    when: Stage
    audience: KeyUsers = KeyUsers.BOTH
    short: str = ""
    secret: bool = False
    needs_token: bool = False

    @property
    def is_intervention(self) -> bool:
        """True if the drill accepts it from the holder of its token only."""
        return self.needs_token or self.audience is KeyUsers.FACILITATOR


_RUNS = Stage.RUNNING
_RECORDS = Stage.RUNNING | Stage.STOPPED
_FACILITATOR = KeyUsers.FACILITATOR

KEYS: tuple[Key, ...] = (
    Key("exclamation_mark", "!", "STOP", Stage.ANY),
    Key("b", "b", "start the drill", Stage.BRIEFING, short="start", needs_token=True),
    Key("e", "e", "end the drill", Stage.STOPPED, short="end"),
    Key("r", "r", "resume: apply the faults again", Stage.STOPPED, short="resume", needs_token=True),
    Key("y", "y", "submit a prediction", Stage.BRIEFING, short="predict"),
    Key("1", "1-9", "mark a person absent", Stage.BRIEFING, _FACILITATOR),
    Key("0", "0", "mark everyone present", Stage.BRIEFING, _FACILITATOR),
    Key("enter", "Enter", "continue to the debrief", Stage.OVER, short="debrief"),
    Key("f1", "F1", "all keys", Stage.ANY, short="all keys"),
    Key("space", "space", "facilitator's view, 20 s", Stage.ANY, _FACILITATOR, "view"),
    Key("down", "up/down", "select a message", _RUNS, _FACILITATOR, secret=True),
    Key("s", "s", "send the message", _RUNS, _FACILITATOR, "send", secret=True),
    Key("o", "o", "hold or release the message", _RUNS, _FACILITATOR, "hold", secret=True),
    Key("x", "x", "skip the message", _RUNS, _FACILITATOR, "skip", secret=True),
    Key("w", "w", "reword the message", _RUNS, _FACILITATOR, "reword", secret=True),
    Key("j", "j", "give the hint to the IC only", _RUNS, _FACILITATOR, secret=True),
    Key("f", "f", "apply the fault now", _RUNS, _FACILITATOR, "fault now", secret=True),
    Key("t", "t", "adjust the fault", _RUNS, _FACILITATOR, "adjust", secret=True),
    Key("v", "v", "reveal the fault", _RUNS, _FACILITATOR, secret=True),
    Key("k", "k", "private note", Stage.BRIEFING | _RECORDS, _FACILITATOR, secret=True),
    Key("a", "a", "page acknowledged", _RUNS, short="ack"),
    Key("d", "d", "incident declared", _RUNS, short="declared"),
    Key("i", "i", "IC announced", _RUNS, short="IC"),
    Key("r", "r", "team assembled", _RUNS),
    Key("u", "u", "update", _RUNS, short="update"),
    Key("h", "h", "theory", _RUNS, short="theory"),
    Key("l", "l", "help requested", _RUNS),
    Key("m", "m", "service restored", _RUNS),
    Key("n", "n", "note", _RECORDS, short="note"),
    Key("c", "c", "decision", _RECORDS),
    Key("z", "z", "run an action", _RUNS, short="action"),
    Key("backspace", "Bksp", "retract a record", _RECORDS, short="retract"),
    Key("g", "g", "answer the question", _RUNS, KeyUsers.SOLO, "answer"),
    Key("question_mark", "?", "request a hint", _RUNS, KeyUsers.SOLO, "hint", needs_token=True),
    Key("e", "e", "extend by 5 min", _RUNS, _FACILITATOR),
    Key("p", "p", "pause or resume", _RUNS, needs_token=True),
    Key("q", "q", "close this screen", Stage.ANY, short="close"),
)

SUMMARY_KEY = Key("enter", "Enter", "close, print the summary", Stage.OVER, short="summary")
"""Enter where the debrief is held in another terminal."""


def keys_for(when: Stage, *, solo: bool) -> list[Key]:
    """Return the keys that work at one of these stages, for a facilitator or a solo responder."""
    other = KeyUsers.FACILITATOR if solo else KeyUsers.SOLO
    return [key for key in KEYS if when & key.when and key.audience is not other]


def find_key(press: str, when: Stage, *, solo: bool) -> Key | None:
    """Return the key that was pressed, if it works at one of these stages."""
    name = "down" if press == "up" else "1" if press.isdigit() and press != "0" else press
    return next((key for key in keys_for(when, solo=solo) if key.press == name), None)


def is_secret(press: str) -> bool:
    """Return True if this key works in the facilitator's view only."""
    return any(key.press == press and key.secret for key in KEYS)
