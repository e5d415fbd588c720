"""Local files that `gameday init` reads: a Compose project, a kube context, a roster."""

from __future__ import annotations

import os
import re
from pathlib import Path

from gameday.cli.init.cluster_workloads import DEFAULT_KUBECONFIG, kubeconfig_files
from gameday.cli.init.findings import ProbeResult, join_names
from gameday.files import raw_access
from gameday.model import Json

COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""In the order in which Compose looks for them."""


def find_compose(folder: Path) -> tuple[str, str, list[str], ProbeResult]:
    """Return the project's file, its name and its services; empty if there is none."""
    name = next((name for name in COMPOSE if (folder / name).is_file()), "")
    if not name:
        return "", "", [], ProbeResult(False, f"Compose project: no {COMPOSE[0]} or {COMPOSE[2]} here")
    data, problem = _read(folder / name)
    services = [service for service in raw_access.get_map(data, "services") if service.isprintable()]
    if not services:
        return "", "", [], ProbeResult(False, f"Compose project: {name} {problem or 'has no services'}")
    todo = "A drill breaks a service's containers (docs/reference/containers.md), or a Toxiproxy proxy in front of it."
    result = ProbeResult(True, f"Compose project: {name}, services {join_names(services)}", todo)
    return name, raw_access.text_or_empty(raw_access.get_path(data, "name")) or _project_name(folder), services, result


def _project_name(folder: Path) -> str:
    """Return the name that Compose gives a project without one.

    See https://docs.docker.com/compose/how-tos/project-name/
    """
    return re.sub(r"[^a-z0-9_-]", "", folder.resolve().name.lower()).lstrip("_-")


def find_kube_context() -> ProbeResult:
    """Find the current context as kubectl does: in the first file that names one. Contacts no cluster."""
    for file in (Path(name).expanduser() for name in kubeconfig_files()):
        context = (
            raw_access.text_or_empty(raw_access.get_path(_read(file)[0], "current-context")) if file.is_file() else ""
        )
        if context:
            name = join_names([context])
            todo = f"The cluster was not contacted. Read it: gameday init --context {name} --namespace NAME"
            return ProbeResult(True, f"kube context: {name}", todo)
    return ProbeResult(
        False, f"kube context: none in {'KUBECONFIG' if os.environ.get('KUBECONFIG') else DEFAULT_KUBECONFIG}"
    )


def find_roster(folder: Path) -> tuple[str, ProbeResult]:
    """Find roster.yaml, if it is a roster of gameday."""
    from gameday.files.check import detect_file_kind
    from gameday.files.yaml_document import read_document

    if (folder / "roster.yaml").is_file() and detect_file_kind(read_document(folder / "roster.yaml")) == "roster":
        return "roster.yaml", ProbeResult(True, "roster: roster.yaml")
    return "", ProbeResult(
        False, "roster: no roster.yaml here", "With a roster, roles rotate. Without one, drills are solo."
    )


def _read(file: Path) -> tuple[Json, str]:
    """Return the file's data and an empty text, or None and the problem."""
    from gameday.files.yaml_document import read_document

    document = read_document(file)
    return document.data, "cannot be read" if document.root is None else ""
