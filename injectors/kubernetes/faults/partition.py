"""Two groups of pods that do not hear of one another: a NetworkPolicy of the drill."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL, CreatedObjectKind, PlanContext
from gameday.injectors.kubernetes.network_trials import TRIAL_PERMISSIONS, known_result, try_policy
from gameday.injectors.kubernetes.snapshots import CreatedObject, ObjectSnapshot
from gameday.injectors.kubernetes.target_objects import Target, name_of
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.plugins.parameters import Parameter, choice_parameter, text_parameter
from gameday.proxy.connection_trial import CONNECTED, OPEN

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
Selector = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Partition(CreatedObjectKind):
    """NetworkPolicy that allows the target everything but the peer's pods."""

    kind = "partition"
    effect = "New connections between its pods and those of the target `peer` time out or are refused."
    note = "The NetworkPolicy is deleted."
    acts_on = ("workload", "labels")
    created_kinds = ("networkpolicy",)
    peer_parameter = "peer"

    peer: str
    existing: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "peer": text_parameter("the name of another target"), "existing": choice_parameter("any", "any", "cut"),
    }  # fmt: skip

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        trial = TRIAL_PERMISSIONS if "job" in kinds else ()
        return [Permission("list", "pod"), *CreatedObjectKind.permissions(self, kinds), *trial]

    @override
    def capture_state(self, context: PlanContext) -> Mapping[str, Any]:
        """Return the trial, where the target provides an image for it. Raises Refused."""
        settings = context.target.settings
        if settings.proxy_image:
            return {"trial": {"marker": context.marker, "image": settings.proxy_image}}
        if self.existing == "any":
            return {}
        raise Refused(
            f"target {settings.target}: whether a policy cuts open connections depends on the cluster's network, and "
            "proxy_image is required to measure it",
            "Set proxy_image on the target, or leave existing out.",
        )

    @override
    def find_refusal(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        """Try a policy between two pods of the drill."""
        if "trial" not in extra:
            return ""
        seen = try_policy(cluster, namespace, extra["trial"])
        if seen["new"] == CONNECTED:
            return (
                "this cluster's network does not enforce NetworkPolicies: in a trial between two pods, new "
                "connections were still accepted under one. Use `outage` or `half-dead`."
            )
        if self.existing == "cut" and seen["open"] == OPEN:
            return (
                "existing: cut is not what this cluster does: in a trial between two pods, an open connection "
                "continued under a NetworkPolicy. Leave existing out."
            )
        return ""

    @override
    def created_objects(self, context: PlanContext) -> tuple[Sequence[ObjectSnapshot], Sequence[CreatedObject]]:
        target, peer = context.target, self._peer(context.target)
        own, other = _selector(target), _selector(peer)
        pods = target.matching_pods()
        if not pods or not peer.matching_pods():
            raise Refused(f"target {target.settings.target}: this target or its peer {self.peer} has no pods")
        _require_no_other_policy(target, pods, context.marker)
        namespace = target.settings.namespace
        manifest = _policy(context.marker, namespace, own, _all_but(other, namespace, _pod_networks(target)))
        affected = [ObjectSnapshot(ObjectRef("pod", namespace, name_of(pod)), uid_of(pod)) for pod in pods]
        ref = ObjectRef("networkpolicy", namespace, context.marker)
        return affected, [CreatedObject(ref, manifest)]

    def _peer(self, target: Target) -> Target:
        binding = target.binding
        if self.peer not in binding.others or self.peer == binding.target:
            raise Refused(
                f"target {binding.target}: there is no other target {self.peer!r} of the injector kubernetes",
                f"Existing: {', '.join(sorted(set(binding.others) - {binding.target})) or 'none'}.",
            )
        other = replace(binding, target=self.peer, settings=binding.others[self.peer], shown=())
        settings = read_settings(other)
        if (settings.address, settings.namespace) != (target.settings.address, target.settings.namespace):
            wrong = f"target {binding.target}: {self.peer} is in another namespace or cluster"
            raise Refused(wrong, "Only pods of one namespace can be partitioned.")
        return Target(target.cluster, settings, other, target.kind)

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        seen = known_result(extra["trial"]) if "trial" in extra else {}
        if not seen:
            yield (
                "it works only if the cluster's network enforces policies, and open connections may stay open; this is "
                + ("not measured yet: preflight does" if "trial" in extra else "not measured without proxy_image")
            )
        elif seen["open"] == OPEN:
            yield "open connections continue, so a client with a connection pool may notice nothing (measured)"


def _selector(target: Target) -> Selector:
    """Return the pods of a target as a label selector. Raises Refused for several workloads."""
    if not target.settings.workload:
        return {"matchLabels": dict(target.settings.labels)}
    workloads = target.workloads().documents
    if len(workloads) > 1:
        wrong = f"target {target.settings.target}: several workloads cannot be partitioned at once"
        raise Refused(wrong, "Select one workload, or pods by their labels.")
    return dict(workloads[0]["spec"]["selector"])


def _policy(marker: str, namespace: str, selector: Selector, allowed: Sequence[Mapping[str, Any]]) -> ApiObject:
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": marker, "namespace": namespace, "labels": {MARKER_LABEL: marker}},
        "spec": {
            "podSelector": selector, "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": list(allowed)}], "egress": [{"to": list(allowed)}],
        },
    }  # fmt: skip


