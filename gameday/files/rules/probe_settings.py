"""Rules for how a signal's server is asked, and what its answers must be."""

from __future__ import annotations

from gameday.clients.connection import connection_problems
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.signals.http_requirement import RequirementError, read_requirement
from gameday.signals.json_path import compile_path

_PATHS = ("value", "n", "good_count", "total_count")


def check_answers(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Note problems of the credentials, the requirement and the paths of a signal."""
    if "url" not in signal:
        return
    written = raw_access.get_map(document.written, *path)
    for keys, wrong, todo in connection_problems(written):
        document.add_problem((*path, *keys), wrong, todo)
    if raw_access.text_or_empty(signal.get("probe")) == "http":
        _requirement(document, path, signal)
        _json_paths(document, path, signal)


def _requirement(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    try:
        read_requirement(signal.get("require"))
    except RequirementError as error:
        document.add_problem((*path, "require", *error.keys), error.wrong, error.todo)


def _json_paths(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    for key in _PATHS:
        try:
            compile_path(raw_access.text_or_empty(signal.get(key)))
        except ValueError as error:
            document.add_problem((*path, key), str(error))
