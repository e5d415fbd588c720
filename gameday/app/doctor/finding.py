"""Findings of the doctor: a mark, the subject, the result, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gameday.errors import GamedayError, InvalidFiles


class Mark(StrEnum):
    """OK; LACKS: a drill can run without it; BAD: no drill can run, or none on that target."""

    OK = "ok"
    LACKS = "--"
    BAD = "!!"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result. `name` is the subject; `todo` may be empty; both texts may have several lines.

    `is_running_drill`: no other drill can start in the environment until this one ends.
    `concerns_one_target`: drills on other targets can run all the same.
    """

    mark: Mark
    name: str
    say: str
    todo: str = ""
    is_running_drill: bool = False
    concerns_one_target: bool = False


def can_drill(findings: Sequence[Finding]) -> bool:
    """Return True if some drill can run: nothing is bad, or only some of the targets are."""
    bad = [finding for finding in findings if finding.mark is Mark.BAD]
    has_target = any(finding.mark is Mark.OK and finding.name == "target" for finding in findings)
    return not bad or (has_target and all(finding.concerns_one_target for finding in bad))


DoctorCheck = Callable[[], Iterator[Finding]]


def run_check(name: str, check: DoctorCheck) -> Iterator[Finding]:
    """Yield the check's findings; an error that ends it is a finding too."""
    try:
        yield from check()
    except InvalidFiles as error:
        yield Finding(Mark.BAD, name, str(error), "Correct the file, then run: gameday check FILE")
    except GamedayError as error:
        yield Finding(Mark.BAD, name, error.wrong, error.todo)
