"""Prompt of a key: who, how long ago, which, text, confirmation. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gameday.model import Role
from gameday.units import format_role

ROLES = (Role.IC, Role.MENTOR, Role.OPS, Role.SCRIBE, Role.COMMS, Role.OBSERVER, Role.FACILITATOR)
"""In the order of their digits, starting at 1."""


_MINUTES = {"minus": 60.0, "-": 60.0, "plus": -60.0, "+": -60.0}
"""Seconds by which a key makes the time earlier, or later again."""


class PromptStep(StrEnum):
    """One question of a prompt."""

    WHO = "who"
    WHEN = "when"
    WORDS = "words"
    SEALED = "sealed"
    WHICH = "which"
    SURE = "sure"


@dataclass(slots=True)
class Prompt:
    """Questions of one key, answered in order; then `submit` is called with the prompt.

    `choices` are those of WHICH; `titles`: one for each question, if they differ; `text_required`: the text must not
    be empty; `secret`: facilitator's view only.
    """

    title: str
    asks: tuple[PromptStep, ...]
    submit: Callable[[Prompt], None]
    choices: Sequence[str] = ()
    titles: Sequence[str] = ()
    text_required: bool = False
    secret: bool = False
    role: Role | None = None
    seconds_ago: float = 0.0
    text: str = ""
    """The typed text; before, the text to start from."""
    which: int = -1
    has_paste: bool = False
    """True once text was pasted: an Enter in it has submitted nothing."""
    rejected: str = ""
    """Why the last key was none of the answers; empty if it was."""
    _at: int = field(default=0)

    @property
    def open_question(self) -> PromptStep | None:
        """The open question; None if all are answered."""
        return self.asks[self._at] if self._at < len(self.asks) else None

    @property
    def takes_text(self) -> bool:
        """True while text is typed instead of single keys."""
        return self.open_question in (PromptStep.WORDS, PromptStep.SEALED)

    def label(self, joiner: str = " ") -> str:
        """Return the question as one line; `joiner` stands between a number and its choice."""
        question = self._question(joiner)
        return f"{self.rejected}. {question}" if self.rejected else question

    def _question(self, joiner: str) -> str:
        match self.open_question:
            case PromptStep.WHO:
                roles = _numbered([format_role(role) for role in ROLES], joiner)
                return f"{self.title}. Who? {roles}  Enter no role | {self._time()} | Esc cancel"
            case PromptStep.WHEN:
                return f"{self.title}? y confirm | {self._time()} | any other key cancel"
            case PromptStep.WHICH:
                return f"{self._question_title}: {_numbered(self.choices, joiner)} | Esc cancel"
            case PromptStep.SURE:
                answer = f" {self.choices[self.which]}" if self.choices else f" {self.text}" if self.text else ""
                return f"{self._question_title}{answer}? y confirm | any other key cancel"
            case _:
                request = "type, then Enter" if self.text_required else "add a comment or just press Enter"
                request = "pasted text is not sent yet: press Enter" if self.has_paste else request
                return f"{self.title}: {request} | Esc or Ctrl-C cancel"

    @property
    def _question_title(self) -> str:
        return self.titles[self._at] if self.titles else self.title

    def _time(self) -> str:
        """Return the time that is recorded, and the key that changes it."""
        time = f"{self.seconds_ago / 60:.0f} min ago" if self.seconds_ago else "now"
        return f"time: {time}, - sets it 1 min earlier"

    def key(self, key: str) -> bool:
        """Handle one key; True if the prompt is closed, submitted or not."""
        self.rejected = ""
        if self.open_question in (PromptStep.WHO, PromptStep.WHEN) and key in _MINUTES:
            self.seconds_ago = max(0.0, self.seconds_ago + _MINUTES[key])
            return False
        match self.open_question:
            case PromptStep.WHO:
                return self._choose_role(key)
            case PromptStep.WHICH:
                return self._choose(key)
            case _:
                return self._next() if key in ("y", "Y") else True

    def enter_text(self, text: str) -> bool:
        """Handle typed text; True if the prompt is closed."""
        self.text = text.strip()
        return False if self.text_required and not self.text else self._next()

    def _choose_role(self, key: str) -> bool:
        if key == "enter":
            return self._next()
        if key.isdigit() and 1 <= int(key) <= len(ROLES):
            self.role = ROLES[int(key) - 1]
            return self._next()
        return self._reject(len(ROLES))

    def _choose(self, key: str) -> bool:
        if key.isdigit() and 1 <= int(key) <= len(self.choices):
            self.which = int(key) - 1
            return self._next()
        return self._reject(len(self.choices))

    def _reject(self, last: int) -> bool:
        self.rejected = f"Press a number from 1 to {last}" if last > 1 else "Press 1"
        return False

    def _next(self) -> bool:
        self._at += 1
        if self.open_question is None:
            self.submit(self)
            return True
        return False


def _numbered(choices: Sequence[str], joiner: str) -> str:
    return "  ".join(f"{number}{joiner}{choice}" for number, choice in enumerate(choices, 1))
