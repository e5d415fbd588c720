"""Containers that end again and again, by a signal to their main process."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.pod_kind import PodFaultKind
from gameday.injectors.kubernetes.main_process import SIGNALS, restarts_of, send_signal, started_at
from gameday.injectors.kubernetes.target_objects import name_of
from gameday.plugins.parameters import Parameter, choice_parameter, duration_parameter, text_parameter

REPEAT_S = 2.0
_FIRST = "the first"


@dataclass(frozen=True, slots=True)
class CrashLoop(PodFaultKind):
    """A signal to the main process of a container, each time that it runs. `container`: of each pod."""

    kind = "crash-loop"
    effect = "Ends a container's main process in `count` pods, and again `after` each restart; Kubernetes backs off."
    note = "The pods are deleted, so that their controller replaces them without back-off; the drill waits for that."
    is_reverted_by_deletion = False
    apply_timeout = 20.0

    signal: str
    after: float
    container: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "signal": choice_parameter("TERM", *SIGNALS),
        "after": duration_parameter("0s", highest="10m", finest="1s"),
        "container": text_parameter("the name of a container", _FIRST),
    }

    @override
    def repeat_interval(self) -> float:
        return REPEAT_S

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return [Permission(verb, "pod") for verb in ("get", "list", "delete")]

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [*self.revert_permissions(kinds), *(Permission(verb, "pod", "exec") for verb in ("get", "create"))]

    @override
    def capture_pods(self, pods: Sequence[ApiObject], target: str) -> Mapping[str, Any]:
        """Return the name and the restarts of the container in each pod, by the pod's uid."""
        return {"containers": {uid_of(pod): self._container(pod, target) for pod in pods}}

    def _container(self, pod: ApiObject, target: str) -> dict[str, Any]:
        containers = {str(each["name"]): each for each in pod["spec"]["containers"]}
        name = next(iter(containers)) if self.container == _FIRST else self.container
        if name not in containers:
            wrong = f"target {target}: pod {name_of(pod)} has no container {name}"
            raise Refused(wrong, f"Its containers: {', '.join(containers)}.")
        for wrong, todo in _obstacles(pod, containers[name]):
            raise Refused(f"target {target}: {wrong}", todo)
        return {"name": name, "restarts": restarts_of(pod, name)}

    @override
    def end_pod(self, cluster: Cluster, pod: ObjectRef, uid: str, *, dry_run: bool = False) -> None:
        """Delete the pod, as the revert does."""
        cluster.delete(pod, uid=uid, dry_run=dry_run)

    def end_container(self, cluster: Cluster, pod: ObjectRef, container: str) -> None:
        """Let the main process of a container end. Raises ClusterError."""
        send_signal(cluster, pod, container, self.signal)

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        yield "it ends with the process that runs the drill, since that sends each signal"

    @override
    def describe_revert(self) -> str:
        return "delete the pods whose container ended; their controller replaces them at once"


def _obstacles(pod: ApiObject, container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield why a container could not be ended, or would not be restarted, and what to do."""
    spec, what = pod["spec"], f"container {container['name']} of pod {name_of(pod)}"
    policy = container.get("restartPolicy") or spec.get("restartPolicy") or "Always"
    if policy != "Always":
        yield f"nothing would restart {what} (restartPolicy {policy})", "Select pods of a Deployment or StatefulSet."
    for key in ("shareProcessNamespace", "hostPID"):
        if spec.get(key):
            yield f"the main process of {what} is not its first one ({key})", "Use `kill`, or `bad-rollout`."
    if not started_at(pod, str(container["name"])):
        yield f"{what} is not running", "Wait until it runs, or correct the target."
