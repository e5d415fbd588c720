"""One line of the doctor's: a mark, what was looked at, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from gameday.errors import GamedayError, InvalidFiles

NAME = 12
"""Columns for the name of what was looked at."""


class Mark(StrEnum):
    """OK; LACKS: a drill can do without; BAD: no drill could run."""

    OK = "ok"
    LACKS = "--"
    BAD = "!!"


@dataclass(frozen=True, slots=True)
class Finding:
    mark: Mark
    name: str
    say: str
    todo: str = ""

    @override
    def __str__(self) -> str:
        indent = " " * (NAME + 5)
        text = self.say if not self.todo else f"{self.say}\n{self.todo}"
        return f"{self.mark}  {self.name:<{NAME}} " + text.replace("\n", f"\n{indent}")


Check = Callable[[], Iterator[Finding]]


def guarded(name: str, check: Check) -> Iterator[Finding]:
    """What the check finds; what it cannot get past is a finding too."""
    try:
        yield from check()
    except InvalidFiles as bad:
        yield Finding(Mark.BAD, name, str(bad), "Correct the file; `gameday check FILE` looks again.")
    except GamedayError as error:
        yield Finding(Mark.BAD, name, error.wrong, error.todo)
