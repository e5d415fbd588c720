"""A real cluster for tests, asked by kubectl: not our own client, which is what is tested."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from support.available_engines import missing, require_marker

PATIENCE = 60.0
PREFIX = "gdt-"
"""Beginning of the names of a test's own namespace and node."""
_IGNORED_METADATA = ("generation", "resourceVersion")
"""Metadata that changes with each write, and is not part of the earlier state."""
_REVISIONS = ("deployment.kubernetes.io/revision", "deployment.kubernetes.io/revision-history")


class Kubectl:
    """The `kubectl` command at one cluster."""

    def __init__(self, kubeconfig: Path, context: str) -> None:
        self.kubeconfig, self.context = kubeconfig, context

    def __call__(self, *words: str, given: str = "", code: int | None = 0) -> str:
        """Return what it prints; any exit code will do where `code` is None."""
        command = ["kubectl", "--kubeconfig", str(self.kubeconfig), "--context", self.context, *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert code is None or done.returncode == code, (words, done.stderr)
        return done.stdout.strip() if done.returncode == 0 or code is None else done.stderr.strip()

    def answers(self) -> bool:
        command = [
            "kubectl",
            "--kubeconfig",
            str(self.kubeconfig),
            "--context",
            self.context,
            "get",
            "--raw",
            "/readyz",
        ]
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0

    def get(self, *words: str) -> dict[str, Any]:
        """Return one object with its managed fields; empty if it does not exist."""
        text = self("get", *words, "--show-managed-fields", "-o", "json", "--ignore-not-found")
        return json.loads(text) if text else {}

    def items(self, *words: str) -> list[dict[str, Any]]:
        return list(json.loads(self("get", *words, "-o", "json"))["items"])

    def apply(self, manifest: str, *more: str) -> None:
        self("apply", *more, "-f", "-", given=manifest)


def cluster_here() -> Kubectl:
    """Return the cluster of GAMEDAY_TEST_KUBECONFIG, else the one the engine script starts; skip or fail without."""
    require_marker("kubernetes")
    return find_cluster()


def find_cluster() -> Kubectl:
    """Return the cluster for what is no test of its own, such as the table of a whole matrix."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    engines = Path(os.environ.get("GAMEDAY_ENGINES") or cache / "gameday-engines")
    kubeconfig = Path(os.environ.get("GAMEDAY_TEST_KUBECONFIG") or engines / "kubernetes" / "kubeconfig")
    if shutil.which("kubectl") is None or not kubeconfig.exists():
        missing("kubernetes", "no cluster: put kubectl on PATH, and name a kubeconfig with GAMEDAY_TEST_KUBECONFIG")
    context = str(yaml.safe_load(kubeconfig.read_text())["current-context"])
    kubectl = Kubectl(kubeconfig, context)
    if not kubectl.answers():
        missing("kubernetes", f"no API server answers at {kubeconfig}")
    return kubectl


SHOP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{operator: Exists}]
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
        {matchExpressions: [{key: type, operator: In, values: [kwok]}, {key: gdt, operator: DoesNotExist}]}]}}}
      containers: [{name: main, image: "shop:1", env: [{name: MODE, value: fast}], ports: [{containerPort: 80}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cache}
spec:
  replicas: 1
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{operator: Exists}]
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
        {matchExpressions: [{key: type, operator: In, values: [kwok]}, {key: gdt, operator: DoesNotExist}]}]}}}
      containers: [{name: main, image: "cache:1"}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {rate: "100", "app.conf": "mode: fast"}
"""
"""A workload of simulated pods, with what belongs to it."""
_NODE = "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{type: kwok, gdt: {name}}}}}\n"
"""A simulated node of the test's own, on which only EDGE runs."""
EDGE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: edge}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: edge}}}}
  template:
    metadata: {{labels: {{app: edge}}}}
    spec:
      terminationGracePeriodSeconds: 0
      nodeSelector: {{gdt: {node}}}
      containers: [{{name: main, image: "edge:1"}}]
"""


WEBHOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {{name: {name}}}
webhooks:
- name: check.example.com
  clientConfig: {{url: "https://127.0.0.1:9/check"}}
  rules: [{{apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], operations: ["*"], scope: Namespaced}}]
  namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}
  sideEffects: None
  admissionReviewVersions: [v1]
- name: nodes.example.com
  clientConfig: {{url: "https://127.0.0.1:9/check"}}
  rules: [{{apiGroups: [""], apiVersions: [v1], resources: [nodes], operations: [UPDATE], scope: Cluster}}]
  matchConditions: [{{name: one, expression: "object.metadata.name == '{node}'"}}]
  sideEffects: None
  admissionReviewVersions: [v1]
"""
"""A webhook that is down, for one namespace and one node."""


