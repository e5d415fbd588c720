"""Refusals that are worded alike for every engine."""

from __future__ import annotations

from collections.abc import Iterable

from gameday.errors import Refused
from gameday.plugins.types import SettingsProblem


def foreign_marker_refusal(marker: str, resource: str) -> Refused:
    """Return the refusal of a fault on a resource that carries another drill's marker."""
    return Refused(
        f"{marker} of another drill is present on {resource}",
        "Wait until that drill ends, or look for leftovers: gameday halt --sweep ENVIRONMENT",
    )


def require_valid_settings(target: str, problems: Iterable[SettingsProblem]) -> None:
    """Raise Refused with the first problem of a target's settings, if there is one."""
    for problem in problems:
        todo = f": {problem.todo}" if problem.todo else "."
        raise Refused(f"target {target}: {problem.wrong}", f"Correct it in gameday.yaml{todo}")


UNREACHABLE_REMEDY = "Start it, or correct its address in gameday.yaml."
"""Remedy for an engine that does not respond, whatever command asked it: a sweep, doctor, or a drill."""