def _all_but(peer: Selector, namespace: str, pod_networks: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return everything that is not a pod of the peer: its own namespace, others, and the world outside."""
    others = {"matchExpressions": [{"key": _NAMESPACE_NAME, "operator": "NotIn", "values": [namespace]}]}
    outside = {"cidr": "0.0.0.0/0", **({"except": list(pod_networks)} if pod_networks else {})}
    unlike = [{"podSelector": {"matchExpressions": [expression]}} for expression in _negated(peer)]
    return [*unlike, {"namespaceSelector": others}, {"ipBlock": outside}]


def _negated(selector: Selector) -> Iterator[Mapping[str, Any]]:
    """Yield expressions of which at least one matches each pod that the selector does not match."""
    opposite = {"In": "NotIn", "NotIn": "In", "Exists": "DoesNotExist", "DoesNotExist": "Exists"}
    for key, value in (selector.get("matchLabels") or {}).items():
        yield {"key": key, "operator": "NotIn", "values": [value]}
    for expression in selector.get("matchExpressions") or []:
        yield {**expression, "operator": opposite[expression["operator"]]}


def _pod_networks(target: Target) -> list[str]:
    """Return the ranges of pods' addresses; the world outside does not have them. Raises Refused."""
    try:
        nodes = target.cluster.list_objects("node", "")
    except Forbidden:
        nodes = []
    networks = sorted({str(text) for node in nodes for text in node["spec"].get("podCIDRs") or [] if ":" not in text})
    if networks:
        return networks
    pods = target.cluster.list_objects("pod", target.settings.namespace)
    addresses = sorted({str(pod["status"]["podIP"]) for pod in pods if pod["status"].get("podIP")})
    return [f"{address}/32" for address in addresses if ":" not in address]


def _require_no_other_policy(target: Target, pods: Sequence[ApiObject], marker: str) -> None:
    """Raise Refused if another policy selects the pods: policies add up, so it could allow what this one does not."""
    for policy in target.cluster.list_objects("networkpolicy", target.settings.namespace):
        selector = policy["spec"].get("podSelector") or {}
        if name_of(policy) != marker and any(selects_pod(selector, pod) for pod in pods):
            raise Refused(
                f"target {target.settings.target}: NetworkPolicy {name_of(policy)} also selects its pods; policies "
                "add up, so what it allows stays allowed",
                "Use `outage` or `half-dead`.",
            )


def selects_pod(selector: Selector, pod: ApiObject) -> bool:
    """Return True if a label selector matches a pod, or the template of one."""
    labels = pod["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions") or [])


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
