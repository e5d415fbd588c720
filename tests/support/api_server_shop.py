"""The shop's objects on the stand-in for an API server, with the same interface as a namespace of a real cluster."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from typing import Any

import yaml
from support.api_server import ApiServer
from support.api_server_objects import Failure, set_version
from support.kubernetes import EDGE, SHOP, comparable

_COLLECTIONS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments", "Service": "/api/v1/namespaces/{}/services",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
}  # fmt: skip
_SLICE = {
    "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}}, "addressType": "IPv4",
    "ports": [{"name": "http", "port": 80, "protocol": "TCP"}], "endpoints": [{"addresses": ["10.88.0.7"]}],
}  # fmt: skip
_OWNER = {"fieldManager": "kubectl-client-side-apply"}


class StandInNamespace:
    """A namespace with the shop in it, owned by `kubectl-client-side-apply`."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self.name = self.environment = f"gdt-{secrets.token_hex(4)}"
        annotations = {"gameday/environment": self.environment}
        server.create("/api/v1/namespaces", {"metadata": {"name": self.name, "annotations": annotations}})
        for document in yaml.safe_load_all(SHOP):
            server.create(_COLLECTIONS[document["kind"]].format(self.name), document, _OWNER)
        self.node = f"node-{self.name}"
        edge = yaml.safe_load(EDGE.format(node=self.node))
        server.create(_COLLECTIONS["Deployment"].format(self.name), edge, _OWNER)
        root = f"/apis/discovery.k8s.io/v1/namespaces/{self.name}"
        server.create(f"{root}/endpointslices", _SLICE, {"fieldManager": "endpointslice-controller"})
        server.create("/api/v1/nodes", {"metadata": {"name": self.node}, "spec": {"podCIDRs": ["10.88.0.0/24"]}})

    def path(self, kind: str, name: str) -> str:
        return f"{_COLLECTIONS[kind].format(self.name)}/{name}"

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return self.server.objects[self.path(kind, name)]

    def shown(self) -> dict[str, Any]:
        """Return values and owners of everything in the namespace and of its node, without the pods' names.

        A Lease is left out: that of a machine that died expires, and stays until the next drill."""
        with self.server.lock:
            objects = copy.deepcopy(self.server.objects)
        inside = {path: each for path, each in objects.items() if f"/namespaces/{self.name}/" in path}
        kept = {path: each for path, each in inside.items() if "/pods/" not in path}
        state = {path: comparable(each) for path, each in kept.items()}
        pods = [each["spec"] for path, each in inside.items() if "/pods/" in path]
        node = comparable(objects[f"/api/v1/nodes/{self.node}"])
        return {**state, "node": node, "pods": sorted(pods, key=str)}

    def pods(self) -> dict[str, str]:
        with self.server.lock:
            listed = [each for path, each in self.server.objects.items() if f"/{self.name}/pods/" in path]
        metadata = [each["metadata"] for each in listed if each["metadata"]["labels"].get("app") == "web"]
        return {str(each["name"]): str(each["uid"]) for each in metadata}

    def apply_shop(self) -> None:
        """Set all values of the shop again, as its owner does with an apply."""
        for document in yaml.safe_load_all(SHOP):
            metadata = document["metadata"]
            self.server.patch(self.path(document["kind"], metadata["name"]), document, _OWNER)

    def recreate_shop(self) -> None:
        """Delete and create all that a fault could touch, with other uids."""
        with self.server.lock:
            for document in yaml.safe_load_all(SHOP):
                collection = _COLLECTIONS[document["kind"]].format(self.name)
                self.server.respond("DELETE", f"{collection}/{document['metadata']['name']}", {}, "")
            for document in yaml.safe_load_all(SHOP):
                self.server.create(_COLLECTIONS[document["kind"]].format(self.name), document, _OWNER)

    def write_as_another(self, path: str) -> None:
        """Write to an object, and leave nothing behind but another resource version."""
        with self.server.lock:
            set_version(self.server.objects[path])

    def break_webhook(self) -> Callable[[], None]:
        """Let a webhook that is down decide on every write; return the repair."""

        def refuse(method: str, path: str) -> None:
            if method != "GET" and "reviews" not in path:
                raise Failure(500, 'failed calling webhook "check.example.com": connection refused')

        def repair() -> None:
            self.server.hook = lambda method, path: None

        self.server.hook = refuse
        return repair

    def pause_rollout(self, workload: str) -> Callable[[], None]:
        """Pause the rollout of a Deployment; return what resumes it."""
        by = {"fieldManager": "kubectl-rollout"}
        self.server.patch(self.path("Deployment", workload), {"spec": {"paused": True}}, by)

        def resume() -> None:
            self.server.patch(self.path("Deployment", workload), {"spec": {"paused": None}}, by)

        return resume

    def begin_deletion(self) -> None:
        """Delete the namespace with all in it."""
        with self.server.lock:
            for path in [path for path in self.server.objects if f"/namespaces/{self.name}/" in f"{path}/"]:
                del self.server.objects[path]

    def wait_deleted(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return what should be left of the state before."""
        return {"node": before["node"], "pods": [], "pod count": 0}

    def set_image(self, image: str) -> None:
        """Roll out another version of the Deployment, as `kubectl set image` does."""
        spec = copy.deepcopy(self.get("Deployment", "web")["spec"])
        spec["template"]["spec"]["containers"][0]["image"] = image
        self.server.patch(self.path("Deployment", "web"), {"spec": spec}, {"fieldManager": "kubectl-set"})

    def remove(self) -> None:
        """Nothing to do: it goes with its server."""

    def records(self) -> list[str]:
        with self.server.lock:
            return [path for path in self.server.objects if f"/{self.name}/configmaps/gd-" in path]
