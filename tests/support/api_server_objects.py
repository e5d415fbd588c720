"""Objects of a stand-in for an API server: patches, owners of fields, and the controllers of Deployments."""

from __future__ import annotations

import copy
import itertools
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

Object = dict[str, Any]
_VERSIONS = itertools.count(1)
_ATOMIC = ("selector", "nodeSelector", "matchLabels", "labels", "annotations")
TIME = "2026-01-01T00:00:00Z"


class Failure(Exception):
    """An error as the API server answers it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def new_object(content: Object, manager: str) -> Object:
    """Return a created object with uid, version and owner."""
    created = copy.deepcopy(content)
    metadata = created.setdefault("metadata", {})
    metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": TIME, "generation": 1}
    set_version(created)
    set_owner(created, manager, dict(leaves(content)))
    return created


def set_version(changed: Object) -> None:
    changed["metadata"]["resourceVersion"] = str(next(_VERSIONS))


def json_patch(before: Object, operations: list[Object]) -> Object:
    """Return the patched object. Raises Failure 422 for a failed test, as the API server does."""
    patched = copy.deepcopy(before)
    for operation in operations:
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        node: Any = patched
        try:
            for part in parents:
                node = node[int(part)] if isinstance(node, list) else node[part]
            key: Any = int(last) if isinstance(node, list) else last
            if operation["op"] == "test" and node[key] != operation["value"]:
                raise Failure(422, "the server rejected our request due to an error in our request")
            if operation["op"] == "remove":
                del node[key]
            elif operation["op"] in ("add", "replace"):
                node[key] = operation["value"]
        except (KeyError, IndexError, TypeError):
            raise Failure(422, "the server rejected our request due to an error in our request") from None
    return patched


def merge_patch(before: Any, changes: Any) -> Any:
    if not isinstance(changes, dict):
        return copy.deepcopy(changes)
    merged = dict(before) if isinstance(before, dict) else {}
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the fields that managedFields would name, with their values."""
    if not path and isinstance(node, dict):
        ignored = ("apiVersion", "kind", "status")
        node = {key: value for key, value in node.items() if key not in ignored}
        metadata = {key: node["metadata"].get(key, {}) for key in ("labels", "annotations")}
        node = {**node, "metadata": {key: value for key, value in metadata.items() if value}}
    last = path[-1] if path else ""
    if isinstance(node, dict) and node and last.removeprefix("f:") not in _ATOMIC:
        for key, value in node.items():
            yield from leaves(value, (*path, f"f:{key}"))
    elif isinstance(node, list) and node and all(isinstance(each, dict) and "name" in each for each in node):
        for each in node:
            key = f"k:{json.dumps({'name': each['name']}, separators=(',', ':'))}"
            yield from leaves(each, (*path, key))
    elif path:
        yield path, node


def update_owners(before: Object, after: Object, manager: str) -> None:
    """Make the manager the only owner of each field that it changed."""
    old, new = dict(leaves(before)), dict(leaves(after))
    changed = {path: value for path, value in new.items() if old.get(path, _NOTHING) != value}
    removed = set(old) - set(new)
    entries = after["metadata"].get("managedFields") or []
    for entry in entries:
        for path in [*changed, *removed]:
            _remove(entry["fieldsV1"], path)
    after["metadata"]["managedFields"] = [entry for entry in entries if entry["fieldsV1"]]
    if changed:
        set_owner(after, manager, changed)


_NOTHING = object()


def set_owner(owned: Object, manager: str, fields: Mapping[tuple[str, ...], Any]) -> None:
    """Add the fields to the manager's entry."""
    entries = owned["metadata"].setdefault("managedFields", [])
    own = next((entry for entry in entries if entry["manager"] == manager), None)
    if own is None:
        own = {
            "manager": manager, "operation": "Update", "apiVersion": "v1", "time": TIME, "fieldsType": "FieldsV1",
            "fieldsV1": {},
        }  # fmt: skip
        entries.append(own)
    for path in fields:
        node = own["fieldsV1"]
        for part in path:
            node = node.setdefault(part, {})


def _remove(fields: Object, path: tuple[str, ...]) -> None:
    first, *rest = path
    if first not in fields:
        return
    if rest:
        _remove(fields[first], tuple(rest))
    if not rest or not fields[first]:
        del fields[first]


def matches(labels: Mapping[str, str], selector: str) -> bool:
    """Return True if labels match a selector of `key=value`, `key in (value)` and `key`."""
    plain = re.sub(r" in \(([^,)]*)\)", r"=\1", selector)
    terms = [term.partition("=") for term in plain.split(",") if term]
    return all(labels.get(key) == value if equals else key in labels for key, equals, value in terms)
