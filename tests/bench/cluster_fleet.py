"""Many simulated pods and Deployments in a namespace of the bench's own, asked by kubectl."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from support.kubernetes import Kubectl, comparable, eventually

PODS, KILLED, DEPLOYMENTS = 300, 100, 50
NAMESPACE = "gdt-bench"
PATIENCE_S = 300.0
_WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, labels: {{set: {set}}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{{operator: Exists}}]
      nodeSelector: {{gameday-bench: "yes"}}
      containers: [{{name: main, image: "none:1"}}]
---
"""
_NODE = """\
apiVersion: v1
kind: Node
metadata: {{name: {name}, labels: {{type: kwok, gdt: bench, gameday-bench: "yes"}}}}
status:
  allocatable: {{cpu: "32", memory: 256Gi, pods: "{pods}"}}
  capacity: {{cpu: "32", memory: 256Gi, pods: "{pods}"}}
---
"""


@dataclass(frozen=True)
class Fleet:
    """One Deployment with PODS pods, and DEPLOYMENTS of one pod each."""

    kubectl: Kubectl

    def settings(self, kind: str) -> dict[str, Any]:
        """Return the target of a fault."""
        place = {"kubeconfig": str(self.kubectl.kubeconfig), "context": self.kubectl.context, "namespace": NAMESPACE}
        if kind == "kill":
            which: dict[str, Any] = {"workload": "deployment/crowd", "count": KILLED, "max_pods": KILLED}
        else:
            which = {"workload": "deployment", "labels": {"set": "many"}, "max_pods": DEPLOYMENTS, "max_percent": 100}
        return {"injector": "kubernetes", **place, **which}

    def deployments(self) -> dict[str, Any]:
        """Return the values and the field owners of all Deployments."""
        text = self.kubectl("-n", NAMESPACE, "get", "deployments", "--show-managed-fields", "-o", "json")
        return {item["metadata"]["name"]: comparable(item) for item in json.loads(text)["items"]}

    def restore(self) -> None:
        """Apply what there was, and wait until all pods are ready."""
        self.kubectl.apply(_manifest(), "-n", NAMESPACE)
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until all pods are ready."""
        eventually(self._is_ready, "the pods of the bench", PATIENCE_S)

    def _is_ready(self) -> bool:
        items = self.kubectl.items("-n", NAMESPACE, "deployments")
        return all(map(_is_settled, items))


def _is_settled(item: Mapping[str, Any]) -> bool:
    status, replicas = item["status"], item["spec"]["replicas"]
    has_seen = status.get("observedGeneration") == item["metadata"]["generation"]
    return bool(has_seen and status.get("readyReplicas") == status.get("updatedReplicas") == replicas)


@contextmanager
def fleet(kubectl: Kubectl) -> Iterator[Fleet]:
    """Create everything; it is removed at the end."""
    kubectl.apply(_NODE.format(name="gdt-bench", pods=1000))
    kubectl("create", "namespace", NAMESPACE)
    kubectl("annotate", "namespace", NAMESPACE, "gameday/environment=bench")
    try:
        made = Fleet(kubectl)
        made.restore()
        yield made
    finally:
        kubectl("delete", "namespace", NAMESPACE, "--wait=false")
        kubectl("delete", "node", "gdt-bench", "--wait=false")


def _manifest() -> str:
    crowd = _WORKLOAD.format(name="crowd", set="crowd", replicas=PODS)
    return crowd + "".join(_WORKLOAD.format(name=f"one-{n}", set="many", replicas=1) for n in range(DEPLOYMENTS))
