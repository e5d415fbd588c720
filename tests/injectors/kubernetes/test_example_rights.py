"""The rights of examples/kubernetes/rbac.yaml on a real cluster: enough for every kind of fault, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.cluster_schedule import example_manifest
from support.kubernetes import Namespace, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, missing_rights, soon
from support.kubernetes_traffic import add_echo
from support.proxy_image import proxy_image

from gameday.injectors.kubernetes import KubernetesInjector
from gameday.plugins.types import ApplyOutcome, Deadline, Presence, RevertOutcome

CASES: list[tuple[str, dict[str, Any]]] = [
    ("scale", {"replicas": 0}), ("config", {"key": "rate", "value": "1"}), ("outage", {}), ("kill", {}), ("evict", {}),
    ("half-dead", {}), ("partition", {"peer": "cache"}), ("cordon", {}), ("drain", {}),
    ("bad-rollout", {"image": "shop:none"}),
]  # fmt: skip
EACH_KIND = pytest.mark.parametrize(("kind", "params"), CASES)
pytestmark = pytest.mark.engine("kubernetes")


@pytest.fixture(scope="module")
def accounts(shop: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Create the accounts of the example in the test's namespace; yield a kubeconfig for each."""
    shop.kubectl.apply(example_manifest("rbac.yaml", shop))
    folder = tmp_path_factory.mktemp("accounts")
    yield {name: write_kubeconfig(shop, name, folder / name) for name in ("runner", "guardian")}
    shop.kubectl("delete", "clusterrolebinding,clusterrole", f"gameday-{shop.name}", "--ignore-not-found", code=None)


@contextmanager
def granted(name: str, shop: Namespace) -> Iterator[None]:
    """Grant the further rights of a manifest of the example."""
    manifest = example_manifest(name, shop)
    shop.kubectl.apply(manifest)
    yield
    shop.kubectl("delete", "-f", "-", given=manifest)


@pytest.fixture
def image(shop: Namespace) -> Iterator[str]:
    """Return the image of the pods behind the Service `echo`, which the test gets."""
    image = proxy_image(shop.kubectl)
    add_echo(shop, image)
    yield image
    shop("delete", "deployment,service", "echo", "--ignore-not-found")


def write_kubeconfig(shop: Namespace, account: str, path: Path) -> Path:
    """Write the kubeconfig of the cluster with the account's token in place of its own user."""
    config = json.loads(shop.kubectl("config", "view", "--raw", "--flatten", "--minify", "-o", "json"))
    config["users"] = [{"name": config["users"][0]["name"], "user": {"token": shop("create", "token", account)}}]
    path.write_text(yaml.safe_dump(config))
    return path


@EACH_KIND
def test_runner_has_every_right_and_guardian_can_revert(
    target: KubernetesTarget, accounts: dict[str, Path], kind: str, params: dict[str, Any]
) -> None:
    exercise(target, accounts, kind, params)


def test_proxy_needs_the_further_rights_alone(
    target: KubernetesTarget, shop: Namespace, accounts: dict[str, Path], image: str
) -> None:
    target.more |= {"service": "echo", "proxy_image": image}
    with granted("rbac-proxy.yaml", shop):
        assert (
            INJECTOR.missing_revert_rights(replace(target, kubeconfig=accounts["guardian"]).binding, (), soon()) == ""
        )
        exercise(target, accounts, "latency", {"delay": "300ms"})
        as_runner = replace(target, kubeconfig=accounts["runner"])
        assert INJECTOR.check_capability(as_runner.plan("partition", peer="cache"), Deadline.after(25)) == ""


@pytest.mark.usefixtures("image")
def test_crash_loop_needs_the_further_rights_alone(
    target: KubernetesTarget, shop: Namespace, accounts: dict[str, Path]
) -> None:
    target.more["workload"] = "deployment/echo"
    as_runner = replace(target, kubeconfig=accounts["runner"])
    wrong = missing_rights(as_runner.plan("crash-loop", signal="INT"))
    assert "lacks rights" in wrong and "get pods/exec, create pods/exec" in wrong
    with granted("rbac-exec.yaml", shop):
        exercise(target, accounts, "crash-loop", {"signal": "INT"})


def exercise(target: KubernetesTarget, accounts: dict[str, Path], kind: str, params: dict[str, Any]) -> None:
    """Apply as the runner, and revert as the guardian."""
    before = target.namespace.shown()
    as_runner = replace(target, kubeconfig=accounts["runner"])
    as_guardian = replace(target, kubeconfig=accounts["guardian"])
    intent = as_runner.plan(kind, **params)
    assert INJECTOR.check_capability(intent, soon()) == ""
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    INJECTOR._heartbeats.stop(intent)  # as if its process were dead
    [orphan] = as_guardian.leftovers()
    guardian = KubernetesInjector()
    eventually(lambda: guardian.revert(orphan, soon()).outcome is RevertOutcome.REVERTED, "the revert")
    eventually(lambda: guardian.find_unsettled(orphan, soon()) == "", "recovery")
    eventually(lambda: target.namespace.shown() == before, "the state before")
    INJECTOR.revert(intent, soon())


def test_guardian_proves_its_rights(target: KubernetesTarget, accounts: dict[str, Path]) -> None:
    assert INJECTOR.missing_revert_rights(replace(target, kubeconfig=accounts["guardian"]).binding, (), soon()) == ""


def test_account_that_only_deletes_reverts_what_is_an_object_and_says_when_it_lost_its_rights(
    shop: Namespace, target: KubernetesTarget, accounts: dict[str, Path], tmp_path: Path
) -> None:
    own = "configmaps,endpointslices.discovery.k8s.io,networkpolicies.networking.k8s.io"
    shop("create", "serviceaccount", "deleter")
    shop("create", "role", "deleter", "--verb=get,list,delete", f"--resource={own}")
    shop("create", "rolebinding", "deleter", "--role=deleter", f"--serviceaccount={shop.name}:deleter")
    binding = replace(target, kubeconfig=write_kubeconfig(shop, "deleter", tmp_path / "deleter")).binding
    before, guardian = target.namespace.shown(), KubernetesInjector()
    guardian.restrict_to_deletes()
    assert guardian.missing_revert_rights(binding, (), soon()) == ""
    intent = replace(target, kubeconfig=accounts["runner"]).plan("half-dead")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    INJECTOR._heartbeats.stop(intent)  # as if its process were dead
    eventually(lambda: guardian.orphans(binding, soon()), "the end of its heartbeat")
    [orphan] = guardian.orphans(binding, soon())
    assert guardian.revert(orphan.intent, soon()).outcome is RevertOutcome.REVERTED
    eventually(lambda: target.namespace.shown() == before, "the state before")
    shop("delete", "rolebinding", "deleter")
    eventually(lambda: guardian.missing_revert_rights(binding, (), soon()), "the loss of its rights")
    assert "delete networkpolicies" in guardian.missing_revert_rights(binding, (), soon())


@pytest.mark.parametrize("account", ["runner", "guardian"])
def test_neither_reads_a_secret_nor_leaves_its_namespace(
    shop: Namespace, accounts: dict[str, Path], account: str
) -> None:
    asked = ["get secrets", "list secrets", "create pods", "create deployments", "delete deployments", "create roles"]
    asked += ["create networkpolicies"] if account == "guardian" else []
    for verb, resource in (each.split() for each in asked):
        user = f"--as=system:serviceaccount:{shop.name}:{account}"
        assert shop("auth", "can-i", verb, resource, user, code=None) == "no", (verb, resource)
        assert shop.kubectl("-n", "default", "auth", "can-i", "patch", "deployments", user, code=None) == "no"
