"""Substitution of variables in gameday.yaml.

Some values stay as written until they are used: settings of signals, channels and incident sources, commands, and the
credentials of a target or a tracker.
Secrets belong there. They are then never part of a plan, an intent or the log.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import yaml

from gameday.clients.connection import CONNECTION_KEYS
from gameday.errors import Problem
from gameday.files import yaml_parser as nodes
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.variables import VariableError, has_variable, substitute

_TYPED_KEYS = {
    "signals": frozenset({"kind", "probe", "healthy", "every", "min_samples", "timeout"}),
    "channels": frozenset({"channel", "sends", "in_rehearsals", "timeout"}),
    "incidents": frozenset({"source", "timeout"}),
}
"""Keys that are read with the file; all others belong to a probe, channel or source, and keep their variables."""
Unset = Mapping[str, list[Problem]]
"""Problems of variables that are needed only when an environment is used, by its name."""


def substitute_variables(document: YamlDocument) -> Unset:
    """Substitute the variables in the document's data; note problems of those that are needed to read the file."""
    unset: dict[str, list[Problem]] = {}
    document.data = _substitute(document, document.data, (), unset)
    return unset


def is_kept_as_written(path: KeyPath) -> bool:
    """Return True for a value whose variables are substituted only when it is used."""
    if path[:2] == ("follow_up", "tracker"):
        return len(path) > 2 and path[2] in CONNECTION_KEYS
    if len(path) < 4 or path[0] != "environments":
        return False
    part, key = path[2], path[4] if len(path) > 4 else ""
    if part in _TYPED_KEYS:
        return key not in _TYPED_KEYS[str(part)]
    return part in ("actions", "load") or (part == "targets" and key in CONNECTION_KEYS)


def _substitute(document: YamlDocument, value: Json, path: KeyPath, unset: dict[str, list[Problem]]) -> Json:
    if isinstance(value, dict):
        return {key: _substitute(document, item, (*path, key), unset) for key, item in value.items()}
    if isinstance(value, list):
        return [_substitute(document, item, (*path, index), unset) for index, item in enumerate(value)]
    if not isinstance(value, str) or "$" not in value:
        return value
    try:
        text = substitute(value, os.environ)
    except VariableError as error:
        _note(document, path, error, unset)
        return value
    return _typed(document, path, text) if has_variable(value) else text


def _note(document: YamlDocument, path: KeyPath, error: VariableError, unset: dict[str, list[Problem]]) -> None:
    place = document.locate(path)
    if is_kept_as_written(path):
        if path[0] == "environments":  # a tracker's credentials are needed by no drill
            problem = Problem(document.file, *place, error.wrong, error.todo)
            unset.setdefault(str(path[1]), []).append(problem)
        document.syntax_problem_places.add(place)
    else:
        document.add_problem(path, error.wrong, error.todo)
        document.syntax_problem_places.add(place)


def _typed(document: YamlDocument, path: KeyPath, text: str) -> Json:
    """Return a number or boolean if an unquoted value reads as one."""
    node = document.node_at(path)
    if not isinstance(node, yaml.ScalarNode) or node.style or is_kept_as_written(path):
        return text
    tag = nodes.plain_tag(text)
    if tag == nodes.BOOL:
        return text.lower() == "true"
    return int(text) if tag == nodes.INT else float(text) if tag == nodes.FLOAT else text
