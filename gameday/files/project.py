"""Reading of gameday.yaml: environments, their targets, signals and actions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.errors import InvalidFiles
from gameday.files.rules import project
from gameday.files.schema_validation import validate_schema
from gameday.files.yaml_document import Document, parse_document, read_document
from gameday.model import Action, Binding, Environment, Expectation, Json, Load, SignalBinding

if TYPE_CHECKING:
    from gameday.files.schema.project import EnvironmentPart, ProjectPart, SignalPart

DEMO = "demo"
"""The built-in environment, and the default where no file says another."""


@dataclass(frozen=True, slots=True)
class Project:
    """A gameday.yaml. `roster`: the path of its roster, relative to gameday.yaml."""

    environments: Mapping[str, Environment]
    default_env: str
    roster: Path | None
    path: Path


def find_project() -> Path | None:
    """Return the path in GAMEDAY_FILE (even if missing), else ./gameday.yaml if it exists."""
    if named := os.environ.get("GAMEDAY_FILE"):
        return Path(named)
    here = Path("gameday.yaml")
    return here if here.exists() else None


def project_identity(path: Path) -> str:
    """Return what tells this project from others: the folder of its gameday.yaml, without symbolic links."""
    return str(path.resolve().parent)


def read_project(path: Path) -> Project:
    """Read the project file. Raises InvalidFiles with all of its problems."""
    return build_project(read_document(path))


def parse_project(text: str, name: str) -> Project:
    """Parse a project from `text`. Problems show `name` as the file. Raises InvalidFiles."""
    return build_project(parse_document(text, name))


def build_project(document: Document) -> Project:
    """Return the project of a document. Raises InvalidFiles."""
    part = cast("ProjectPart | None", validate_schema(document, "gameday"))
    project.check_project_rules(document)
    if document.problems or part is None:
        raise InvalidFiles(document.problems)
    path = Path(document.file)
    identity = "" if document.file == project.BUILT_IN else project_identity(path)
    return Project(
        environments={
            name: replace(_environment(name, entry, path.parent), project=identity)
            for name, entry in part.environments.items()
        },
        default_env=part.default_env or DEMO,
        roster=path.parent / part.roster if part.roster else None,
        path=path,
    )


def _environment(name: str, part: EnvironmentPart, folder: Path) -> Environment:
    allowed = part.allows_drills
    return Environment(
        name=name,
        targets={target: _target(name, target, part) for target in part.targets},
        signals={signal: _signal(signal, entry) for signal, entry in part.signals.items()},
        actions={
            action: Action(action, _command(entry.do, folder), _command(entry.undo, folder))
            for action, entry in part.actions.items()
        },
        terms=dict(part.terms),
        runbooks=dict(part.runbooks),
        charter=dict(part.charter),
        load=Load(_command(part.load.start, folder), _command(part.load.stop, folder)) if part.load else None,
        kinds=frozenset(part.kinds),
        production=part.production,
        allows_drills=not part.production if allowed is None else allowed,
    )


def _target(environment: str, name: str, part: EnvironmentPart) -> Binding:
    settings = {target: cast("Mapping[str, Json]", bound.model_extra or {}) for target, bound in part.targets.items()}
    injector = part.targets[name].injector
    others = {target: settings[target] for target, bound in part.targets.items() if bound.injector == injector}
    return Binding(environment, name, injector, settings[name], others)


def _command(words: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Resolve a program with a path relative to the folder of gameday.yaml."""
    if words and "/" in words[0]:
        return (str(folder.absolute() / words[0]), *words[1:])
    return tuple(words)


def _signal(name: str, part: SignalPart) -> SignalBinding:
    healthy = Expectation(name, *part.healthy) if part.healthy else None
    settings = {**cast("Mapping[str, Json]", part.model_extra or {}), "timeout": part.timeout}
    return SignalBinding(name, part.kind, part.probe, settings, part.every, healthy, part.min_samples)
