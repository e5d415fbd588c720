"""Guard against production under another name, before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.drill.injector_registry import InjectorLookup
from gameday.errors import Refused
from gameday.files.project import Project
from gameday.model import Binding, Environment
from gameday.plugins.types import Deadline

IDENTITY_TIMEOUT_S = 5.0
"""Time for an injector to identify one target."""
EXPLAIN_TIMEOUT_S = 2.0
"""Time for it to explain why it cannot."""


def refuse_aliased_production(project: Project, environment: Environment, injectors: InjectorLookup) -> tuple[str, ...]:
    """Refuse an environment whose targets are those of a production environment. Raises Refused.

    Returns a line for each production environment that could not be compared. The check of the file compares names
    only; this compares the objects that they resolve to now.
    """
    marked = [other for other in project.environments.values() if other.production]
    if environment.production or not marked:
        return ()
    own_targets = [(target, _identities(target, injectors)) for target in environment.targets.values()]
    return tuple(note for other in marked if (note := _compare_identities(environment, own_targets, other, injectors)))


def _compare_identities(
    environment: Environment,
    own_targets: Sequence[tuple[Binding, frozenset[str]]],
    other: Environment,
    injectors: InjectorLookup,
) -> str:
    """Return what could not be compared; empty when everything was. Raises Refused.

    Ids of different injectors never match, so targets of an injector that is not used here are left out.
    """
    unknown: list[str] = []
    used = {binding.injector for binding, _ in own_targets}
    for target in (target for target in other.targets.values() if target.injector in used):
        production_ids = _identities(target, injectors)
        for binding, ids in own_targets:
            if production_ids & ids:
                raise Refused(
                    f"target {binding.target} of {environment.name} leads to target {target.target} of {other.name}, "
                    "which is marked production",
                    f"Mark {environment.name} with production: true, or name another target.",
                )
        if not production_ids:
            unknown.append(_why(target, injectors))
    return f"could not compare with production environment {other.name}: {'; '.join(unknown)}" if unknown else ""


def _why(target: Binding, injectors: InjectorLookup) -> str:
    """Return why a target could not be identified, in the words of preflight."""
    try:
        checkable = injectors[target.injector].checkable
        text = checkable.check_target(target, Deadline.after(EXPLAIN_TIMEOUT_S)) if checkable else ""
    except Refused as refused:
        text = refused.wrong
    why = text.partition("\n")[0] or f"the injector {target.injector} cannot identify it"
    return why if f"target {target.target}" in why else f"target {target.target}: {why}"


def _identities(target: Binding, injectors: InjectorLookup) -> frozenset[str]:
    try:
        return injectors[target.injector].resource_ids(target, Deadline.after(IDENTITY_TIMEOUT_S))
    except Refused:  # no such injector here: nothing is planned there either
        return frozenset()
