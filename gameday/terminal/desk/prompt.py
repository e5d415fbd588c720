"""What a key asks before anything is done: who, how long ago, which, and whether it is meant. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gameday.model import Role

ROLES = (Role.IC, Role.MENTOR, Role.OPS, Role.SCRIBE, Role.COMMS, Role.OBSERVER, Role.FACILITATOR)
"""In the order of their digits, from 1."""


_MINUTES = {"minus": 60.0, "-": 60.0, "plus": -60.0, "+": -60.0}
"""Keys that make it earlier, or later again, by seconds."""


class PromptStep(StrEnum):
    """One question of a form."""

    WHO = "who"
    WHEN = "when"
    WORDS = "words"
    SEALED = "sealed"
    WHICH = "which"
    SURE = "sure"


@dataclass(slots=True)
class Prompt:
    """One key's questions, answered in order; `do` is called with the form when all are. `choices`: what WHICH
    chooses from; `must`: words may not be left out; `secret`: only in the facilitator's view."""

    title: str
    asks: tuple[PromptStep, ...]
    do: Callable[[Prompt], None]
    choices: Sequence[str] = ()
    text_required: bool = False
    secret: bool = False
    role: Role | None = None
    seconds_ago: float = 0.0
    words: str = ""
    which: int = -1
    _at: int = field(default=0)

    @property
    def now(self) -> PromptStep | None:
        """The question that stands; None when all are answered."""
        return self.asks[self._at] if self._at < len(self.asks) else None

    @property
    def typed(self) -> bool:
        """Whether words are typed now, and not single keys."""
        return self.now in (PromptStep.WORDS, PromptStep.SEALED)

    def label(self) -> str:
        """The question as one line."""
        match self.now:
            case PromptStep.WHO:
                roles = "  ".join(f"{n} {role}" for n, role in enumerate(ROLES, 1))
                return f"{self.title}. Who? {roles}  Enter nobody named | - earlier ({self._earlier()}) | Esc no"
            case PromptStep.WHEN:
                return f"{self.title}? y it is so | - earlier ({self._earlier()}) | any other key: it is not"
            case PromptStep.WHICH:
                some = "  ".join(f"{n} {name}" for n, name in enumerate(self.choices, 1))
                return f"{self.title}: {some} | Esc no"
            case PromptStep.SURE:
                which = f" {self.choices[self.which]}" if self.choices else ""
                return f"{self.title}{which}? y does it | any other key does not"
            case _:
                without = "" if self.text_required else " (Enter alone: no words)"
                return f"{self.title}: type, then Enter{without} | Esc no | Ctrl-C STOP"

    def _earlier(self) -> str:
        return f"{self.seconds_ago / 60:.0f} min ago" if self.seconds_ago else "now"

    def key(self, key: str) -> bool:
        """Take one key; True when the form is over, done or not."""
        if self.now in (PromptStep.WHO, PromptStep.WHEN) and key in _MINUTES:
            self.seconds_ago = max(0.0, self.seconds_ago + _MINUTES[key])
            return False
        match self.now:
            case PromptStep.WHO:
                return self._who(key)
            case PromptStep.WHICH:
                return self._which(key)
            case _:
                return self._next() if key in ("y", "Y") else True

    def take(self, words: str) -> bool:
        """Take typed words; True when the form is over."""
        self.words = words.strip()
        return False if self.text_required and not self.words else self._next()

    def _who(self, key: str) -> bool:
        if key == "enter":
            return self._next()
        if key.isdigit() and 1 <= int(key) <= len(ROLES):
            self.role = ROLES[int(key) - 1]
            return self._next()
        return False

    def _which(self, key: str) -> bool:
        if key.isdigit() and 1 <= int(key) <= len(self.choices):
            self.which = int(key) - 1
            return self._next()
        return False

    def _next(self) -> bool:
        self._at += 1
        if self.now is None:
            self.do(self)
            return True
        return False
