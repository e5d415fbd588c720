"""`gameday init` with a cluster, on the stand-in for an API server: it reads the namespace that was named, no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.project import read_project


@pytest.fixture
def namespace(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInNamespace:
    other = tmp_path / "other"
    other.write_text("apiVersion: v1\ncurrent-context: production\n")
    monkeypatch.setenv("KUBECONFIG", f"{other}:{server.write_kubeconfig(tmp_path)}")
    monkeypatch.chdir(tmp_path)
    for name in ("TOXIPROXY_URL", "PROMETHEUS_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # nothing listens there
    return StandInNamespace(server)


def init(namespace: str, context: str = "test") -> Exit:
    return run_command(["init", "--context", context, "--namespace", namespace, "--into", "gameday.yaml"])


def test_each_workload_becomes_a_target_with_its_service_and_a_signal(
    server: ApiServer, namespace: StandInNamespace
) -> None:
    assert init(namespace.name) is Exit.HELD
    environment = read_project(Path("gameday.yaml")).environments["staging"]
    assert {name: target.settings.get("service") for name, target in environment.targets.items()} == {
        "web": "web", "cache": None, "edge": None,
    }  # fmt: skip
    assert environment.targets["web"].settings["workload"] == "deployment/web"
    assert set(environment.signals) == {"web-ready", "cache-ready", "edge-ready"}
    assert run_command(["check", "gameday.yaml"]) is Exit.HELD
    assert all(request.startswith("GET ") for request in server.requests)


def test_what_sounds_like_production_is_left_to_a_person(server: ApiServer, namespace: StandInNamespace) -> None:
    path = "/apis/apps/v1/namespaces/shop-prod/deployments"
    server.create(path, namespace.get("Deployment", "cache"))
    assert init("shop-prod") is Exit.HELD
    assert not read_project(Path("gameday.yaml")).environments["staging"].targets
    assert "# cache: {injector: kubernetes" in Path("gameday.yaml").read_text()


def test_empty_namespace_is_told_and_the_rest_is_proposed(
    server: ApiServer, namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    server.create("/api/v1/namespaces", {"kind": "Namespace", "metadata": {"name": "empty"}})
    assert init("empty") is Exit.HELD
    assert "- Kubernetes: namespace empty of context test: no Deployment or StatefulSet" in capsys.readouterr().err
    assert run_command(["check", "gameday.yaml"]) is Exit.HELD


@pytest.mark.parametrize(
    ("context", "name", "say"),
    [
        ("test", "shopp", "no namespace shopp in context test"),
        ("nowhere", "shop", "no context nowhere in"),
    ],
)
def test_context_or_namespace_that_does_not_exist_is_refused_before_anything_else(
    namespace: StandInNamespace, capsys: pytest.CaptureFixture[str], context: str, name: str, say: str
) -> None:
    assert init(name, context) is Exit.BAD_INPUT
    told = capsys.readouterr().err
    assert say in told and "Toxiproxy" not in told and not Path("gameday.yaml").exists()


def test_server_that_is_away_is_a_refusal(
    server: ApiServer, namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    server.is_away = True
    assert init(namespace.name) is Exit.REFUSED
    assert "the connection to http://127.0.0.1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("annotation", "todo"),
    [
        (None, "To allow drills: kubectl --context test annotate namespace {} gameday/environment=staging"),
        ("staging", ""),
        ("prod2", "It allows drills of environment prod2: rename staging in the file to prod2."),
    ],
)
def test_annotation_is_asked_for_only_where_it_is_missing(
    server: ApiServer,
    namespace: StandInNamespace,
    capsys: pytest.CaptureFixture[str],
    annotation: str | None,
    todo: str,
) -> None:
    annotations = {} if annotation is None else {"gameday/environment": annotation}
    server.objects[f"/api/v1/namespaces/{namespace.name}"]["metadata"]["annotations"] = annotations
    assert init(namespace.name) is Exit.HELD
    told = capsys.readouterr().err
    assert todo.format(namespace.name) in told and ("allow" in told.split("Wrote")[0]) == bool(todo)


def test_account_that_may_not_read_the_namespace_still_gets_a_proposal(
    server: ApiServer, namespace: StandInNamespace
) -> None:
    path = f"/api/v1/namespaces/{namespace.name}"

    def refuse(method: str, requested: str) -> None:
        if requested == path:
            raise Failure(403, "namespaces is forbidden")

    server.hook = refuse
    assert init(namespace.name) is Exit.HELD and Path("gameday.yaml").exists()


@pytest.mark.parametrize("option", ["--context", "--namespace"])
def test_one_option_alone_is_refused(option: str) -> None:
    assert run_command(["init", option, "shop"]) is Exit.BAD_INPUT
