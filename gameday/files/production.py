"""Before anything is touched: what this file calls production is not reached under another name, whoever gave it."""

from __future__ import annotations

from gameday.errors import Refused
from gameday.files.project import Project
from gameday.files.rules_targets import resolved
from gameday.model import Binding, Environment


def refuse_production_in_disguise(project: Project, environment: Environment) -> None:
    """Compares where addresses lead to now, as the check of the file cannot. Raises Refused."""
    if environment.production:
        return
    for other in project.environments.values():
        for target in other.targets.values() if other.production else ():
            theirs = _leads_to(target)
            for ours in environment.targets.values():
                if theirs & _leads_to(ours):
                    raise Refused(
                        f"target {ours.target} of {environment.name} leads to target {target.target} of {other.name}, "
                        "which is marked production",
                        f"Mark {environment.name} with production: true, or name another target.",
                    )


def _leads_to(target: Binding) -> frozenset[object]:
    """Asks the engine, or the names' server."""
    if target.injector == "docker":
        from gameday.injectors.docker.identity import containers

        return containers(target)
    if target.injector == "postgres":
        from gameday.injectors.postgres.identity import clusters

        return clusters(target)
    return resolved(target.settings)
