"""Trials of the cluster's network before a fault, from pods of the drill in the place of a client.

What a client sees of a Service without endpoints, and what becomes of an open connection under a policy, depends on
the network plugin. So it is measured, on objects of the drill alone, which are removed before the trial returns.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from gameday.clients.kubernetes import ApiObject, ClusterError
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.proxy_manifests import describe_unready_pods
from gameday.injectors.kubernetes.target_objects import is_ready
from gameday.injectors.kubernetes.trial_manifests import INDEX_LABEL, TrialObjects

TRIAL_PERMISSIONS = (
    *(Permission(verb, kind) for kind in ("job", "service") for verb in ("create", "delete")),
    Permission("list", "pod"),
)  # fmt: skip
_POLL_S = 0.2
_REMOVAL_TIMEOUT_S = 4.0
"""What of the time for a check is left to remove everything."""
_RESULTS: dict[str, Mapping[str, str]] = {}
"""Results of this process, by marker."""
Trial = Mapping[str, str]
"""`marker` and `image`, as a snapshot keeps them."""


def known_result(trial: Trial) -> Mapping[str, str]:
    """Return the result of a trial that this process has made; empty before it."""
    return _RESULTS.get(trial["marker"], {})


def try_service_without_endpoints(cluster: Cluster, namespace: str, trial: Trial) -> Mapping[str, str]:
    """Return what `new` connections to a Service without endpoints see. Raises ClusterError."""
    with _start_trial(cluster, namespace, TrialObjects(trial["marker"], trial["image"], has_server=False)) as running:
        return running.wait_for_result()


def try_policy(cluster: Cluster, namespace: str, trial: Trial) -> Mapping[str, str]:
    """Return what `new` connections see under a policy, and what becomes of `open` ones. Raises ClusterError."""
    with _start_trial(cluster, namespace, TrialObjects(trial["marker"], trial["image"], has_server=True)) as running:
        running.wait_until_connected()
        running.create("networkpolicy")
        return running.wait_for_result()


@contextmanager
def _start_trial(cluster: Cluster, namespace: str, objects: TrialObjects) -> Iterator[_RunningTrial]:
    """Start the pods and their Service; everything is removed at the end."""
    job = cluster.create("job", namespace, objects.job())
    running = _RunningTrial(cluster, namespace, objects, job)
    try:
        running.create("service")
        yield running
    finally:
        running.remove()


class _RunningTrial:
    """A trial whose Job exists."""

    def __init__(self, cluster: Cluster, namespace: str, objects: TrialObjects, job: ApiObject) -> None:
        self._cluster, self._namespace, self._objects, self._job = cluster, namespace, objects, job
        self._created: dict[str, ApiObject] = {"job": job}

    def create(self, kind: str) -> None:
        manifest = self._objects.owned(kind, self._job)
        self._created[kind] = self._cluster.create(kind, self._namespace, manifest)

    def wait_until_connected(self) -> None:
        """Wait until the client has its open connection. Raises ClusterError."""
        while not any(is_ready(pod) for pod in self._clients(self._pods())):
            self._pause("the client of the trial did not reach its server")

    def wait_for_result(self) -> Mapping[str, str]:
        """Wait for the report of the client. Raises ClusterError."""
        while not (reports := [text for pod in self._clients(self._pods()) if (text := _report(pod))]):
            self._pause("the trial did not report")
        report: dict[str, str] = json.loads(reports[0])
        if "error" in report:
            raise ClusterError(f"the trial of the network failed: {report['error']}")
        _RESULTS[self._objects.marker] = report
        return report

    def _pods(self) -> list[ApiObject]:
        return self._cluster.list_objects("pod", self._namespace, f"{MARKER_LABEL}={self._objects.marker}")

    def _clients(self, pods: Sequence[ApiObject]) -> list[ApiObject]:
        return [pod for pod in pods if (pod["metadata"].get("labels") or {}).get(INDEX_LABEL) != "0"]

    def _pause(self, wrong: str) -> None:
        if self._cluster.deadline.remaining() < _REMOVAL_TIMEOUT_S:
            why = describe_unready_pods(self._pods(), "the trial's Service")
            raise ClusterError(f"the network could not be tried: {wrong}: {why}")
        time.sleep(_POLL_S)

    def remove(self) -> None:
        """Delete everything; what cannot be deleted now goes with the Job, which ends by itself."""
        for kind, document in reversed(self._created.items()):
            with suppress(ClusterError):
                self._cluster.delete(ObjectRef(kind, self._namespace, self._objects.marker), uid=uid_of(document))
        with suppress(ClusterError):
            while self._pods() and self._cluster.deadline.remaining() > _POLL_S * 2:
                time.sleep(_POLL_S)


def _report(pod: Mapping[str, Any]) -> str:
    """Return what the container of a pod wrote at its end; an error if it wrote nothing."""
    for status in pod["status"].get("containerStatuses") or []:
        ended = (status.get("state") or {}).get("terminated")
        if ended:
            wrong = (
                f"its container ended with exit code {ended.get('exitCode')}: has the image this version of gameday?"
            )
            return str(ended.get("message") or json.dumps({"error": wrong}))
    return ""
