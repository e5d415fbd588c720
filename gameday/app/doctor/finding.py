"""Findings of the doctor: a mark, the subject, the result, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gameday.errors import GamedayError, InvalidFiles


class Mark(StrEnum):
    """OK; LACKS: a drill can run without it; BAD: no drill can run."""

    OK = "ok"
    LACKS = "--"
    BAD = "!!"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result. `name` is the subject; `todo` may be empty; both texts may have several lines.

    `is_running_drill`: no other drill can start in the environment until this one ends.
    """

    mark: Mark
    name: str
    say: str
    todo: str = ""
    is_running_drill: bool = False


DoctorCheck = Callable[[], Iterator[Finding]]


def run_check(name: str, check: DoctorCheck) -> Iterator[Finding]:
    """Yield the check's findings; an error that ends it is a finding too."""
    try:
        yield from check()
    except InvalidFiles as error:
        yield Finding(Mark.BAD, name, str(error), "Correct the file, then run: gameday check FILE")
    except GamedayError as error:
        yield Finding(Mark.BAD, name, error.wrong, error.todo)
