"""Every ending a user can meet: one exit code each, one sentence of what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from typing_extensions import override


class Exit(IntEnum):
    """The exit codes, fixed for schedulers: they are compared with docs/reference/exit-codes.md by a test."""

    HELD = 0
    """Ended and clean, the hypothesis held."""
    NOT_HELD = 1
    """Ended and clean, but the hypothesis did not hold or steady state did not return."""
    BAD_INPUT = 2
    """A bad file or bad arguments."""
    REFUSED = 3
    """Refused before anything was touched."""
    HALTED = 4
    """Halted by a guardrail, STOP or a signal; clean."""
    DIRTY = 5
    """Something could not be reverted. Wins over all others."""
    FAILED = 6
    """The program itself failed; clean."""


class GamedayError(Exception):
    """An ending with words for a person: `wrong` says what is wrong, `todo` what to do about it."""

    exit: Exit = Exit.FAILED

    def __init__(self, wrong: str, todo: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.todo = todo

    @override
    def __str__(self) -> str:
        return f"{self.wrong}\n  {self.todo}" if self.todo else self.wrong


class Interrupted(KeyboardInterrupt):
    """A signal, as Ctrl-C. A type of its own: where a plain KeyboardInterrupt has passed through `exec`, as in the
    making of a dataclass, the interpreter ends itself by SIGINT in the end, whatever was made of it."""


class BadArguments(GamedayError):
    """An option or argument that cannot be meant."""

    exit = Exit.BAD_INPUT


class Refused(GamedayError):
    """Nothing was touched, and nothing will be until the reason is gone."""

    exit = Exit.REFUSED


class EnvironmentDirty(GamedayError):
    """Something of ours could not be taken back."""

    exit = Exit.DIRTY


class InternalError(GamedayError):
    """We are at fault, or this machine is; nothing of ours stands."""

    exit = Exit.FAILED


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one file. `line` and `column` count from 1; `suggestion` may be empty."""

    file: str
    line: int
    column: int
    wrong: str
    suggestion: str = ""

    @override
    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: {self.wrong}"
        return f"{where} ({self.suggestion})" if self.suggestion else where


class InvalidFiles(GamedayError):
    """All problems of all files at once."""

    exit = Exit.BAD_INPUT

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
