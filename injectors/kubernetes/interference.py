"""Other tools that write to the objects of a fault, from their managed fields. People are never named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gameday.clients.kubernetes import ApiObject
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.faults.base import FaultKind
from gameday.injectors.kubernetes.ownership import Owner
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, Snapshot
from gameday.plugins.types import Intent

_GITOPS = (
    (re.compile(r"argocd|argo-cd|argocd-controller"), "Argo CD", "within about 3 minutes where self-heal is on"),
    (re.compile(r"kustomize-controller|helm-controller|flux"), "Flux", "at its next reconciliation"),
    (re.compile(r"fleet|rancher"), "Fleet", "at its next reconciliation"),
)
"""Managers that restore what they wrote, and when."""
_TRACKING = (
    ("annotations", "argocd.argoproj.io/tracking-id", "Argo CD", _GITOPS[0][2]),
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux", _GITOPS[1][2]),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux", _GITOPS[1][2]),
)
_TOOLS = ((re.compile(r"helm"), "Helm"), (re.compile(r"terraform", re.IGNORECASE), "Terraform"))


def interference_warnings(intent: Intent, cluster: Cluster, kind: FaultKind) -> list[str]:
    """Return who could end or weaken the fault, each once. Raises ClusterError."""
    texts: list[str] = []
    planned = Snapshot.of(intent)
    for snapshot in planned.objects:
        document = cluster.find(snapshot.ref)
        if document is not None:
            texts += [*_owner_warnings(snapshot, document), *kind.effect_warnings(document, planned.extra)]
    return list(dict.fromkeys(texts))


def _owner_warnings(snapshot: ObjectSnapshot, document: ApiObject) -> Iterator[str]:
    if not snapshot.changes:
        return
    controllers = dict(_gitops_controllers(snapshot, document))
    for controller, when in controllers.items():
        yield f"{controller} writes {snapshot.ref} and will restore it {when}"
    for change in snapshot.changes:
        for tool in {tool for owner in change.owners if (tool := _tool(owner))}:
            yield f"{tool} owns {change.text} of {snapshot.ref}: an upgrade during the fault would end it"


def _gitops_controllers(snapshot: ObjectSnapshot, document: ApiObject) -> Iterator[tuple[str, str]]:
    for change in snapshot.changes:
        for owner in change.owners:
            for pattern, controller, when in _GITOPS:
                if pattern.search(owner.manager):
                    yield controller, when
    for place, key, controller, when in _TRACKING:
        if key in (document["metadata"].get(place) or {}):
            yield controller, when


def _tool(owner: Owner) -> str:
    return next((tool for pattern, tool in _TOOLS if pattern.fullmatch(owner.manager)), "")
