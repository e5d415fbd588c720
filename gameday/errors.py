"""The errors a user can meet: an exit code, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from typing_extensions import override

from gameday.printable import single_line


class Exit(IntEnum):
    """The exit codes, fixed for schedulers; docs/reference/exit-codes.md is generated from them."""

    HELD = 0
    """The drill completed, all faults are removed, and the hypothesis held."""
    NOT_HELD = 1
    """The drill completed and all faults are removed, but the hypothesis did not hold, its result is unknown, or steady
    state did not return."""
    BAD_INPUT = 2
    """A file or an argument is invalid. Nothing was touched."""
    REFUSED = 3
    """The drill was refused before anything was touched."""
    HALTED = 4
    """The drill was halted by a guardrail, STOP or a signal, and all faults are removed."""
    DIRTY = 5
    """A fault could not be reverted, or an action could not be undone. This code overrides all others."""
    FAILED = 6
    """The program itself failed, and all faults are removed."""


class GamedayError(Exception):
    """An error for a person: `wrong` says what is wrong, `todo` what to do about it."""

    exit: Exit = Exit.FAILED

    def __init__(self, wrong: str, todo: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.todo = todo

    @override
    def __str__(self) -> str:
        return f"{self.wrong}\n  {self.todo}" if self.todo else self.wrong


class Interrupted(KeyboardInterrupt):
    """A signal such as Ctrl-C.

    It has its own type because a plain KeyboardInterrupt that passed through `exec` (which creating a dataclass uses)
    makes the interpreter end itself by SIGINT at exit, even if it was handled.
    """


class BadArguments(GamedayError):
    """An invalid option or argument."""

    exit = Exit.BAD_INPUT


class Refused(GamedayError):
    """A refusal before anything was touched."""

    exit = Exit.REFUSED


class EnvironmentDirty(GamedayError):
    """A fault or object that could not be reverted, or an action that could not be undone."""

    exit = Exit.DIRTY


class InternalError(GamedayError):
    """A failure of the program or this machine; no fault is left."""

    exit = Exit.FAILED


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem in one file. `line` and `column` count from 1; `suggestion` may be empty."""

    file: str
    line: int
    column: int
    wrong: str
    suggestion: str = ""

    @override
    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.wrong}"
        return single_line(f"{text} ({self.suggestion})" if self.suggestion else text)


class InvalidFiles(GamedayError):
    """All problems of all files, reported at once."""

    exit = Exit.BAD_INPUT

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