class Namespace:
    """A namespace of a test's own with a small shop in it."""

    def __init__(self, kubectl: Kubectl, *, shop: str = SHOP) -> None:
        self.kubectl = kubectl
        self.name = self.environment = self.node = f"{PREFIX}{secrets.token_hex(4)}"
        kubectl("apply", "-f", "-", given=_NODE.format(name=self.node))
        kubectl("create", "namespace", self.name)
        kubectl("annotate", "namespace", self.name, f"gameday/environment={self.environment}")
        self.shop = shop
        if shop:
            self.apply(shop)
            self.apply(EDGE.format(node=self.node))
            self.wait_ready("web", "cache", "edge")

    def __call__(self, *words: str, given: str = "", code: int | None = 0) -> str:
        return self.kubectl("-n", self.name, *words, given=given, code=code)

    def apply(self, manifest: str, *more: str) -> None:
        self("apply", *more, "-f", "-", given=manifest)

    def apply_shop(self, *more: str) -> None:
        """Apply the shop's manifest as its owner does."""
        self.apply(self.shop, *more)

    def get(self, *words: str) -> dict[str, Any]:
        return self.kubectl.get("-n", self.name, *words)

    def wait_ready(self, *deployments: str) -> None:
        for name in deployments:
            self("rollout", "status", f"deployment/{name}", "--timeout=60s")

    def pods(self, selector: str = "app=web") -> dict[str, str]:
        """Return the names of running pods with their uids."""
        items = self.kubectl.items("-n", self.name, "pods", "-l", selector)
        live = [pod["metadata"] for pod in items if not pod["metadata"].get("deletionTimestamp")]
        return {str(metadata["name"]): str(metadata["uid"]) for metadata in live}

    def shown(self) -> dict[str, Any]:
        """Return values and owners of everything that a fault could touch, without what moves by itself."""
        kinds = ("deployments", "services", "configmaps", "networkpolicies", "replicasets")
        objects = {kind: self._listed(kind) for kind in kinds}
        slices = [each["metadata"]["name"] for each in self.kubectl.items("-n", self.name, "endpointslices")]
        nodes = [node for node in self.kubectl.items("nodes") if node["spec"].get("unschedulable")]
        names = [str(node["metadata"]["name"]) for node in nodes]
        cordoned = [name for name in names if name == self.node or not name.startswith(PREFIX)]  # no other test's node
        return {**objects, "slices": sorted(slices), "cordoned": cordoned}

    def _listed(self, kind: str) -> dict[str, Any]:
        text = self("get", kind, "--show-managed-fields", "-o", "json")
        return {item["metadata"]["name"]: comparable(item) for item in json.loads(text)["items"]}

    def records(self) -> list[str]:
        """Return the names of undo records."""
        return self("get", "configmaps", "-l", "gameday/drill", "-o", "name").split()

    def recreate_shop(self) -> None:
        """Delete and create all that a fault could touch, with other uids."""
        self("delete", "--wait=true", "-f", "-", given=SHOP)
        self.apply_shop()

    def write_as_another(self, path: str) -> None:
        """Write to an object, and leave nothing behind but another resource version."""
        *_, kind, name = path.split("/")
        self("label", f"{kind}/{name}", "tester=1")
        self("label", f"{kind}/{name}", "tester-")

    def break_webhook(self) -> Callable[[], None]:
        """Let a webhook that is down decide on every write here; return the repair."""
        self.kubectl.apply(WEBHOOK.format(name=self.name, node=self.node))
        configuration = ("validatingwebhookconfiguration", self.name)
        probe = ("label", "configmap/web", "tester=1", "--dry-run=server")
        eventually(lambda: not self(*probe, code=None), "the webhook")

        def repair() -> None:
            self.kubectl("delete", *configuration)

        return repair

    def pause_rollout(self, workload: str) -> Callable[[], None]:
        """Pause the rollout of a Deployment; return what resumes it."""
        self("rollout", "pause", f"deployment/{workload}")

        def resume() -> None:
            self("rollout", "resume", f"deployment/{workload}", code=None)

        return resume

    def begin_deletion(self) -> None:
        self.kubectl("delete", "namespace", self.name, "--wait=false")

    def wait_deleted(self, before: dict[str, Any]) -> dict[str, Any]:
        """Wait until the namespace is gone; return what should be left of the state before."""
        eventually(lambda: not self.kubectl.get("namespace", self.name), "the end of the namespace")
        gone = {key: type(value)() for key, value in before.items()}
        return {**gone, "cordoned": before["cordoned"]}

    def remove(self) -> None:
        self.kubectl("delete", "validatingwebhookconfiguration", self.name, "--ignore-not-found", code=None)
        self.kubectl("delete", "node", self.node, "--wait=false", "--ignore-not-found", code=None)
        self.kubectl("delete", "namespace", self.name, "--wait=false", "--ignore-not-found", code=None)


def comparable(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without what moves with each write: status, generation, versions, and their owners."""
    metadata = {key: value for key, value in item["metadata"].items() if key not in _IGNORED_METADATA}
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if key not in _REVISIONS}
    managed = [_entry(entry) for entry in metadata.pop("managedFields", []) if entry.get("subresource") != "status"]
    content = {key: value for key, value in item.items() if key not in ("metadata", "status")}
    return {**content, "metadata": metadata, "annotations": annotations, "owners": sorted(managed, key=str)}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("manager", "operation", "subresource", "apiVersion", "fieldsV1")
    return {key: _without_revisions(entry[key]) for key in keys if key in entry}


def _without_revisions(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    return {key: _without_revisions(below) for key, below in fields.items() if key.removeprefix("f:") not in _REVISIONS}


def eventually(true: Callable[[], object], what: str = "it", within: float = PATIENCE) -> None:
    """Wait until `true` holds; fail after `within` seconds."""
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, f"{what} did not happen in {within:.0f} s"
        time.sleep(0.05)
