"""Other tools that write to the objects of a fault, from their managed fields. People are never named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gameday.clients.kubernetes import ApiObject
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.faults.base import FaultKind
from gameday.injectors.kubernetes.gitops import gitops_tools_of
from gameday.injectors.kubernetes.ownership import Owner
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, Snapshot
from gameday.plugins.types import Intent

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
    owners = [owner for change in snapshot.changes for owner in change.owners]
    for controller in gitops_tools_of(document, owners):
        yield f"{controller.name} writes {snapshot.ref} and will restore it {controller.when}"
    for change in snapshot.changes:
        for tool in {tool for owner in change.owners if (tool := _tool(owner))}:
            yield f"{tool} owns {change.text} of {snapshot.ref}: an upgrade during the fault would end it"


def _tool(owner: Owner) -> str:
    return next((tool for pattern, tool in _TOOLS if pattern.fullmatch(owner.manager)), "")
