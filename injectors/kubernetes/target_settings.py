"""Settings of a Kubernetes target, as gameday.yaml has them."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from gameday.clients.kubernetes import ClusterAddress
from gameday.errors import Refused
from gameday.injectors.common.refusals import require_valid_settings
from gameday.injectors.common.target_settings import (
    format_label,
    label_problems,
    number_problems,
    text_problems,
    unknown_key_problems,
)
from gameday.injectors.kubernetes.object_names import is_object_name
from gameday.model import Binding, Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean

EXAMPLE = (
    "{injector: kubernetes, kubeconfig: ~/.kube/config, context: staging, namespace: shop, "
    "workload: deployment/db, service: db}"
)
CHAOS_MESH = "chaos-mesh"
"""Value of `through`: faults on connections are applied by Chaos Mesh."""
WORKLOADS = ("deployment", "statefulset")
_REQUIRED = ("kubeconfig", "context", "namespace")
_OBJECTS = ("workload", "service", "configmap", "node")
_MAPS = ("labels", "node_labels")
_RANGES: Mapping[str, tuple[int, int]] = {
    "count": (1, 10_000), "percent": (1, 100), "max_pods": (1, 10_000), "max_percent": (1, 100),
}  # fmt: skip
_SWITCHES = ("cut_connections",)
_OPTIONS = ("dead_address", "proxy_image", "through", "gitops")
KNOWN = (*_REQUIRED, *_OBJECTS, *_MAPS, *_RANGES, *_SWITCHES, *_OPTIONS)
_TEXTS = (*_REQUIRED, *_OBJECTS, *_OPTIONS)
_NOT_SELECTING = ("kubeconfig", *_RANGES, *_SWITCHES, *_OPTIONS)
_REFUSED = {"secret": "a drill never changes a Secret"}
DEFAULT_MAX_PODS, DEFAULT_MAX_PERCENT = 10, 50
_SYSTEM_NAMESPACES = re.compile(
    r"kube-.*|openshift(-.*)?|argocd|flux-system|cert-manager|istio-system|linkerd|kyverno|gatekeeper-system"
    r"|calico-system|tigera-operator|cilium|gameday"
)
_PROTECTED_CONFIGMAPS = re.compile(r"gd-[0-9a-f]{4}|gameday-.*|kube-root-ca\.crt|istio-ca-root-cert")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a target.

    `workload`: `deployment/db`, or only `deployment` with `labels`; `service`, `configmap`, `node`: names; each empty
    if not set. `labels`: those of the workloads, else of pods; `node_labels`: those of nodes. `count`, `percent`: how
    many pods or nodes, 0 for all. `max_pods`, `max_percent`: the most that one fault may hit. `cut_connections`: True
    if a fault on the Service also restarts its pods, so that open connections end. `proxy_image`: the image of a proxy
    in the path of the Service. `through`: CHAOS_MESH where that tool applies faults on connections, else empty.
    `gitops`: `suspended` if a GitOps controller leaves the objects alone, else empty."""

    target: str
    address: ClusterAddress
    namespace: str
    workload: str
    service: str
    configmap: str
    node: str
    labels: Mapping[str, str]
    node_labels: Mapping[str, str]
    count: int
    percent: float
    max_pods: int
    max_percent: float
    dead_address: str
    cut_connections: bool
    proxy_image: str
    through: str
    gitops: str

    def require_within_caps(self, selected: int, of: int, what: str, fewer: str = "Set count or percent") -> None:
        """Raise Refused if that many of all are more than one fault may hit; a single one is always allowed.

        `fewer`: how to hit fewer of them."""
        allowed = max(1, min(self.max_pods, math.floor(of * self.max_percent / 100)))
        if selected <= allowed:
            return
        raise Refused(
            f"target {self.target}: {selected} of {of} {what} would be affected, but at most {allowed} "
            f"{'is' if allowed == 1 else 'are'} allowed "
            f"(max_pods {self.max_pods}, max_percent {self.max_percent:g}%)",
            f"{fewer}, or raise {self._exceeded_cap(selected, of)}, of the target in gameday.yaml.",
        )

    def _exceeded_cap(self, selected: int, of: int) -> str:
        """Return the settings that do not allow that many, which are those to raise."""
        caps = {"max_pods": selected > self.max_pods, "max_percent": selected > of * self.max_percent / 100}
        return " and ".join(key for key, is_exceeded in caps.items() if is_exceeded)


