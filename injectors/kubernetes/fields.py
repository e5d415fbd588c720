"""Fields of other people's objects: where they are, what a fault writes there, and what a revert restores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gameday.clients.kubernetes import ApiObject
from gameday.injectors.kubernetes.cluster import uid_of
from gameday.injectors.kubernetes.ownership import FieldPath, Owner

Segment = str | Mapping[str, str]
"""Key of a map, or `{"name": "web"}` for the element of a list with that name."""
Value = tuple[Any, ...]
"""Value of a field: one element, or none where the field is absent."""
ABSENT: Value = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Place of a field in one version of an object. `guards`: tests that it is still the same place."""

    pointer: str
    value: Value
    parent_pointer: str
    parent: Any
    guards: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Change of one field.

    `replaced`: the value that the fault replaces, which is `before` unless an earlier fault of the same drill changed
    the field. `owners`: who owned the field before."""

    path: tuple[Segment, ...]
    before: Value
    after: Value
    owners: tuple[Owner, ...] = field(default=())
    replaced: Value = ABSENT

    @property
    def owner_path(self) -> FieldPath:
        """Path as managedFields has it."""
        return tuple(
            f"f:{segment}" if isinstance(segment, str) else f"k:{json.dumps(dict(segment), separators=(',', ':'))}"
            for segment in self.path
        )

    @property
    def text(self) -> str:
        """Path for a person: `spec.template.spec.containers[web].image`."""
        text = "".join(f".{segment}" if isinstance(segment, str) else f"[{segment['name']}]" for segment in self.path)
        return text.removeprefix(".")

    def encode(self) -> dict[str, Any]:
        return {
            "path": [segment if isinstance(segment, str) else dict(segment) for segment in self.path],
            "before": list(self.before), "after": list(self.after), "replaced": list(self.replaced),
            "owners": [owner.encode() for owner in self.owners],
        }  # fmt: skip

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> FieldChange:
        owners = tuple(Owner(**owner) for owner in data["owners"])
        return cls(tuple(data["path"]), tuple(data["before"]), tuple(data["after"]), owners, tuple(data["replaced"]))


def locate(document: Mapping[str, Any], path: Sequence[Segment]) -> Location | None:
    """Return the place of a field, which may be absent there; None where what should hold it is absent."""
    node: Any = document
    pointer, parent_pointer, parent = "", "", node
    guards: list[Mapping[str, Any]] = []
    for depth, segment in enumerate(path):
        parent_pointer, parent = pointer, node
        if isinstance(segment, str):
            pointer += f"/{_escape(segment)}"
            if not isinstance(node, dict):
                return None
            if segment not in node:
                is_last = depth == len(path) - 1
                return Location(pointer, ABSENT, parent_pointer, parent, guards) if is_last else None
            node = node[segment]
        else:
            names = [element.get("name") for element in node] if isinstance(node, list) else []
            if segment["name"] not in names:
                return None
            index = names.index(segment["name"])
            pointer, node = f"{pointer}/{index}", node[index]
            guards.append({"op": "test", "path": f"{pointer}/name", "value": segment["name"]})
    return Location(pointer, (node,), parent_pointer, parent, guards)


def read_value(document: Mapping[str, Any], path: Sequence[Segment]) -> Value | None:
    """Return the value of a field; None where what should hold it is absent."""
    location = locate(document, path)
    return location.value if location else None


def build_patch(document: ApiObject, values: Sequence[tuple[Sequence[Segment], Value]]) -> list[dict[str, Any]]:
    """Return a JSON patch that sets the fields if the object still is as in `document`.

    It tests the uid and each field, and not the resource version, which moves with each status."""
    tests: list[dict[str, Any]] = [{"op": "test", "path": "/metadata/uid", "value": uid_of(document)}]
    writes: list[dict[str, Any]] = []
    for path, value in values:
        location = locate(document, path)
        assert location is not None
        tests += [dict(guard) for guard in location.guards]
        if location.value:
            tests.append({"op": "test", "path": location.pointer, "value": location.value[0]})
        else:  # absence cannot be tested, but what holds the field can
            tests.append({"op": "test", "path": location.parent_pointer, "value": location.parent})
        writes += _write(location, value)
    return tests + writes


def _write(location: Location, value: Value) -> list[dict[str, Any]]:
    if not value:
        return [{"op": "remove", "path": location.pointer}] if location.value else []
    operation = "replace" if location.value else "add"
    return [{"op": operation, "path": location.pointer, "value": value[0]}]


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def format_value(value: Value) -> str:
    """Return a value of the scenario for a person, shortened."""
    if not value:
        return "absent"
    text = value[0] if isinstance(value[0], str) else json.dumps(value[0])
    return text if len(text) <= 60 else f"{text[:57]}..."


def describe_foreign_value(path: Sequence[Segment], value: Value | None) -> str:
    """Return what somebody else did to a field: only numbers, switches and images, since a text may be a secret."""
    if not value:
        return "removed"
    is_harmless = isinstance(value[0], int | float) or path[-1] == "image"
    return f"set to {format_value(value)}" if is_harmless else "changed"
