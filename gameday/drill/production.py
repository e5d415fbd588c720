"""Before anything is touched: what this file calls production is not reached under another name, whoever gave it."""

from __future__ import annotations

from gameday.contract import Deadline
from gameday.drill.registry import Injectors
from gameday.errors import Refused
from gameday.files.project import Project
from gameday.model import Binding, Environment

WITHIN = 5.0
"""Seconds in which an injector says what one target is."""


def refuse_production_in_disguise(project: Project, environment: Environment, injectors: Injectors) -> None:
    """Compares what targets lead to now, as the check of the file cannot. Raises Refused."""
    marked = [other for other in project.environments.values() if other.production]
    if environment.production or not marked:
        return
    ours = [(target.target, _leads_to(target, injectors)) for target in environment.targets.values()]
    for other in marked:
        for target in other.targets.values():
            theirs = _leads_to(target, injectors)
            for name, things in ours:
                if theirs & things:
                    raise Refused(
                        f"target {name} of {environment.name} leads to target {target.target} of {other.name}, "
                        "which is marked production",
                        f"Mark {environment.name} with production: true, or name another target.",
                    )


def _leads_to(target: Binding, injectors: Injectors) -> frozenset[str]:
    try:
        return injectors[target.injector].leads_to(target, Deadline.after(WITHIN))
    except Refused:  # no such injector here: nothing is planned there either
        return frozenset()
