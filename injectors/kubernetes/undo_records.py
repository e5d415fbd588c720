"""Undo records in the cluster: one ConfigMap for each drill and namespace, with the intent of each fault.

The record is written before the fault and removed after its revert, so that any machine with rights finds and reverts
a leftover without the drill's own store. The objects themselves carry nothing: annotations leak into ReplicaSets.
"""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress
from typing import Any

from gameday.clients.kubernetes import Conflict, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.plugins.types import Intent

DRILL_LABEL = "gameday/drill"
RECORD_ANNOTATION = "gameday/record"
"""On an object of the drill's own that cannot be reverted alone: the same record again."""
MANAGER = "gameday"
"""Field manager of objects that belong to drills alone."""
ALIVE_ANNOTATION = "gameday/alive-until"
"""Second of the server's clock until which the drill counts as running."""
LIFETIME_S = 15
LIFETIME_LIMIT_S = 2 * LIFETIME_S
"""No drill writes a later end of its heartbeat: clocks are the server's."""
_ATTEMPTS = 10
MAX_DECODED_BYTES = 20_000_000
MAX_RECORD_BYTES = 900_000
"""A ConfigMap holds 1 MiB; a drill may have several faults."""


def encode_record(intent: Intent) -> str:
    """Return the intent, encoded so that nobody reads it in passing."""
    packed = zlib.compress(json.dumps(intent.encode(), separators=(",", ":")).encode())
    return base64.b64encode(packed).decode()


def decode_record(text: str) -> Intent | None:
    """Return the intent of a record; None where somebody else wrote it."""
    try:
        intent = Intent.decode(json.loads(zlib.decompressobj().decompress(base64.b64decode(text), MAX_DECODED_BYTES)))
        Snapshot.of(intent)
    except (KeyError, ValueError, TypeError, AttributeError, zlib.error):
        return None
    return intent if intent.injector == "kubernetes" else None


def write_record(cluster: Cluster, intent: Intent) -> None:
    """Store the record of a fault. Idempotent. Raises ClusterError."""
    ref = record_ref(intent)
    data = {"data": {intent.marker: encode_record(intent)}}
    alive = alive_annotations(cluster)
    try:
        cluster.merge_patch(ref, {"metadata": {"annotations": alive}, **data}, MANAGER)
    except NotFound:
        manifest: dict[str, Any] = {
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": ref.name, "labels": {DRILL_LABEL: intent.drill}, "annotations": alive}, **data,
        }  # fmt: skip
        try:
            cluster.create("configmap", ref.namespace, manifest)
        except Conflict:  # another fault of the drill created it at the same moment
            cluster.merge_patch(ref, data, MANAGER)


def alive_annotations(cluster: Cluster) -> dict[str, str]:
    """Return the annotation by which a drill shows that it runs: a record has it from its first moment."""
    return {ALIVE_ANNOTATION: str(int(cluster.server_time) + LIFETIME_S)}


def remove_record(cluster: Cluster, intent: Intent) -> None:
    """Remove the record of a fault, and the ConfigMap with its last one. Idempotent. Raises ClusterError."""
    ref = record_ref(intent)
    with suppress(NotFound):
        for _ in range(_ATTEMPTS):
            document = cluster.get(ref)
            others = (document.get("data") or {}).keys() - {intent.marker}
            version = str(document["metadata"]["resourceVersion"])
            with suppress(Conflict):  # another fault was recorded at this moment, or the heartbeat was renewed
                if others:
                    changes = {"metadata": {"resourceVersion": version}, "data": {intent.marker: None}}
                    cluster.merge_patch(ref, changes, MANAGER)
                else:  # at once: a process that is killed in between would leave an empty object
                    cluster.delete(ref, uid=uid_of(document), version=version)
                return
        raise Conflict(f"cannot remove the undo record {ref.name}: other writers change it too often")


def has_record(cluster: Cluster, intent: Intent) -> bool:
    """Return True if the record exists. Raises ClusterError."""
    document = cluster.find(record_ref(intent))
    return document is not None and intent.marker in (document.get("data") or {})


def record_ref(intent: Intent) -> ObjectRef:
    """Return the ConfigMap with the fault's record."""
    return ObjectRef("configmap", str(intent.address["namespace"]), intent.drill)
