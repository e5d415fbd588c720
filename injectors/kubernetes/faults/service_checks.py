"""Services whose traffic cannot pass through a proxy of the drill, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import ObjectRef, label_selector
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.faults.partition import selects_pod
from gameday.injectors.kubernetes.target_objects import Target, is_ready, is_running, name_of

_MESHES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "istio-injection": ("Istio", ("enabled",)), "istio.io/rev": ("Istio", ()),
    "istio.io/dataplane-mode": ("Istio", ("ambient",)), "sidecar.istio.io/inject": ("Istio", ("true",)),
    "linkerd.io/inject": ("Linkerd", ("enabled", "ingress")),
    "kuma.io/sidecar-injection": ("Kuma", ("enabled", "true")),
    "consul.hashicorp.com/connect-inject": ("Consul", ("true",)),
}  # fmt: skip
"""Labels and annotations that put a pod into a mesh, with the values that do; without values, all do."""
_SIDECARS = {
    "istio-proxy": "Istio", "linkerd-proxy": "Linkerd", "kuma-sidecar": "Kuma", "consul-dataplane": "Consul",
}  # fmt: skip
_IMAGE_HINT = (
    "Set it in gameday.yaml to an image with gameday that the nodes can pull, such as that of "
    "examples/kubernetes/Dockerfile."
)


def require_proxyable(target: Target, service: ApiObject) -> None:
    """Raise Refused where a proxy could not be in the path of the Service. Raises ClusterError."""
    settings, name = target.settings, name_of(service)
    if not settings.proxy_image:
        wrong = f"target {settings.target}: {target.kind} requires proxy_image on the target"
        raise Refused(wrong, _IMAGE_HINT)
    for wrong, todo in _service_problems(service["spec"]):
        raise Refused(f"target {settings.target}: service/{name} {wrong}", todo)
    pods = _pods_behind(target, service)
    if mesh := _mesh(target, pods):
        wrong = f"target {settings.target}: the pods behind service/{name} belong to a service mesh ({mesh})"
        raise Refused(wrong, "Use the mesh's own fault injection, or another kind of fault.")
    if not any(is_ready(pod) for pod in pods):
        wrong = f"target {settings.target}: no pod behind service/{name} is ready"
        raise Refused(wrong, "Start its pods first.")
    _require_no_policy(target, service)


def _service_problems(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a Service, and what to do."""
    if spec.get("type") == "ExternalName":
        yield "is only an alias of an external name (ExternalName)", "Name a Service with pods behind it."
    if not spec.get("selector"):
        yield "has no selector: its endpoints are set by hand", "Name a Service with a selector."
    if spec.get("clusterIP") == "None":
        yield "is headless: its clients know the pods' addresses", "Use `kill` or `scale`."
    if other := sorted({port.get("protocol", "TCP") for port in spec.get("ports") or []} - {"TCP"}):
        yield f"has a {other[0]} port, and the proxy forwards only TCP", "Name a Service with TCP ports only."
    if "IPv6" in (spec.get("ipFamilies") or []):
        yield "has IPv6 addresses, and the proxy forwards only IPv4", "Name an IPv4 Service."
    for key in ("externalTrafficPolicy", "internalTrafficPolicy"):
        if spec.get(key) == "Local":
            yield f"sends clients to pods on their own node only ({key}: Local)", "Name another Service."


def _pods_behind(target: Target, service: ApiObject) -> list[ApiObject]:
    selector = label_selector(service["spec"]["selector"])
    return [pod for pod in target.cluster.list_objects("pod", target.settings.namespace, selector) if is_running(pod)]


def _mesh(target: Target, pods: Sequence[ApiObject]) -> str:
    """Return the mesh that the pods belong to; empty for none. A new pod would join the namespace's mesh too."""
    namespace = target.cluster.find(ObjectRef("namespace", "", target.settings.namespace))
    for document in [*([namespace] if namespace else []), *pods]:
        metadata = document["metadata"]
        for key, value in {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}.items():
            mesh, values = _MESHES.get(key, ("", ("",)))
            if mesh and (not values or value in values):
                return mesh
    containers = [each for pod in pods for each in pod["spec"].get("containers") or []]
    containers += [each for pod in pods for each in pod["spec"].get("initContainers") or []]
    return next((_SIDECARS[each["name"]] for each in containers if each.get("name") in _SIDECARS), "")


def _require_no_policy(target: Target, service: ApiObject) -> None:
    """Raise Refused if a NetworkPolicy could keep clients from the proxy, which has none of the team's labels.

    What keeps the proxy from the pods shows by itself: it does not become ready, and the fault is not applied."""
    try:
        policies = target.cluster.list_objects("networkpolicy", target.settings.namespace)
    except Forbidden:
        return
    proxy = {"metadata": {"labels": dict.fromkeys([*service["spec"]["selector"], MARKER_LABEL], "gd-")}}
    for policy in policies:
        types, selector = policy["spec"].get("policyTypes") or ["Ingress"], policy["spec"].get("podSelector") or {}
        is_own = MARKER_LABEL in (policy["metadata"].get("labels") or {})
        if not is_own and ("Egress" in types or selects_pod(selector, proxy)):
            raise Refused(
                f"target {target.settings.target}: NetworkPolicy {name_of(policy)} could keep clients from the proxy",
                "Use `outage` or `half-dead`, which need no pod of the drill.",
            )
