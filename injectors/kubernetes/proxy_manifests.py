"""Objects that put a proxy of the drill in the path of a Service: a Deployment, and a Service for what is behind it.

Clients keep the address of the team's Service. Its selector is turned to the proxy, and the proxy connects to the pods
by the second Service, which has the selector from before.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gameday.clients.kubernetes import ApiObject
from gameday.injectors.kubernetes.cluster import ObjectRef
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.snapshots import CreatedObject
from gameday.injectors.kubernetes.target_objects import name_of
from gameday.proxy.server_plan import PLAN_VARIABLE, UPSTREAM_VARIABLE, ServerPlan

DRAIN_S = 5.0
"""After a revert, connections through the proxy continue without the fault for so long, and are then closed."""
_GRACE_S = 10
"""The proxy ends by itself before that: after DRAIN_S, and the time in which it delivers what is in flight."""
_FIRST_FREE_PORT = 20_000
"""Ports from here on are used where the Service does not say one by number."""
SECURE: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip
RESOURCES: Mapping[str, Any] = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}
LINUX = {"kubernetes.io/os": "linux"}
_LOW_PORTS = {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
"""Namespaced, and allowed by every Pod Security level: without root, the proxy may listen on a port below 1024."""


@dataclass(frozen=True, slots=True)
class ProxiedPort:
    """Port of a pod that the proxy listens on.

    `name`: as the Service names it, else empty; `upstream`: the port of the Service."""

    listen: int
    name: str
    upstream: int


@dataclass(frozen=True, slots=True)
class ProxyObjects:
    """What is to be created for one fault on a Service. `selector`: the one that the proxy's pod gets."""

    marker: str
    namespace: str
    image: str
    service: ApiObject
    selector_before: Mapping[str, str]
    toxic: Mapping[str, Any]

    @property
    def selector(self) -> dict[str, str]:
        """Keys of the team's selector, so that the team's own apply restores their values; and no value of a pod."""
        return dict.fromkeys(self.selector_before, self.marker)

    def created(self) -> tuple[CreatedObject, CreatedObject]:
        """Return the Service and the Deployment, in the order of their creation."""
        return (
            CreatedObject(ObjectRef("service", self.namespace, self.marker), self._shadow_service()),
            CreatedObject(ObjectRef("deployment", self.namespace, self.marker), self._deployment()),
        )

    def _metadata(self) -> ApiObject:
        return {"name": self.marker, "labels": {MARKER_LABEL: self.marker}}

    def _shadow_service(self) -> ApiObject:
        keys = ("name", "port", "targetPort", "protocol")
        ports = [{key: port[key] for key in keys if key in port} for port in self.service["spec"]["ports"]]
        spec: ApiObject = {"type": "ClusterIP", "selector": dict(self.selector_before), "ports": ports}
        if self.service["spec"].get("publishNotReadyAddresses"):
            spec["publishNotReadyAddresses"] = True
        return {"apiVersion": "v1", "kind": "Service", "metadata": self._metadata(), "spec": spec}

    def _deployment(self) -> ApiObject:
        labels = {**self.selector, MARKER_LABEL: self.marker}
        return {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": self._metadata(),
            "spec": {
                "replicas": 1, "revisionHistoryLimit": 0, "selector": {"matchLabels": {MARKER_LABEL: self.marker}},
                "template": {"metadata": {"labels": labels}, "spec": self._pod()},
            },
        }  # fmt: skip

    def _pod(self) -> ApiObject:
        ports = proxied_ports(self.service)
        ready_port = next(_free_ports({port.listen for port in ports}))
        plan = ServerPlan({port.listen: port.upstream for port in ports}, self.toxic, ready_port, DRAIN_S)
        low = any(port.listen < 1024 for port in ports)
        named = [{"containerPort": port.listen, "name": port.name} for port in ports if port.name]
        return {
            "automountServiceAccountToken": False, "enableServiceLinks": False, "nodeSelector": dict(LINUX),
            "terminationGracePeriodSeconds": _GRACE_S,
            **({"securityContext": {"sysctls": [dict(_LOW_PORTS)]}} if low else {}),
            "containers": [{
                "name": "main", "image": self.image, "imagePullPolicy": "IfNotPresent",
                "command": ["python", "-m", "gameday.proxy.fixed_server"],
                "env": [
                    {"name": PLAN_VARIABLE, "value": plan.encode()}, {"name": UPSTREAM_VARIABLE, "value": "none"},
                    {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
                ],
                **({"ports": named} if named else {}),
                "readinessProbe": {"tcpSocket": {"port": ready_port}, "periodSeconds": 1},
                "resources": copy.deepcopy(dict(RESOURCES)), "securityContext": copy.deepcopy(dict(SECURE)),
            }],
        }  # fmt: skip


def proxied_ports(service: ApiObject) -> list[ProxiedPort]:
    """Return the ports of the pods that a Service sends traffic to, each once."""
    targets: dict[int | str, int] = {}
    for port in service["spec"]["ports"]:
        targets.setdefault(port.get("targetPort", port["port"]), int(port["port"]))
    free = _free_ports({target for target in targets if isinstance(target, int)})
    return [
        ProxiedPort(target, "", upstream) if isinstance(target, int) else ProxiedPort(next(free), target, upstream)
        for target, upstream in targets.items()
    ]


def _free_ports(used: set[int]) -> Iterator[int]:
    return (port for port in range(_FIRST_FREE_PORT, 65_536) if port not in used)


def with_upstream(manifest: ApiObject, host: str) -> ApiObject:
    """Return the Deployment with the address of the Service for what is behind the proxy."""
    filled = copy.deepcopy(manifest)
    [container] = filled["spec"]["template"]["spec"]["containers"]
    for variable in container["env"]:
        if variable["name"] == UPSTREAM_VARIABLE:
            variable["value"] = host
    return filled


def describe_unready_pods(pods: list[ApiObject], service: str) -> str:
    """Return why no pod of the proxy is ready, for a person."""
    for pod in pods:
        status = pod.get("status") or {}
        for container in status.get("containerStatuses") or []:
            if container.get("ready"):
                return f"pod {name_of(pod)} is ready, but someone or an admission webhook changed what was created"
            state = container.get("state") or {}
            waiting = state.get("waiting") or state.get("terminated")
            if waiting and waiting.get("reason") != "ContainerCreating":
                return f"pod {name_of(pod)}: {waiting.get('reason')}: {str(waiting.get('message') or '')[:300]}"
            if state.get("running"):
                return (
                    f"pod {name_of(pod)} runs, but cannot connect to the pods behind {service}: does a NetworkPolicy "
                    "forbid it?"
                )
        for condition in status.get("conditions") or []:
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                return f"pod {name_of(pod)} cannot be scheduled: {condition.get('message')}"
    return "its container is being created" if pods else "no pod of it was created"
