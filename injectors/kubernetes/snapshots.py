"""Objects of a fault as its intent keeps them: what they were before, and what the fault changes or creates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gameday.clients.kubernetes import ApiObject, ClusterAddress
from gameday.injectors.kubernetes.cluster import ObjectRef
from gameday.injectors.kubernetes.fields import FieldChange
from gameday.plugins.types import Intent

THROUGH = "through"
"""Key in the extra of a fault that another tool applies: the tool."""


@dataclass(frozen=True, slots=True)
class ObjectSnapshot:
    """One object of somebody else, and the fields of it that the fault changes."""

    ref: ObjectRef
    uid: str
    changes: tuple[FieldChange, ...] = ()

    def encode(self) -> dict[str, Any]:
        return {
            "kind": self.ref.kind, "namespace": self.ref.namespace, "name": self.ref.name, "uid": self.uid,
            "changes": [change.encode() for change in self.changes],
        }  # fmt: skip

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> ObjectSnapshot:
        ref = ObjectRef(str(data["kind"]), str(data["namespace"]), str(data["name"]))
        return cls(ref, str(data["uid"]), tuple(FieldChange.decode(change) for change in data["changes"]))


@dataclass(frozen=True, slots=True)
class CreatedObject:
    """Object that the fault creates."""

    ref: ObjectRef
    manifest: ApiObject

    def encode(self) -> dict[str, Any]:
        ref = self.ref
        return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name, "manifest": self.manifest}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> CreatedObject:
        ref = ObjectRef(str(data["kind"]), str(data["namespace"]), str(data["name"]))
        return cls(ref, dict(data["manifest"]))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that an intent keeps of a fault's objects. `extra`: what one kind alone needs."""

    objects: tuple[ObjectSnapshot, ...]
    created: tuple[CreatedObject, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def encode(self) -> dict[str, Any]:
        return {
            "ids": [snapshot.uid for snapshot in self.objects],
            "objects": [snapshot.encode() for snapshot in self.objects],
            "created": [created.encode() for created in self.created],
            "extra": dict(self.extra),
        }

    @classmethod
    def of(cls, intent: Intent) -> Snapshot:
        undo: Mapping[str, Any] = intent.undo
        objects = tuple(ObjectSnapshot.decode(snapshot) for snapshot in undo["objects"])
        created = tuple(CreatedObject.decode(snapshot) for snapshot in undo["created"])
        return cls(objects, created, undo["extra"])


def address_of(intent: Intent) -> ClusterAddress:
    """Return the cluster of an intent."""
    return ClusterAddress(str(intent.address["kubeconfig"]), str(intent.address["context"]))


def namespace_of(intent: Intent) -> str:
    return str(intent.address["namespace"])