def read_settings(binding: Binding) -> Settings:
    """Read the settings. Raises Refused with the first problem and what to write instead."""
    settings, target = binding.settings, binding.target
    require_valid_settings(target, find_problems(settings))
    text = {key: str(settings.get(key) or "") for key in _TEXTS}
    number = {key: cast("float", settings.get(key, 0)) for key in _RANGES}
    return Settings(
        target, ClusterAddress(text["kubeconfig"], text["context"]), text["namespace"], text["workload"],
        text["service"], text["configmap"], text["node"], _labels(settings, "labels"),
        _labels(settings, "node_labels"), int(number["count"]), number["percent"],
        int(number["max_pods"]) or DEFAULT_MAX_PODS, number["max_percent"] or DEFAULT_MAX_PERCENT,
        text["dead_address"], settings.get("cut_connections") is True, text["proxy_image"], text["through"],
        text["gitops"],
    )  # fmt: skip


def _labels(settings: Mapping[str, Json], key: str) -> dict[str, str]:
    labels = cast("Mapping[str, Json]", settings.get(key) or {})
    return {name: format_label(value) for name, value in labels.items()}


def settings_identity(settings: Mapping[str, Json]) -> Hashable:
    """Return the settings that select objects, as text."""
    return repr(sorted((key, value) for key, value in settings.items() if key not in _NOT_SELECTING))


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield every problem that shows without asking a cluster."""
    unknown = unknown_key_problems(settings, KNOWN, "kubernetes", _REFUSED)
    yield from unknown
    yield from text_problems(settings, _TEXTS)
    yield from number_problems(settings, _RANGES)
    for key in _SWITCHES:
        if not isinstance(settings.get(key, False), bool):
            yield SettingsProblem((key,), f"{key} must be true or false", "true")
    for key, only in (("gitops", "suspended"), ("through", CHAOS_MESH)):
        if settings.get(key, only) != only:
            yield SettingsProblem((key,), f"{key} can only be {only}", f"{only}, or remove it")
    for key in _MAPS:
        yield from label_problems(key, settings.get(key, {}))
    yield from _name_problems(settings)
    yield from _namespace_problems(settings.get("namespace"))
    yield from _workload_problems(settings)
    if not unknown:  # a misspelt key is reported already, and may be the missing one
        yield from _missing_problems(settings)


def _missing_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield a problem for each missing key: cluster and namespace are never guessed."""
    if missing := [key for key in _REQUIRED if key not in settings]:
        yield SettingsProblem((), f"{' and '.join(missing)} must be set", f"such as {EXAMPLE}")
    if not any(key in settings for key in (*_OBJECTS, *_MAPS)):
        yield SettingsProblem((), f"set at least one of {', '.join((*_OBJECTS, *_MAPS))}", f"such as {EXAMPLE}")


def _name_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield the names that no object can have, and those of objects that drills need or the cluster owns."""
    for key in ("namespace", "service", "configmap", "node", "workload"):
        value = settings.get(key)
        _kind, slash, name = value.partition("/") if isinstance(value, str) and key == "workload" else ("", "/", value)
        if isinstance(name, str) and value and slash and not is_object_name(name):
            allowed = "lower-case letters, digits, '-' and '.'"
            yield SettingsProblem((key,), f"{name!r} is not the name of an object", f"a name has only {allowed}")
    if _PROTECTED_CONFIGMAPS.fullmatch(str(settings.get("configmap", ""))):
        why = f"{settings['configmap']} belongs to gameday or to the cluster, so it is never a target"
        yield SettingsProblem(("configmap",), why, "name a ConfigMap of your application")
    if (settings.get("namespace"), settings.get("service")) == ("default", "kubernetes"):
        why = "the Service kubernetes in namespace default is the API server, which is never a target"
        yield SettingsProblem(("service",), why, "name a Service of your application")


def _namespace_problems(namespace: Json) -> Iterator[SettingsProblem]:
    if isinstance(namespace, str) and _SYSTEM_NAMESPACES.fullmatch(namespace):
        why = f"{namespace} is a system namespace, where drills are never allowed"
        yield SettingsProblem(("namespace",), why, "name a namespace of your application")


def _workload_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    workload = settings.get("workload")
    if not isinstance(workload, str) or not workload:
        return
    kind, _, name = workload.partition("/")
    if kind not in WORKLOADS:
        why = f"workload must be deployment/NAME or statefulset/NAME, not {workload!r}"
        yield SettingsProblem(("workload",), why, did_you_mean(kind, WORKLOADS))
    elif not name and not settings.get("labels"):
        why = f"workload {kind!r} without a name needs labels"
        yield SettingsProblem(("workload",), why, f"{kind}/NAME, or labels")
    elif name and settings.get("labels"):
        why = "'labels' cannot be combined with a workload's name"
        yield SettingsProblem(("labels",), why, "keep one of them", key_is_unexpected=True)
