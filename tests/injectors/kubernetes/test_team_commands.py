"""The team's own commands in mid-fault and afterwards: Helm, `rollout undo`, a paused rollout, an apply of our value.

Each runs for real, against a real cluster: none may conflict with the drill, or return to a version of the drill.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import available_engines
from support.available_engines import missing
from support.kubernetes import SHOP, Namespace, cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.plugins.types import ApplyOutcome, Intent, RevertOutcome, RevertResult

pytestmark = pytest.mark.engine("kubernetes")
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "values.yaml": "replicas: 3\nimage: shop:1\nrate: '100'\ntier: front\n",
    "templates/shop.yaml": SHOP.replace("replicas: 3", "replicas: {{ .Values.replicas }}")
    .replace('"shop:1"', "{{ .Values.image }}").replace('"100"', "{{ .Values.rate | quote }}")
    .replace("selector: {app: web}, ports", "selector: {app: web, tier: {{ .Values.tier }}}, ports"),
}  # fmt: skip
FIELD_KINDS: list[tuple[str, dict[str, Any]]] = [
    ("scale", {"replicas": 0}), ("config", {"key": "rate", "value": "1"}), ("outage", {}),
    ("bad-rollout", {"image": "shop:none"}),
]  # fmt: skip
UPGRADE = ("--set", "replicas=2,image=shop:2,rate=7,tier=front")


@pytest.fixture
def empty() -> Iterator[KubernetesTarget]:
    """Return a target in a namespace without the shop."""
    available_engines.requested |= {"kubernetes"}
    namespace = Namespace(cluster_here(), shop="")
    yield KubernetesTarget(namespace, namespace.kubectl.kubeconfig, namespace.kubectl.context)
    namespace.remove()


@pytest.fixture
def own(empty: KubernetesTarget) -> KubernetesTarget:
    """Return a target whose objects belong to a client-side apply."""
    namespace_of(empty).apply(SHOP)
    namespace_of(empty).wait_ready("web", "cache")
    return empty


class Helm:
    """The `helm` command in one namespace, with a chart of the shop."""

    def __init__(self, target: KubernetesTarget, folder: Path) -> None:
        self._target, self._chart = target, folder / "chart"
        for name, text in CHART.items():
            path = self._chart / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def __call__(self, *words: str) -> None:
        place = ("--kubeconfig", str(self._target.kubeconfig), "--kube-context", self._target.context)
        command = ["helm", *place, "--namespace", self._target.namespace.name, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    def install(self) -> None:
        self("install", "shop", str(self._chart), "--wait", "--timeout", "60s")

    def upgrade(self) -> None:
        self("upgrade", "shop", str(self._chart), *UPGRADE)

    def rollback(self) -> None:
        self("rollback", "shop", "1")


@pytest.fixture
def helm(empty: KubernetesTarget, tmp_path: Path) -> Helm:
    """Return Helm with the shop installed; skip without Helm."""
    if shutil.which("helm") is None:
        missing("helm", "no helm on PATH")
    helm = Helm(empty, tmp_path)
    helm.install()
    return helm


def namespace_of(target: KubernetesTarget) -> Namespace:
    assert isinstance(target.namespace, Namespace)
    return target.namespace


def applied(target: KubernetesTarget, kind: str, **params: Any) -> Intent:
    intent = target.plan(kind, **params)
    outcome = INJECTOR.apply(intent, soon())
    assert outcome.outcome is ApplyOutcome.APPLIED, outcome.reason
    return intent


def reverted(intent: Intent) -> RevertResult:
    """Revert until it is done, as a drill does."""
    results: list[RevertResult] = []

    def is_done() -> bool:
        results.append(INJECTOR.revert(intent, soon()))
        return results[-1].outcome is not RevertOutcome.PENDING

    eventually(is_done, "the revert")
    return results[-1]


def values(target: KubernetesTarget) -> tuple[Any, ...]:
    """Return what the faults of this file change."""
    namespace = namespace_of(target)
    web, service, config = (namespace.get(kind, "web") for kind in ("deployment", "service", "configmap"))
    image = web["spec"]["template"]["spec"]["containers"][0]["image"]
    return web["spec"]["replicas"], image, service["spec"]["selector"], config["data"]["rate"]


def image_after_undo(target: KubernetesTarget) -> str:
    namespace_of(target)("rollout", "undo", "deployment/web")
    return str(values(target)[1])


@pytest.mark.parametrize(("kind", "params"), FIELD_KINDS)
def test_helm_upgrades_and_rolls_back_in_mid_fault_and_afterwards(
    empty: KubernetesTarget, helm: Helm, kind: str, params: dict[str, Any]
) -> None:
    installed = values(empty)
    intent = applied(empty, kind, **params)
    helm.upgrade()
    reverted(intent)
    helm.rollback()
    assert values(empty) == installed
    namespace_of(empty).wait_ready("web")
    intent = applied(empty, kind, **params)
    helm.rollback()
    reverted(intent)
    assert values(empty) == installed
    helm.upgrade()
    helm.rollback()
    assert values(empty) == installed and not empty.namespace.records()


def test_undo_in_mid_fault_is_the_mitigation_and_a_later_one_returns_to_the_own_version(own: KubernetesTarget) -> None:
    namespace = namespace_of(own)
    namespace("set", "image", "deployment/web", "main=shop:2")
    namespace.wait_ready("web")
    intent = applied(own, "bad-rollout", image="shop:none")
    eventually(lambda: "shop:none" in namespace("get", "replicasets", "-o", "yaml"), "the revision of the fault")
    assert image_after_undo(own) == "shop:2"
    assert reverted(intent).outcome is RevertOutcome.REVERTED
    assert image_after_undo(own) == "shop:1"


def test_paused_rollout_holds_the_fault_until_it_is_resumed(own: KubernetesTarget) -> None:
    namespace = namespace_of(own)
    intent = applied(own, "bad-rollout", image="shop:2")
    eventually(lambda: "shop:2" in {pod["spec"]["containers"][0]["image"] for pod in pods(own)}, "the rollout")
    namespace("rollout", "pause", "deployment/web")
    held = INJECTOR.revert(intent, soon())
    assert held.outcome is RevertOutcome.PENDING and "held by a pause" in held.reason
    assert f"kubectl -n {namespace.name} rollout resume deployment/web" in held.reason
    assert values(own)[1] == "shop:1", "the field is restored all the same"
    namespace("rollout", "resume", "deployment/web")
    assert reverted(intent).outcome is RevertOutcome.REVERTED
    assert {pod["spec"]["containers"][0]["image"] for pod in pods(own)} == {"shop:1"}


def pods(target: KubernetesTarget) -> list[dict[str, Any]]:
    items = namespace_of(target).kubectl.items("-n", target.namespace.name, "pods", "-l", "app=web")
    return [pod for pod in items if not pod["metadata"].get("deletionTimestamp")]


@pytest.mark.parametrize("by", ["kubectl apply", "kubectl apply --server-side"])
def test_value_of_the_fault_that_its_owner_applies_is_kept(empty: KubernetesTarget, by: str) -> None:
    namespace, how = namespace_of(empty), by.split()[2:]
    namespace.apply(SHOP, *how)
    namespace.wait_ready("web")
    intent = applied(empty, "scale", replicas=1)
    namespace.apply(SHOP.replace("replicas: 3", "replicas: 1").replace("shop:1", "shop:2"), *how)
    result = reverted(intent)
    assert result.outcome is RevertOutcome.KEPT and "was also set to 1 by kubectl" in result.reason, result
    assert values(empty)[0] == 1
