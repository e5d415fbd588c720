"""Settings of a target: a cluster and a namespace are named, never guessed, and system namespaces are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.clients.kubernetes import ClusterAddress, ClusterError, open_client
from gameday.errors import Refused
from gameday.injectors.kubernetes.target_settings import find_problems, read_settings
from gameday.model import Binding, Json

GOOD: dict[str, Json] = {
    "kubeconfig": "~/.kube/config", "context": "staging", "namespace": "shop", "workload": "deployment/db",
}  # fmt: skip


def problems(**more: Json) -> list[str]:
    settings = {key: value for key, value in {**GOOD, **more}.items() if value is not None}
    return [problem.wrong for problem in find_problems(settings)]


def test_complete_settings_have_no_problem() -> None:
    assert problems() == []
    assert problems(workload="deployment", labels={"app": "db"}, percent=50) == []


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"context": None}, "context must be set"),
        ({"kubeconfig": None, "context": None}, "kubeconfig and context must be set"),
        ({"workload": None}, "set at least one of workload, service"),
        ({"namespace": "kube-system"}, "kube-system is a system namespace"),
        ({"namespace": "openshift-ingress"}, "openshift-ingress is a system namespace"),
        ({"workload": "db"}, "workload must be deployment/NAME or statefulset/NAME, not 'db'"),
        ({"workload": "deployment"}, "workload 'deployment' without a name needs labels"),
        ({"labels": {"app": "db"}}, "'labels' cannot be combined with a workload's name"),
        ({"labels": {"version": 1.1}, "workload": None}, "the label version must be text"),
        ({"count": 0}, "count must be a whole number from 1 to 10000"),
        ({"count": 1, "percent": 10}, "'percent' cannot be combined with 'count'"),
        ({"cut_connections": "yes"}, "cut_connections must be true or false"),
        ({"context": ""}, "context must not be empty"),
        ({"context": 7}, "context must be text"),
        ({"servcie": "db"}, "unknown key 'servcie' for injector kubernetes"),
    ],
)
def test_problem_is_named(more: dict[str, Json], wrong: str) -> None:
    [first, *_] = problems(**more)
    assert first.startswith(wrong)


def test_secret_is_not_taken_for_a_misspelt_service() -> None:
    [problem] = find_problems({**GOOD, "secret": "db"})
    assert problem.todo == "a drill never changes a Secret"


def test_single_pod_is_always_allowed_and_more_only_within_the_caps() -> None:
    settings = read_settings(Binding("staging", "db", "kubernetes", GOOD))
    settings.require_within_caps(1, 1, "pods")
    settings.require_within_caps(2, 4, "pods")
    with pytest.raises(Refused, match="3 of 4 pods would be affected, but at most 2 are allowed"):
        settings.require_within_caps(3, 4, "pods")
    with pytest.raises(Refused, match="3 of 3 pods would be affected, but at most 1 is allowed") as refused:
        settings.require_within_caps(3, 3, "pods")
    assert refused.value.todo == "Set count or percent, or raise max_percent, of the target in gameday.yaml."
    with pytest.raises(Refused, match="11 of 100 pods would be affected, but at most 10 are allowed"):
        settings.require_within_caps(11, 100, "pods")


KUBECONFIG = """\
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: never-to-be-told}}]
contexts: [{name: staging, context: {cluster: c, user: u}}]
current-context: production
"""


@pytest.mark.parametrize(
    ("text", "context", "wrong"),
    [
        (KUBECONFIG, "staging", "no API server responds at https://127.0.0.1:1"),
        (KUBECONFIG, "production", "no context production in"),
        (KUBECONFIG.replace("user: u}", "user: nobody}"), "staging", "refers to a user that is not in the file"),
        ("- never-to-be-told", "staging", "is not a kubeconfig file"),
        ("token: {never-to-be-told", "staging", "is not a kubeconfig file"),
        (None, "staging", "no kubeconfig at"),
    ],
)
def test_cluster_that_cannot_be_reached_says_why_without_a_secret(
    tmp_path: Path, text: str | None, context: str, wrong: str
) -> None:
    path = tmp_path / "kubeconfig"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ClusterError) as failure:
        open_client(ClusterAddress(str(path), context)).request("GET", "/version", timeout=2.0)
    assert wrong in str(failure.value) and failure.value.todo
    assert "never-to-be-told" not in f"{failure.value} {failure.value.todo}"
