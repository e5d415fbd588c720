"""Reading of gameday.yaml: environments, their targets, signals and actions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.clients.connection import CONNECTION_KEYS
from gameday.errors import InvalidFiles, Problem
from gameday.files import raw_access
from gameday.files.agreements import add_agreements
from gameday.files.rules import project
from gameday.files.schema_validation import validate_schema
from gameday.files.variable_substitution import Unset, substitute_variables
from gameday.files.yaml_document import YamlDocument, parse_document, read_document
from gameday.model import (
    Action,
    Binding,
    ChannelBinding,
    Environment,
    Expectation,
    FollowUpSettings,
    IncidentSource,
    Json,
    Load,
    PageServer,
    SignalBinding,
    Tracker,
)  # fmt: skip
from gameday.trackers.tracker_settings import USUAL_URLS

if TYPE_CHECKING:
    from gameday.files.schema.follow_up import FollowUpPart
    from gameday.files.schema.project import (
        ChannelPart,
        EnvironmentPart,
        IncidentSourcePart,
        LoadCommandsPart,
        ProjectPart,
        SignalPart,
        WebPart,
    )

DEMO = "demo"
"""The built-in environment, and the default where no file says another."""


@dataclass(frozen=True, slots=True)
class Project:
    """A gameday.yaml. `roster`: the path of its roster, relative to gameday.yaml.

    `unset`: problems of variables that are needed only where an environment is used, by its name."""

    environments: Mapping[str, Environment]
    default_env: str
    roster: Path | None
    path: Path
    page_server: PageServer
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)
    unset: Unset = field(default_factory=dict[str, list[Problem]])


def find_project() -> Path | None:
    """Return the path in GAMEDAY_FILE (even if missing), else ./gameday.yaml if it exists."""
    if named := os.environ.get("GAMEDAY_FILE"):
        return Path(named)
    here = Path("gameday.yaml")
    return here if here.exists() else None


def project_identity(path: Path) -> str:
    """Return what tells this project from others: the folder of its gameday.yaml, without symbolic links.

    The file itself may be one: in a volume of Kubernetes it points to a folder whose name changes with each pod."""
    return str(path.absolute().parent.resolve())


def read_project(path: Path) -> Project:
    """Read the project file. Raises InvalidFiles with all of its problems."""
    return build_project(read_document(path))


def parse_project(text: str, name: str) -> Project:
    """Parse a project from `text`. Problems show `name` as the file. Raises InvalidFiles."""
    return build_project(parse_document(text, name))


def build_project(document: YamlDocument) -> Project:
    """Return the project of a document. Raises InvalidFiles."""
    unset = substitute_variables(document)
    part = cast("ProjectPart | None", validate_schema(document, "gameday"))
    project.check_project_rules(document)
    pages = _page_server(document, part.web) if part and part.web else PageServer()
    if document.problems or part is None:
        raise InvalidFiles([*document.problems, *(problem for some in unset.values() for problem in some)])
    path = Path(document.file)
    identity = "" if document.file == project.BUILT_IN else project_identity(path)
    written = raw_access.get_map(document.written, "environments")
    return Project(
        environments={
            name: replace(_environment(name, entry, written[name], path.parent.absolute()), project=identity)
            for name, entry in part.environments.items()
        },
        default_env=part.default_env or DEMO,
        roster=path.parent / part.roster if part.roster else None,
        path=path,
        page_server=pages,
        follow_up=_follow_up(part.follow_up, document) if part.follow_up else FollowUpSettings(),
        unset=unset,
    )


def _follow_up(part: FollowUpPart, document: YamlDocument) -> FollowUpSettings:
    written = raw_access.get_map(document.written, "follow_up", "tracker")
    if part.tracker is None:
        return FollowUpSettings(part.escalate_after_days)
    tracker = part.tracker
    url = (tracker.url or USUAL_URLS.get(tracker.kind, "")).rstrip("/")
    settings = {key: written[key] for key in tracker.model_extra or {}}
    labels, folder = tuple(tracker.labels), str(Path(document.file).parent.absolute())
    bound = Tracker(tracker.kind, tracker.project, url, labels, tracker.issue_type, settings, tracker.timeout, folder)
    return FollowUpSettings(part.escalate_after_days, bound)


def _page_server(document: YamlDocument, part: WebPart) -> PageServer:
    folder = Path(document.file).parent.absolute()
    certificate, key = (folder / name if name else None for name in (part.certificate, part.key))
    pages = PageServer(*part.listen, part.url, certificate, key, part.behind_proxy)
    wrong, remedy = pages.obstacle()
    if wrong:
        document.add_problem(("web",), wrong, remedy, key=True)
    return pages


def _environment(name: str, part: EnvironmentPart, written: Json, folder: Path) -> Environment:
    """Return an environment. `written`: its data as written, for the values that keep their variables."""
    allowed = part.allows_drills
    actions = raw_access.get_map(written, "actions")
    environment = Environment(
        name=name,
        targets={target: _target(name, target, part, written, folder) for target in part.targets},
        signals={
            signal: _signal(signal, entry, raw_access.get_map(written, "signals", signal), folder)
            for signal, entry in part.signals.items()
        },
        actions={
            action: Action(
                action,
                _command(actions[action], "do", folder),
                _command(actions[action], "undo", folder),
                entry.timeout,
            )
            for action, entry in part.actions.items()
        },
        terms=dict(part.terms),
        runbooks=dict(part.runbooks),
        charter=dict(part.charter),
        load=_load(part.load, raw_access.get_map(written, "load"), folder),
        channels={
            channel: _channel(channel, entry, raw_access.get_map(written, "channels", channel), folder)
            for channel, entry in part.channels.items()
        },
        incidents={
            source: _incident_source(source, entry, raw_access.get_map(written, "incidents", source), folder)
            for source, entry in part.incidents.items()
        },
        kinds=frozenset(part.kinds),
        production=part.production,
        allows_drills=not part.production if allowed is None else allowed,
    )
    return add_agreements(environment, part, written, folder)


def _target(environment: str, name: str, part: EnvironmentPart, written: Json, folder: Path) -> Binding:
    settings = {
        target: {**cast("dict[str, Json]", bound.model_extra or {}), **_credentials(written, target)}
        for target, bound in part.targets.items()
    }
    injector, owner = part.targets[name].injector, part.targets[name].owner or ""
    others = {target: settings[target] for target, bound in part.targets.items() if bound.injector == injector}
    return Binding(environment, name, injector, settings[name], others, folder=str(folder), owner=owner)


def _credentials(written: Json, target: str) -> dict[str, Json]:
    """Return the credentials of a target as written: an intent must hold no secret."""
    settings = raw_access.get_map(written, "targets", target)
    return {key: value for key, value in settings.items() if key in CONNECTION_KEYS}


def _load(part: LoadCommandsPart | None, written: dict[str, Json], folder: Path) -> Load | None:
    if part is None:
        return None
    return Load(_command(written, "start", folder), _command(written, "stop", folder), part.timeout)


def _command(written: Json, key: str, folder: Path) -> tuple[str, ...]:
    """Return a command; a program with a path is relative to the folder of gameday.yaml."""
    value = raw_access.get_path(written, key)
    words = [str(word) for word in value] if isinstance(value, list) else []
    if words and "/" in words[0] and not words[0].startswith("${"):
        return (str(folder / words[0]), *words[1:])
    return tuple(words)


def _signal(name: str, part: SignalPart, written: dict[str, Json], folder: Path) -> SignalBinding:
    healthy = Expectation(name, *part.healthy) if part.healthy else None
    settings = {key: written[key] for key in part.model_extra or {}}
    return SignalBinding(
        name, part.kind, part.probe, {**settings, "timeout": part.timeout}, part.every, healthy, part.min_samples,
        str(folder),
    )  # fmt: skip


def _channel(name: str, part: ChannelPart, written: dict[str, Json], folder: Path) -> ChannelBinding:
    settings = {key: written[key] for key in part.model_extra or {}}
    return ChannelBinding(
        name, part.channel, settings, frozenset(part.sends), part.in_rehearsals, part.timeout, str(folder)
    )


def _incident_source(name: str, part: IncidentSourcePart, written: dict[str, Json], folder: Path) -> IncidentSource:
    settings = {key: written[key] for key in part.model_extra or {}}
    if "run" in settings:
        settings["run"] = list(_command(written, "run", folder))
    return IncidentSource(name, part.source, settings, part.timeout, str(folder))
