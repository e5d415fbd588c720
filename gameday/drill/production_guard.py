"""Before anything is touched: what this file calls production is not reached under another name, whoever gave it."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.drill.injector_registry import Injectors
from gameday.errors import Refused
from gameday.files.project import Project
from gameday.model import Binding, Environment
from gameday.plugins.types import Deadline

IDENTITY_TIMEOUT_S = 5.0
"""Seconds in which an injector says what one target is."""
EXPLAIN_TIMEOUT_S = 2.0
"""And why it cannot."""


def refuse_aliased_production(project: Project, environment: Environment, injectors: Injectors) -> tuple[str, ...]:
    """Compares what targets lead to now, as the check of the file cannot; gives a line for each production environment
    with which that could not be done. Raises Refused."""
    marked = [other for other in project.environments.values() if other.production]
    if environment.production or not marked:
        return ()
    ours = [(target, _identities(target, injectors)) for target in environment.targets.values()]
    return tuple(note for other in marked if (note := _compare_identities(environment, ours, other, injectors)))


def _compare_identities(
    environment: Environment, ours: Sequence[tuple[Binding, frozenset[str]]], other: Environment, injectors: Injectors
) -> str:
    """Return what could not be compared; empty when everything was. Raises Refused.

    Ids of different injectors never meet, so targets of an injector that is not used here are left out."""
    unknown: list[str] = []
    used = {mine.injector for mine, _ in ours}
    for target in (target for target in other.targets.values() if target.injector in used):
        theirs = _identities(target, injectors)
        for mine, things in ours:
            if theirs & things:
                raise Refused(
                    f"target {mine.target} of {environment.name} leads to target {target.target} of {other.name}, "
                    "which is marked production",
                    f"Mark {environment.name} with production: true, or name another target.",
                )
        if not theirs:
            unknown.append(_why(target, injectors))
    return f"could not compare with production environment {other.name}: {'; '.join(unknown)}" if unknown else ""


def _why(target: Binding, injectors: Injectors) -> str:
    """Why nobody can say what it is, in the words in which preflight would hear of it."""
    try:
        checkable = injectors[target.injector].checkable
        said = checkable.check_target(target, Deadline.after(EXPLAIN_TIMEOUT_S)) if checkable else ""
    except Refused as refused:
        said = refused.wrong
    why = said.partition("\n")[0] or f"the injector {target.injector} cannot say what it is"
    return why if f"target {target.target}" in why else f"target {target.target}: {why}"


def _identities(target: Binding, injectors: Injectors) -> frozenset[str]:
    try:
        return injectors[target.injector].resource_ids(target, Deadline.after(IDENTITY_TIMEOUT_S))
    except Refused:  # no such injector here: nothing is planned there either
        return frozenset()
