"""`gameday doctor` on targets of a cluster, on the stand-in for an API server."""

from __future__ import annotations

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


def test_missing_right_to_apply_says_to_grant_it(
    server: ApiServer, namespace: StandInNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    server.denied = {"create configmaps"}
    assert run_command(["doctor"]) == Exit.REFUSED
    shown = capsys.readouterr().out
    assert f"lacks rights in namespace {namespace.name} that the fault requires: create configmaps" in shown
    assert "Grant them to the account, as examples/kubernetes/rbac.yaml does." in shown and "Correct it" not in shown
