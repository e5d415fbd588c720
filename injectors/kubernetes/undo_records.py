"""Undo records in the cluster: one ConfigMap for each drill and namespace, with the intent of each fault.

The record is written before the fault and removed after its revert, so that any machine with rights finds and reverts
a leftover without the drill's own store. The objects themselves carry nothing: annotations leak into ReplicaSets.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from gameday.clients.kubernetes import Conflict, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.plugins.types import Intent

DRILL_LABEL = "gameday/drill"
RECORD_ANNOTATION = "gameday/record"
"""On an object of the drill's own that cannot be reverted alone: the same record again."""
MANAGER = "gameday"
"""Field manager of objects that belong to drills alone."""
ALIVE_ANNOTATION = "gameday/alive-until"
"""Second of the server's clock until which the drill counts as running."""
LIFETIME_S = 15
_ATTEMPTS = 10
MAX_RECORD_BYTES = 900_000
"""A ConfigMap holds 1 MiB; a drill may have several faults."""


def encode_record(intent: Intent) -> str:
    """Return the intent, encoded so that nobody reads it in passing."""
    packed = zlib.compress(json.dumps(intent.encode(), separators=(",", ":")).encode())
    return base64.b64encode(packed).decode()


def decode_record(text: str) -> Intent | None:
    """Return the intent of a record; None where somebody else wrote it."""
    try:
        intent = Intent.decode(json.loads(zlib.decompress(base64.b64decode(text))))
    except (KeyError, ValueError, TypeError, AttributeError, zlib.error):
        return None
    return intent if intent.injector == "kubernetes" and "objects" in intent.undo else None


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
        left = cluster.merge_patch(ref, {"data": {intent.marker: None}}, MANAGER)
        for _ in range(_ATTEMPTS):
            if left.get("data"):
                return
            try:
                cluster.delete(ref, uid=uid_of(left), version=str(left["metadata"]["resourceVersion"]))
            except Conflict:  # another fault was recorded at this moment, or the heartbeat was renewed
                left = cluster.get(ref)
                continue
            return
        raise Conflict(f"cannot remove the undo record {ref.name}: other writers change it too often")


def has_record(cluster: Cluster, intent: Intent) -> bool:
    """Return True if the record exists. Raises ClusterError."""
    document = cluster.find(record_ref(intent))
    return document is not None and intent.marker in (document.get("data") or {})


def read_records(cluster: Cluster, namespace: str) -> list[Intent]:
    """Return the intents of all records in a namespace, by one request. Raises ClusterError.

    Their address is as it is from here: another machine may have another kubeconfig."""
    documents = cluster.list_objects("configmap", namespace, DRILL_LABEL)
    return [with_address_here(cluster, intent) for document in documents for intent in intents_of(document)]


def with_address_here(cluster: Cluster, intent: Intent) -> Intent:
    """Return the intent of a record with the cluster's address as this machine has it."""
    here = {"kubeconfig": cluster.address.kubeconfig, "context": cluster.address.context}
    return replace(intent, address={**intent.address, **here})


def intents_of(document: Mapping[str, Any]) -> Iterator[Intent]:
    """Yield the intents of one record object."""
    for marker, text in sorted((document.get("data") or {}).items()):
        intent = decode_record(text)
        if intent is not None and intent.marker == marker:
            yield intent


def record_ref(intent: Intent) -> ObjectRef:
    """Return the ConfigMap with the fault's record."""
    return ObjectRef("configmap", str(intent.address["namespace"]), intent.drill)
