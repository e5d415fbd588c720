"""Behaviour that only a real cluster shows: conflicts of owners, revisions, disruption budgets, account rights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.docs_pages import ROOT
from support.kubernetes import SHOP, Namespace, cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.plugins.types import ApplyOutcome, Intent, RevertOutcome

pytestmark = pytest.mark.engine("kubernetes")
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("scale", {"replicas": 0}), ("config", {"key": "rate", "value": "1"}), ("outage", {}), ("kill", {}), ("evict", {}),
    ("half-dead", {}), ("partition", {"peer": "cache"}), ("bad-rollout", {"image": "shop:none"}),
]  # fmt: skip
"""All but `cordon`, which needs a ClusterRole."""
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: {clusters}
users: [{{name: drill, user: {{token: {token}}}}}]
contexts: [{{name: drill, context: {{cluster: {cluster}, user: drill}}}}]
"""


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Any:
    """Return a namespace whose objects belong to a server-side apply."""
    namespace = Namespace(cluster_here(), shop="")
    request.addfinalizer(namespace.remove)
    namespace.apply(SHOP, "--server-side", "--field-manager=team")
    namespace.wait_ready("web", "cache")
    kubectl = namespace.kubectl
    return KubernetesTarget(namespace, kubectl.kubeconfig, kubectl.context, {"dead_address": "10.88.0.0"})


def applied(target: KubernetesTarget, kind: str, **params: Any) -> Intent:
    intent = target.plan(kind, **params)
    outcome = INJECTOR.apply(intent, soon())
    assert outcome.outcome is ApplyOutcome.APPLIED, outcome.reason
    return intent


def revert(intent: Intent) -> None:
    eventually(lambda: INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "the revert")


@pytest.mark.parametrize(("kind", "params"), [*KINDS[:3], KINDS[-1]])
def test_owner_applies_new_values_without_conflict(own: KubernetesTarget, kind: str, params: dict[str, Any]) -> None:
    """In mid-fault, and after the revert; with `--server-side`, a field of another owner would be a conflict."""
    assert isinstance(own.namespace, Namespace)
    changed = SHOP.replace("replicas: 3", "replicas: 2").replace('"100"', '"7"').replace("shop:1", "shop:2")
    changed = changed.replace("selector: {app: web}, ports", "selector: {app: web, tier: front}, ports")
    intent = applied(own, kind, **params)
    own.namespace.apply(changed, "--server-side", "--field-manager=team")
    eventually(lambda: INJECTOR.revert(intent, soon()).outcome is not RevertOutcome.PENDING, "the revert")
    own.namespace.apply(SHOP, "--server-side", "--field-manager=team")
    own.namespace.wait_ready("web")
    revert(applied(own, kind, **params))
    own.namespace.apply(changed, "--server-side", "--field-manager=team")


def test_rollout_undo_returns_to_the_own_previous_version(own: KubernetesTarget) -> None:
    namespace = own.namespace
    assert isinstance(namespace, Namespace)
    namespace("set", "image", "deployment/web", "main=shop:2")
    namespace.wait_ready("web")
    revert(applied(own, "bad-rollout", image="shop:none"))
    namespace("rollout", "undo", "deployment/web")
    image = "{.spec.template.spec.containers[0].image}"
    assert namespace("get", "deployment/web", "-o", f"jsonpath={image}") == "shop:1"


def test_disruption_budget_is_named_before_the_drill(own: KubernetesTarget) -> None:
    assert isinstance(own.namespace, Namespace)
    own.namespace("create", "pdb", "keep-all", "--selector=app=web", "--min-available=3")
    intent = own.plan("evict")
    eventually(lambda: "keep-all" in INJECTOR.check_capability(intent, soon()), "the refusal")
    outcome = INJECTOR.apply(intent, soon())
    assert outcome.outcome is ApplyOutcome.REFUSED and "keep-all" in outcome.reason
    assert not own.namespace.records() and len(own.namespace.pods()) == 3


POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  matchConstraints: {{resourceRules: [{{apiGroups: [apps], apiVersions: [v1], resources: [deployments],
                                     operations: [UPDATE]}}]}}
  validations: [{{expression: "object.spec.replicas > 0", message: no workload is scaled to 0 here}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {name}}}
spec:
  policyName: {name}
  validationActions: [Deny]
  matchResources: {{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}}}
"""


def test_admission_that_refuses_is_told_from_a_webhook_that_is_down(
    own: KubernetesTarget, request: pytest.FixtureRequest
) -> None:
    namespace = own.namespace
    assert isinstance(namespace, Namespace)
    kinds = "validatingadmissionpolicy,validatingadmissionpolicybinding"
    request.addfinalizer(lambda: namespace.kubectl("delete", kinds, namespace.name))
    namespace.kubectl.apply(POLICY.format(name=namespace.name))
    intent = own.plan("scale", replicas=0)
    eventually(lambda: INJECTOR.check_capability(intent, soon()), "the refusal")
    assert INJECTOR.check_capability(intent, soon()).startswith("admission refuses it: ")
    assert "no workload is scaled to 0 here" in INJECTOR.check_capability(intent, soon())
    repair = namespace.break_webhook()
    config = own.plan("config", key="rate", value="1")
    assert INJECTOR.check_capability(config, soon()).startswith("an admission webhook does not respond: ")
    repair()
    assert INJECTOR.check_capability(config, soon()) == ""


@pytest.fixture
def restricted(own: KubernetesTarget, tmp_path: Path) -> KubernetesTarget:
    """Return the same target for an account that has only the Role of the how-to."""
    namespace = own.namespace
    assert isinstance(namespace, Namespace)
    page = (ROOT / "docs/how-to/use-kubernetes.md").read_text(encoding="utf-8")
    [role] = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "kind: Role" in text]
    namespace.apply(role.replace("namespace: shop", f"namespace: {namespace.name}"))
    namespace("create", "serviceaccount", "drill")
    namespace("create", "rolebinding", "drill", "--role=gameday-runner", f"--serviceaccount={namespace.name}:drill")
    return _as_account(own, tmp_path, namespace("create", "token", "drill"))


def _as_account(target: KubernetesTarget, folder: Path, token: str) -> KubernetesTarget:
    admin = yaml.safe_load(target.kubeconfig.read_text())
    cluster = admin["clusters"][0]["name"]
    path = folder / "kubeconfig"
    path.write_text(KUBECONFIG.format(clusters=admin["clusters"], cluster=cluster, token=token))
    return KubernetesTarget(target.namespace, path, "drill", target.more)


@pytest.mark.parametrize(("kind", "params"), KINDS)
def test_documented_role_is_enough_for_each_kind(
    restricted: KubernetesTarget, kind: str, params: dict[str, Any]
) -> None:
    intent = restricted.plan(kind, **params)
    assert INJECTOR.check_capability(intent, soon()) == ""
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    assert [leftover.marker for leftover in restricted.leftovers()] == [intent.marker]
    revert(intent)
    assert not restricted.namespace.records()


def test_documented_role_reads_no_secret_and_no_node(restricted: KubernetesTarget) -> None:
    namespace = restricted.namespace
    assert isinstance(namespace, Namespace)
    account = f"system:serviceaccount:{namespace.name}:drill"
    for verb in ("get", "list", "watch"):
        namespace("auth", "can-i", verb, "secrets", "--as", account, code=1)
    restricted.more["node"] = namespace.node
    assert "nodes" in restricted.refusal("cordon")


def test_expired_token_says_so(own: KubernetesTarget, tmp_path: Path) -> None:
    stranger = _as_account(own, tmp_path, "not-a-token")
    assert "rejects the credentials of this context" in stranger.refusal("scale", replicas=0)
