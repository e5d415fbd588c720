"""Chaos Mesh as far as a drill sees it: its NetworkChaos resource, and a stand-in for its controller.

The real one needs privileged pods and images that cannot be had in a test. The stand-in sets finalizers, phases and
conditions as the controllers of Chaos Mesh 2.7 do; it injects nothing.
"""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any, Self

from gameday.clients.kubernetes import MERGE_PATCH, ClusterAddress, ClusterError, KubernetesClient, NotFound

Object = dict[str, Any]
_TEXT: Object = {"type": "string"}
_TEXTS: Object = {"type": "array", "items": _TEXT}
_COUNT: Object = {"type": "integer", "format": "int32", "minimum": 1}
_MODES = ["one", "all", "fixed", "fixed-percent", "random-max-percent"]
_SELECTOR: Object = {
    "type": "object",
    "properties": {"namespaces": _TEXTS, "pods": {"type": "object", "additionalProperties": _TEXTS}},
}
_SPEC: Object = {
    "type": "object",
    "required": ["action", "mode", "selector"],
    "properties": {
        "action": {**_TEXT, "enum": ["netem", "delay", "loss", "duplicate", "corrupt", "partition", "bandwidth"]},
        "mode": {**_TEXT, "enum": _MODES},
        "direction": {**_TEXT, "enum": ["to", "from", "both", ""]},
        "duration": _TEXT,
        "selector": _SELECTOR,
        "delay": {
            "type": "object", "required": ["latency"],
            "properties": {"latency": _TEXT, "jitter": _TEXT, "correlation": _TEXT},
        },
        "bandwidth": {
            "type": "object", "required": ["buffer", "limit", "rate"],
            "properties": {
                "rate": _TEXT, "buffer": _COUNT, "limit": _COUNT,
            },
        },
    },
}  # fmt: skip
_STATUS: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
NAME = "networkchaos.chaos-mesh.org"
DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": NAME},
    "spec": {
        "group": "chaos-mesh.org", "scope": "Namespaced",
        "names": {"kind": "NetworkChaos", "listKind": "NetworkChaosList", "plural": "networkchaos",
                  "singular": "networkchaos"},
        "versions": [{
            "name": "v1alpha1", "served": True, "storage": True,
            "schema": {"openAPIV3Schema": {
                "type": "object", "required": ["spec"], "properties": {"spec": _SPEC, "status": _STATUS},
            }},
        }],
    },
}  # fmt: skip
"""What a drill uses of the resource; the API server drops every other field."""
FINALIZER = "chaos-mesh/records"
INJECTED, RECOVERED = "Injected", "Not Injected"


class ChaosMeshController:
    """Acts on the NetworkChaos objects of one namespace while the block runs.

    `apply_error`, `recover_error`: why it cannot inject or recover pods; empty where it can. `selects`: False where it
    may not act in the namespace."""

    def __init__(self, kubeconfig: Path, context: str, namespace: str) -> None:
        self.apply_error = self.recover_error = ""
        self.selects = True
        self._first_seen: dict[str, float] = {}
        self._client = KubernetesClient(ClusterAddress(str(kubeconfig), context))
        self._path = f"/apis/chaos-mesh.org/v1alpha1/namespaces/{namespace}/networkchaos"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is left as a person would, then end."""
        self.recover_error = ""
        until = time.monotonic() + 20
        while time.monotonic() < until and self.objects():
            for each in self.objects():
                self._send("DELETE", f"{self._path}/{each['metadata']['name']}")
            time.sleep(0.05)
        self._over.set()
        self._thread.join()

    def objects(self) -> list[Object]:
        return list(self._client.list_items(self._path, timeout=10.0))

    def _run(self) -> None:
        while not self._over.wait(0.05):
            for each in self.objects():
                self._reconcile(each)

    def _reconcile(self, each: Object) -> None:
        metadata = each["metadata"]
        ends = bool(metadata.get("deletionTimestamp"))
        if FINALIZER not in (metadata.get("finalizers") or []):
            if not ends:
                self._patch(each, {"metadata": {"finalizers": [FINALIZER]}})
            return
        age = time.monotonic() - self._first_seen.setdefault(str(metadata["uid"]), time.monotonic())
        stopped = ends or age > go_seconds(each["spec"]["duration"])
        records = self._records(each, stopped=stopped)
        if ends and all(record["phase"] == RECOVERED for record in records):
            self._patch(each, {"metadata": {"finalizers": []}})
        elif records != _records(each):
            phases = {record["phase"] for record in records}
            states = {"AllInjected": phases == {INJECTED}, "AllRecovered": phases == {RECOVERED}, "Selected": True}
            conditions = [{"type": name, "status": str(holds), "reason": ""} for name, holds in states.items()]
            experiment = {"desiredPhase": "Stop" if stopped else "Run", "containerRecords": records}
            self._patch(each, {"status": {"conditions": conditions, "experiment": experiment}})

    def _records(self, each: Object, *, stopped: bool) -> list[Object]:
        """Return the phase of each pod, one step on."""
        pods = each["spec"]["selector"]["pods"].items() if self.selects else ()
        ids = [f"{namespace}/{name}" for namespace, names in pods for name in names]
        fresh = [{"id": id_, "selectorKey": ".", "phase": RECOVERED, "events": []} for id_ in ids]
        return [self._step(record, stopped=stopped) for record in _records(each) or fresh]

    def _step(self, record: Object, *, stopped: bool) -> Object:
        wanted, error = (RECOVERED, self.recover_error) if stopped else (INJECTED, self.apply_error)
        if record["phase"] == wanted:
            return record
        if not error:
            return {**record, "phase": wanted}
        operation = "Recover" if stopped else "Apply"
        return {**record, "events": [{"type": "Failed", "operation": operation, "message": error}]}

    def _patch(self, each: Object, changes: Object) -> None:
        self._send("PATCH", f"{self._path}/{each['metadata']['name']}", changes)

    def _send(self, method: str, path: str, body: Any = None) -> None:
        """Send a change; an object that has gone or that somebody else changed is looked at again."""
        try:
            self._client.request(method, path, timeout=10.0, body=body, content_type=MERGE_PATCH)
        except NotFound:
            return
        except ClusterError:
            if not self._over.is_set():
                raise


def _records(each: Object) -> list[Object]:
    return list(((each.get("status") or {}).get("experiment") or {}).get("containerRecords") or [])


def go_seconds(text: str) -> float:
    """Return the seconds of a duration in milliseconds, as the drill writes it."""
    match = re.fullmatch(r"(\d+)ms", text)
    assert match, f"{text!r} is not a duration of a drill"
    return int(match[1]) / 1000
