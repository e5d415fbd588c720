"""Objects of a trial: pods in the place of a client and of a server, with a Service, and a policy between them.

All of them belong to a Job that ends by itself and is then deleted with everything that it owns: a trial that nobody
finishes leaves nothing.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from gameday.clients.kubernetes import ApiObject
from gameday.injectors.kubernetes.cluster import uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.proxy_manifests import LINUX, RESOURCES, SECURE
from gameday.proxy.connection_trial import READY_PORT

_PORT = 20_000
_LIFETIME_S, _KEPT_S = 60, 30
INDEX_LABEL = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True, slots=True)
class TrialObjects:
    """Objects of one trial. `marker`: their name; `has_server`: True with a pod that answers behind the Service."""

    marker: str
    image: str
    has_server: bool

    def job(self) -> ApiObject:
        indexed = {"completionMode": "Indexed", "completions": 2, "parallelism": 2} if self.has_server else {}
        return {
            "apiVersion": "batch/v1", "kind": "Job", "metadata": self._metadata(),
            "spec": {
                "backoffLimit": 0, "activeDeadlineSeconds": _LIFETIME_S, "ttlSecondsAfterFinished": _KEPT_S, **indexed,
                "template": {"metadata": {"labels": {MARKER_LABEL: self.marker}}, "spec": self._pod()},
            },
        }  # fmt: skip

    def _metadata(self) -> ApiObject:
        return {"name": self.marker, "labels": {MARKER_LABEL: self.marker}}

    def _pod(self) -> ApiObject:
        role = "by-index" if self.has_server else "connect"
        probe = {"readinessProbe": {"tcpSocket": {"port": READY_PORT}, "periodSeconds": 1}} if self.has_server else {}
        return {
            "automountServiceAccountToken": False, "enableServiceLinks": False, "nodeSelector": dict(LINUX),
            "restartPolicy": "Never", "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "main", "image": self.image, "imagePullPolicy": "IfNotPresent",
                "command": ["python", "-m", "gameday.proxy.connection_trial", role, self.marker, str(_PORT)],
                "env": [{"name": "PYTHONDONTWRITEBYTECODE", "value": "1"}], **probe,
                "resources": copy.deepcopy(dict(RESOURCES)), "securityContext": copy.deepcopy(dict(SECURE)),
            }],
        }  # fmt: skip

    def owned(self, kind: str, job: ApiObject) -> ApiObject:
        """Return the Service or the policy, which belong to the Job."""
        reference = {"apiVersion": "batch/v1", "kind": "Job", "name": self.marker, "uid": uid_of(job)}
        manifest = self._service() if kind == "service" else self._policy()
        return {**manifest, "metadata": {**self._metadata(), "ownerReferences": [reference]}}

    def _server(self) -> dict[str, str]:
        """Return the labels of the pod that answers; without one, of no pod."""
        return {MARKER_LABEL: self.marker, INDEX_LABEL: "0"} if self.has_server else {MARKER_LABEL: "none"}

    def _service(self) -> dict[str, Any]:
        spec = {"selector": self._server(), "ports": [{"port": _PORT}], "publishNotReadyAddresses": True}
        return {"apiVersion": "v1", "kind": "Service", "spec": spec}

    def _policy(self) -> dict[str, Any]:
        spec = {"podSelector": {"matchLabels": self._server()}, "policyTypes": ["Ingress"]}
        return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec}
