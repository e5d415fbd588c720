"""`gameday env bind`: it asks only for missing bindings, tests each answer, and keeps every other byte of the file."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from support.proxy import Proxied
from support.wizard import HEAD, PROMETHEUS, READS, SCENARIO, TIME, bind, bound_already, listening, only_added, staging

from gameday.cli.env import ask_signal
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.signals.alert_sources import SOURCES

pytestmark = pytest.mark.usefixtures("late")


def test_every_missing_binding_is_asked_tested_and_added(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    said = capsys.readouterr().out
    assert "late.yaml lacks 5 bindings in staging (gameday.yaml)." in said
    assert "1/5   target db: what ordering writes to" in said and "It exists and carries traffic" in said
    assert "Reading: 200 ms (n=12)" in said and "Reading: 100% (n=100)" in said
    assert "Command found; not run, because it would change the system." in said
    assert "next: gameday plan late.yaml --env staging" in said
    assert only_added(HEAD) and run_command(["check", "gameday.yaml"]) is Exit.HELD
    assert run_command(["check", "late.yaml", "--env", "staging"]) is Exit.HELD
    found = staging()
    assert found.targets["db"].settings["proxy"] == "shop-db" and found.actions["reads"].undo == ("true",)
    assert str(found.signals["order-time"].healthy) == "order-time at most 500ms"


def test_existing_binding_is_not_asked_for(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bound_already(proxied)
    Path("gameday.yaml").write_text(before, encoding="utf-8")
    assert bind(monkeypatch, *TIME, *READS) is Exit.HELD
    said = capsys.readouterr().out
    assert "lacks 3 bindings" in said and "signal orders" not in said and "target db" not in said
    assert only_added(before)
    again = Path("gameday.yaml").read_bytes()
    assert bind(monkeypatch) is Exit.HELD
    assert "staging has everything that late.yaml needs." in capsys.readouterr().out
    assert Path("gameday.yaml").read_bytes() == again


@pytest.mark.parametrize(("wrong", "said"), [
    (["sideways"], "'sideways' is not one of: http, prometheus, sql, process"),
    (["process", "false", "keep"], "It cannot be read: the command failed with exit code 1."),
    (["process", "echo much", "repeat"], "the command must print a number"),
    (["process", "no-such-program", "repeat"], "cannot run the command"),
    (["process", "'open", ""], "A quotation mark is not closed."),
    (["process", "", ""], "An answer is required; - skips it."),
    (["http", "http://127.0.0.1:9/none", "", "repeat"], "It cannot be read: "),
    (["sql", "NO_SUCH_DSN", "select 1", "repeat"], "the environment variable NO_SUCH_DSN is not set"),
    (["{probe: http}"], "missing key 'url'"),
    (["{probe: ["], "invalid YAML"),
    (["{prob: http}"], "missing key 'probe'"),
])  # fmt: skip
def test_answer_that_fails_its_test_is_refused_with_the_reason(
    wrong: list[str], said: str, proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    bind(monkeypatch, *wrong)  # and then the answers end
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert Path("gameday.yaml").read_text(encoding="utf-8") == bound_already(proxied)


def test_wrong_answer_is_asked_again(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    wrong = ["process", "false", "repeat"]
    assert bind(monkeypatch, *wrong, *TIME[:3], "99%", "at_most soon", TIME[3], *READS) is Exit.HELD
    said = " ".join(capsys.readouterr().out.split())
    assert "[false]" in said  # the answer of the time before stands ready
    assert "invalid limit '99%'" in said and "'soon'" in said
    assert staging().signals["order-time"].settings["run"] == ["sh", "-c", "echo 0.2 12"]


def test_skipped_binding_is_named_and_the_others_are_kept(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bound_already(proxied)
    Path("gameday.yaml").write_text(before, encoding="utf-8")
    assert bind(monkeypatch, "-", *READS) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "skipped, as the signal was" in said.out
    assert "late.yaml lacks in staging:\n  signal order-time" in said.err
    assert "reads" in staging().actions and "order-time" not in staging().signals and only_added(before)


def test_ratio_of_few_samples_asks_for_confirmation(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = ["process", "echo 1 2", "keep", "none", "2"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    said = " ".join(capsys.readouterr().out.split())
    assert "A ratio of fewer than 5 samples counts as unknown in a drill, and here n is 2." in said
    assert "'none' is not a whole number" in said and staging().signals["orders"].min_samples == 2


def test_alerts_of_the_prometheus_are_listed_and_offered(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SCENARIO.replace("orders: {kind: ratio}}", "orders: {kind: ratio}, orders-slow: {kind: alert}}")
    page = 'page: {alert: orders-slow, fallback: fault+3m, say: "It is slow."}\n'
    Path("late.yaml").write_text(text + page, encoding="utf-8")
    with listening(PROMETHEUS) as prometheus:
        alert = ["prometheus", prometheus.url, "", "keep"]
        orders = ["process", "sh -c 'echo 1 100'", "keep"]
        assert bind(monkeypatch, *target, *TIME, *orders, *alert, *READS) is Exit.HELD
        assert not [one for one in prometheus.heard if not one.startswith("GET ")]
    said = " ".join(capsys.readouterr().out.split())
    assert "Alerts there: OrdersSlow, DiskFull." in said and "[OrdersSlow]" in said
    assert staging().signals["orders-slow"].settings["alert"] == "OrdersSlow"


def test_bindings_are_added_under_the_keys_that_init_proposed(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Test that a binding is inserted under its existing key, above the key's examples."""
    Path("gameday.yaml").unlink()
    with socket.socket() as nobody:  # bound and not listening
        nobody.bind(("127.0.0.1", 0))
        for name in ("TOXIPROXY_URL", "PROMETHEUS_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD
    proposed = Path("gameday.yaml").read_text(encoding="utf-8").splitlines()
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    lines = Path("gameday.yaml").read_text(encoding="utf-8").splitlines()
    for key, bound in (("targets", "db"), ("signals", "order-time"), ("actions", "reads")):
        at = next(index for index, line in enumerate(lines) if line.startswith(f"    {key}:"))
        assert lines[at + 1].startswith(f"      {bound}: ") and "#" in lines[at]
    assert [line for line in proposed if "{}  " not in line and line not in lines] == []


def test_command_is_not_run_when_it_is_bound(
    target: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shutil.which("touch")
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, "touch done", "touch undone", "keep") is Exit.HELD
    assert not (tmp_path / "done").exists() and not (tmp_path / "undone").exists()


def test_every_source_of_alerts_is_offered() -> None:
    assert ask_signal.join_choices(list(SOURCES)) == "prometheus, alertmanager or grafana"
