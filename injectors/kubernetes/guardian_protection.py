"""The guardian of the environment, which reverts faults, is never the target of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gameday.clients.kubernetes import Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import label_selector
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.injectors.kubernetes.target_objects import Target, name_of

GUARDIAN_LABEL = "gameday/guardian"
"""Label of pods that revert faults; those that run `gameday guardian` are recognised without it."""


def require_no_guardian(target: Target, snapshot: Snapshot) -> None:
    """Raise Refused if the fault would affect a pod of a guardian. Raises ClusterError."""
    try:
        guardians = [name_of(pod) for pod in _affected_pods(target, snapshot) if is_guardian(pod)]
    except Forbidden:  # an account that cannot list pods cannot affect them, but for the Service's endpoints
        return
    if guardians:
        raise Refused(
            f"target {target.settings.target}: pod {guardians[0]} is a guardian: it reverts faults, so it is never a "
            "target",
            "Select other pods, or run the guardian in a namespace called gameday.",
        )


def _affected_pods(target: Target, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    """Yield the pods that the objects of a fault run, select or evict, whether it ends them or not."""
    cluster, namespace, extra = target.cluster, target.settings.namespace, snapshot.extra
    refs = {snapshot.ref.kind: snapshot.ref for snapshot in snapshot.objects}
    if evicted := extra.get("evicted"):
        yield from (pod for pod in target.all_pods() if name_of(pod) in evicted)
    selectors: set[str] = set()
    if refs.keys() & {"deployment", "statefulset", "pod"}:
        selectors |= set(target.pod_selectors())
    if "service" in refs:
        selectors.add(label_selector(target.service()["spec"].get("selector") or {}))
    if len(selectors) > 1 and not any(map(is_guardian, target.all_pods())):
        return  # one listing in place of one for each workload
    for selector in selectors - {""}:
        yield from cluster.list_objects("pod", namespace, selector)


def is_guardian(pod: Mapping[str, Any]) -> bool:
    """Return True for a pod that runs `gameday guardian`."""
    labels: Mapping[str, str] = pod["metadata"].get("labels") or {}
    return GUARDIAN_LABEL in labels or any(_runs_guardian(each) for each in pod["spec"].get("containers") or [])


def _runs_guardian(container: Mapping[str, Any]) -> bool:
    words: Iterable[str] = [*(container.get("command") or []), *(container.get("args") or [])]
    return "gameday" in str([container.get("image"), words]) and "guardian" in words
