"""A bad rollout: image, command, environment variable, probe or resources of a workload's container."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, format_selector
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.faults.container_changes import (
    failing_probe,
    is_resource,
    other_resource,
    require_no_secret_name,
)
from gameday.injectors.kubernetes.faults.revisions import (
    CONTAINERS,
    REVISION_KINDS,
    delete_revisions,
    delete_stuck_pods,
    existing_revisions,
    own_revisions,
)
from gameday.injectors.kubernetes.fields import Segment
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot
from gameday.injectors.kubernetes.target_objects import Selection, Target, name_of
from gameday.plugins.parameters import Parameter, choice_parameter, command_parameter, text_parameter
from gameday.plugins.types import ParamProblem

_UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class BadRollout(FieldFaultKind):
    """New version that does not work, by exactly one change. `container`: the first, if empty."""

    kind = "bad-rollout"
    effect = "Rolls out a broken version: another image, command, environment variable, probe or resource."
    note = "The field; the drill waits for the rollout and deletes the bad revision."
    acts_on = ("workload",)
    changed_fields = tuple(
        ("spec", "template", "spec", "containers", "[]", *field)
        for field in (
            ("image",), ("command",), ("env", "[]", "value"), ("readinessProbe",), ("livenessProbe",), ("resources",),
        )
    )  # fmt: skip

    image: str
    command: tuple[str, ...]
    env: str
    probe: str
    resources: str
    container: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "image": text_parameter("an image", _UNCHANGED),
        "command": command_parameter("a command", []),
        "env": text_parameter("NAME=VALUE, of a variable that the container has", _UNCHANGED),
        "probe": choice_parameter(_UNCHANGED, _UNCHANGED, "readiness", "liveness"),
        "resources": text_parameter("requests.NAME=QUANTITY or limits.NAME=QUANTITY", _UNCHANGED),
        "container": text_parameter("the name of a container", "the first"),
    }

    def __post_init__(self) -> None:
        others = (self.image, self.env, self.probe, self.resources)
        if sum([bool(self.command), *(other != _UNCHANGED for other in others)]) != 1:
            raise ParamProblem("image", "exactly one of image, command, env, probe and resources is required")
        if self.env != _UNCHANGED and not self.env.partition("=")[0]:
            raise ParamProblem("env", "env must be NAME=VALUE")
        if self.resources != _UNCHANGED and not is_resource(self.resources):
            raise ParamProblem("resources", "resources must be like limits.memory=8Mi or requests.cpu=1000")

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        own = super(BadRollout, cls).revert_permissions(kinds)
        revisions = [Permission(verb, REVISION_KINDS[kind]) for kind in kinds for verb in ("list", "delete")]
        pods = [Permission(verb, "pod") for verb in ("list", "delete")] if "statefulset" in kinds else []
        return [*own, *revisions, *pods]

    @override
    def select(self, target: Target) -> Selection:
        return target.capped_workloads()

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        target = context.target.settings.target
        if document["spec"].get("paused"):
            wrong = f"target {target}: the rollout of {name_of(document)} is paused: a change would have no effect"
            raise Refused(wrong, "Resume it first.")
        if (document["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
            wrong = f"target {target}: {name_of(document)} has the update strategy OnDelete: no pod would be replaced"
            raise Refused(wrong, "Choose another workload, or use `kill`.")
        container = self._container(document, target)
        place = (*CONTAINERS, {"name": str(container["name"])})
        if self.image != _UNCHANGED:
            return [((*place, "image"), (self.image,))]
        if self.command:
            return [((*place, "command"), (list(self.command),))]
        if self.probe != _UNCHANGED:
            return [failing_probe(container, place, self.probe)]
        if self.resources != _UNCHANGED:
            return other_resource(container, place, self.resources)
        return [((*place, *self._variable(container, target), "value"), (self.env.partition("=")[2],))]

    def _container(self, document: ApiObject, target: str) -> Mapping[str, Any]:
        listed: list[dict[str, Any]] = document["spec"]["template"]["spec"]["containers"]
        containers = {str(each["name"]): each for each in listed}
        name = next(iter(containers)) if self.container == "the first" else self.container
        if name not in containers:
            wrong = f"target {target}: {name_of(document)} has no container {name}"
            raise Refused(wrong, f"Its containers: {', '.join(containers)}.")
        return containers[name]

    def _variable(self, container: Mapping[str, Any], target: str) -> tuple[Segment, ...]:
        name = self.env.partition("=")[0]
        require_no_secret_name(target, f"variable {name}")
        variables = {str(each["name"]): each for each in container.get("env") or []}
        if name not in variables:
            existing = ", ".join(variables) or "none"
            wrong = f"target {target}: container {container['name']} has no environment variable {name}"
            raise Refused(wrong, f"Its variables: {existing}.")
        if "valueFrom" in variables[name]:
            wrong = f"target {target}: {name} comes from a ConfigMap or Secret"
            raise Refused(wrong, "Use `config` for a ConfigMap; a Secret is never touched.")
        return ("env", {"name": name})

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        """Return the uids of the revisions that existed before, and the selectors of the pods."""
        settings, uids = context.target.settings, {uid_of(document) for document in documents}
        kinds = {settings.workload.partition("/")[0]}
        revisions = existing_revisions(context.target.cluster, settings.namespace, kinds, uids)
        selectors = {uid_of(document): format_selector(document["spec"]["selector"]) for document in documents}
        return {"revisions": revisions, "pod_selectors": selectors}

    @override
    def finish_revert(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> str:
        if snapshot.ref.kind == "statefulset":
            delete_stuck_pods(cluster, snapshot, extra)
        return delete_revisions(cluster, snapshot, extra)

    @override
    def has_remainder(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> bool:
        return any(True for _ in own_revisions(cluster, snapshot, extra))

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        yield _capacity_warning(document, is_ready_at_first=self.probe == "liveness")

    @override
    def describe_revert(self) -> str:
        return "restore the field, wait for the rollout, delete the fault's revision"


def _capacity_warning(workload: ApiObject, *, is_ready_at_first: bool) -> str:
    """Return how many of the present pods the rollout ends. `is_ready_at_first`: True if new pods fail only later."""
    name, spec = name_of(workload), workload["spec"]
    replicas = int(spec.get("replicas", 1))
    if is_ready_at_first:
        return (
            f"new pods of {name} may become ready before their liveness probe fails, so the rollout replaces all "
            f"{replicas} pods, and each is restarted again and again"
        )
    if (spec.get("strategy") or {}).get("type") == "Recreate":
        return f"{name} ends all of its {replicas} pods before new ones start: a bad version costs all capacity"
    return (
        f"a rolling update of {name} keeps its old pods until new ones are ready, so a version that does not become "
        f"ready costs {_lost_capacity(workload)}"
    )


def _lost_capacity(workload: ApiObject) -> str:
    """Return how many pods a rolling update ends before new ones are ready, as Kubernetes rounds them."""
    spec, replicas = workload["spec"], int(workload["spec"].get("replicas", 1))
    rolling = (spec.get("strategy") or spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
    allowed = str(rolling.get("maxUnavailable", "1" if "updateStrategy" in spec else "25%"))
    lost = replicas * int(allowed.removesuffix("%")) // 100 if allowed.endswith("%") else int(allowed)
    return f"at most {lost} of {replicas} pods" if lost else "no capacity"
