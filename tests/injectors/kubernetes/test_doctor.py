"""`gameday doctor` on targets of a cluster, on the stand-in for an API server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.api_server import ApiServer
from support.api_server_shop import StandInNamespace

from gameday.cli.main import run_command
from gameday.errors import Exit

PROJECT = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      web: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: test, namespace: {name},
            workload: deployment/web, count: 1}}
"""


@pytest.fixture
def namespace(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInNamespace:
    namespace = StandInNamespace(server)
    text = PROJECT.format(name=namespace.name, kubeconfig=server.write_kubeconfig(tmp_path))
    (tmp_path / "gameday.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    return namespace


def targets(capsys: pytest.CaptureFixture[str]) -> str:
    code = run_command(["doctor"])
    assert code in (Exit.HELD, Exit.REFUSED)
    out = capsys.readouterr().out
    return "\n".join(line for line in out.splitlines() if " target " in line)


def test_target_for_some_kinds_only_is_no_problem(
    namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no Service, so it cannot carry an outage; it can carry a kill."""
    shown = targets(capsys)
    assert shown.startswith("ok  target") and "a fault, such as kill" in shown, shown


def test_missing_right_to_revert_is_a_problem(
    server: ApiServer, namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    server.denied = {"patch deployments"}
    shown = targets(capsys)
    assert f"!!  target       web: this account cannot revert faults in {namespace.name}: patch deployments" in shown


UNUSED = """\
      some-node: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: test, namespace: {name},
                  node_labels: {{gameday/drain: allowed}}, count: 1}}
      gone: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: test, namespace: walkold,
             workload: deployment/web}}
"""


def test_unusable_targets_keep_drills_from_themselves_alone(
    server: ApiServer, namespace: StandInNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = UNUSED.format(name=namespace.name, kubeconfig=tmp_path / "kubeconfig")
    project = tmp_path / "gameday.yaml"
    project.write_text(project.read_text() + more)
    assert run_command(["doctor"]) is Exit.HELD
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "Exit 0: a drill can run here, except on the targets marked !!."
    assert "!!  target       some-node: no node matches" in out and "that there is load" not in out
    assert f"gone: no namespace walkold in context test of {tmp_path / 'kubeconfig'}" in out, out
    assert run_command(["doctor", "--format", "json"]) is Exit.HELD
    assert json.loads(capsys.readouterr().out)["can_run"] is True


def test_no_drill_runs_where_no_target_can_be_used(
    server: ApiServer, namespace: StandInNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "gameday.yaml"
    project.write_text(project.read_text().replace("deployment/web", "deployment/wep"))
    assert run_command(["doctor"]) is Exit.REFUSED
    assert "Exit 3: no drill can run here. Fix the" in capsys.readouterr().out


def test_missing_right_to_apply_says_to_grant_it(
    server: ApiServer, namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    server.denied = {"create configmaps"}
    assert run_command(["doctor"]) == Exit.REFUSED
    shown = capsys.readouterr().out
    assert f"lacks rights in namespace {namespace.name} that the fault requires: create configmaps" in shown
    assert "Grant them to the account, as examples/kubernetes/rbac.yaml does." in shown and "Correct it" not in shown
