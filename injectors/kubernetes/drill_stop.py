"""The ConfigMap by which anyone with rights stops all drills of a namespace or of the whole cluster."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from gameday.clients.foreign_text import shorten_line
from gameday.clients.kubernetes import Forbidden
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef

STOP_NAME, STOP_NAMESPACE = "gameday-stop", "gameday"
"""ConfigMap that stops all drills: in the application's namespace, or in this one for the whole cluster."""


@dataclass(frozen=True, slots=True)
class DrillStop:
    """Order to run no drills, with the namespace that holds it and its reason."""

    namespace: str
    reason: str

    @override
    def __str__(self) -> str:
        return f"{STOP_NAME} in namespace {self.namespace}: {self.reason}"


def find_stop(cluster: Cluster, namespace: str) -> DrillStop | None:
    """Return the order to run no drills in a namespace, if there is one. Raises ClusterError."""
    for place in (namespace, STOP_NAMESPACE):
        try:
            document = cluster.find(ObjectRef("configmap", place, STOP_NAME))
        except Forbidden:  # an account for one namespace cannot see the other
            continue
        if document is not None:
            reason = shorten_line(str((document.get("data") or {}).get("reason") or ""))
            return DrillStop(place, reason or "no reason is given")
    return None
