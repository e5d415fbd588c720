"""`gameday env bind`: it asks for what is lacking alone, tries each answer, and keeps every other byte of the file."""

from __future__ import annotations

import difflib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from proxy_rig import Proxied, ours
from road_rig import PROMETHEUS, Person, folder_as_it_is, listening

from gameday.cli.main import ending
from gameday.errors import Exit
from gameday.files.project import read_project
from gameday.model import Environment

SCENARIO = """\
gameday: 1
id: late
timebox: 10m
needs:
  targets: {db: "what {journey} writes to"}
  signals: {order-time: duration, orders: ratio}
  words: {journey: ordering}
hypothesis: {say: "Orders go on.", holds: [{signal: order-time, at_most: 2s, over: 60s}]}
steady_state: [{signal: order-time, is: good}]
ways_out: [reads]
faults: [{id: slow, kind: latency, target: db, delay: 200ms}]
guardrails: [{signal: orders, below: 50%, for: 30s}]
rehearsal:
  responders: [{after: 10s, of: fault, do: declared}]
"""
HEAD = """\
# ours: nobody's else  \t
gameday:   1
default_env: staging
environments:
  staging:
    charter: {swarm: 5m}     # as we promised
"""
ORDERS = '      orders: {kind: ratio, probe: process, run: [sh, -c, "echo 1 100"]}   # all of them\n'
TIME = ["process", "sh -c 'echo 0.2 12'", "keep", "at_most 500ms"]
READS = ["true", "true", "keep"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GAMEDAY_FILE", "TOXIPROXY_URL", "PROMETHEUS_URL"):
        monkeypatch.delenv(name, raising=False)
    Path("late.yaml").write_text(SCENARIO, encoding="utf-8")
    Path("gameday.yaml").write_text(HEAD, encoding="utf-8")


@pytest.fixture
def proxied() -> Iterator[Proxied]:
    with ours() as server, server.proxied("shop-db") as one:
        yield one


@pytest.fixture
def target(proxied: Proxied) -> Iterator[list[str]]:
    """The answers for it; somebody is connected."""
    with proxied.pair():
        yield [str(proxied.http.base_url), "shop-db", "keep"]


def bound_already(proxied: Proxied) -> str:
    return HEAD + (
        f'    targets:\n      db: {{injector: toxiproxy, url: "{proxied.http.base_url}", proxy: shop-db}}\n'
        f"    signals:\n{ORDERS}"
    )


def bind(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Exit:
    monkeypatch.setattr("sys.stdin", Person(*answers))
    return ending(["env", "bind", "late.yaml"])


def staging() -> Environment:
    return read_project(Path("gameday.yaml")).environments["staging"]


def only_added(before: str) -> bool:
    after = Path("gameday.yaml").read_bytes().decode()
    return not [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] == "-"]


def test_all_is_asked_tried_and_added(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    said = capsys.readouterr().out
    assert "late.yaml lacks 5 things in staging (gameday.yaml)." in said
    assert "1/5   target db: what ordering writes to" in said and "It is there, and carries traffic" in said
    assert "It reads 200 ms, n 12." in said and "It reads 100%, n 100." in said
    assert "It was not tried: that would change something." in said
    assert "next: gameday plan late.yaml --env staging" in said
    assert only_added(HEAD) and ending(["check", "gameday.yaml"]) is Exit.HELD
    assert ending(["check", "late.yaml", "--env", "staging"]) is Exit.HELD
    found = staging()
    assert found.targets["db"].settings["proxy"] == "shop-db" and found.actions["reads"].undo == ("true",)
    assert str(found.signals["order-time"].good) == "order-time at most 500ms"


def test_what_is_there_is_not_asked_for(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bound_already(proxied)
    Path("gameday.yaml").write_text(before, encoding="utf-8")
    assert bind(monkeypatch, *TIME, *READS) is Exit.HELD
    said = capsys.readouterr().out
    assert "lacks 3 things" in said and "signal orders" not in said and "target db" not in said
    assert only_added(before)
    again = Path("gameday.yaml").read_bytes()
    assert bind(monkeypatch) is Exit.HELD
    assert "Nothing that late.yaml needs is lacking in staging." in capsys.readouterr().out
    assert Path("gameday.yaml").read_bytes() == again


@pytest.mark.parametrize(("wrong", "said"), [
    (["sideways"], "'sideways' is none of: http, prometheus, sql, process"),
    (["process", "false", "keep"], "It cannot be read: the command ended with code 1."),
    (["process", "echo much", "again"], "the command did not print a number"),
    (["process", "no-such-program", "again"], "the command cannot be run"),
    (["process", "'open", ""], "a quotation mark is left open"),
    (["process", "", ""], "an answer is needed; - leaves it out"),
    (["http", "http://127.0.0.1:9/none", "", "again"], "It cannot be read: "),
    (["sql", "NO_SUCH_DSN", "select 1", "again"], "the environment variable NO_SUCH_DSN is not set"),
    (["{probe: http}"], "'url' is missing"),
    (["{probe: ["], "no YAML"),
    (["{prob: http}"], "'probe' is missing"),
])  # fmt: skip
def test_an_answer_that_does_not_work_is_refused_with_the_reason(
    wrong: list[str], said: str, proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    bind(monkeypatch, *wrong)  # and then the answers end
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert Path("gameday.yaml").read_text(encoding="utf-8") == bound_already(proxied)


def test_a_wrong_answer_is_asked_again_and_the_right_one_taken(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    wrong = ["process", "false", "again"]
    assert bind(monkeypatch, *wrong, *TIME[:3], "99%", "at_most soon", TIME[3], *READS) is Exit.HELD
    said = " ".join(capsys.readouterr().out.split())
    assert "[false]" in said  # the answer of the time before stands ready
    assert "'99%' does not say what is good" in said and "'soon'" in said
    assert staging().signals["order-time"].settings["run"] == ["sh", "-c", "echo 0.2 12"]


def test_a_proxy_that_carries_no_traffic_is_said_to(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = str(proxied.http.base_url)
    assert bind(monkeypatch, "http://127.0.0.1:9", url, "shop", "shop-db", "again") is Exit.BAD_INPUT
    said = " ".join(capsys.readouterr().out.split())
    assert "http://127.0.0.1:9" in said and "there is no proxy 'shop' there: did you mean 'shop-db'?" in said
    assert "it carries no traffic. A drill would be refused" in said
    assert Path("gameday.yaml").read_text(encoding="utf-8") == HEAD


@pytest.mark.parametrize("count", range(8))
def test_answers_that_end_too_early_change_nothing(
    count: int, proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    before = folder_as_it_is(Path())
    given = [*TIME, *READS][:count]
    ended = bind(monkeypatch, *given)
    if count == len([*TIME, *READS]):
        assert ended is Exit.HELD
        return
    assert ended is Exit.BAD_INPUT and "nothing was written" in capsys.readouterr().err
    assert folder_as_it_is(Path()) == before


@pytest.mark.parametrize("count", range(7))
def test_ctrl_c_changes_nothing(count: int, proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    before = folder_as_it_is(Path())
    given = iter([*TIME, *READS][:count])

    def typed(_prompt: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", typed)
    assert ending(["env", "bind", "late.yaml"]) is Exit.HALTED
    assert folder_as_it_is(Path()) == before


def test_what_is_left_out_is_named_and_the_rest_is_kept(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bound_already(proxied)
    Path("gameday.yaml").write_text(before, encoding="utf-8")
    assert bind(monkeypatch, "-", *READS) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "left out, as the signal was" in said.out
    assert "late.yaml lacks in staging:\n  signal order-time" in said.err
    assert "reads" in staging().actions and "order-time" not in staging().signals and only_added(before)


def test_a_share_of_few_samples_is_asked_about(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = ["process", "echo 1 2", "keep", "none", "2"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    said = " ".join(capsys.readouterr().out.split())
    assert "A share of fewer than 5 is no reading in a drill, and here n is 2." in said
    assert "'none' is no whole number" in said and staging().signals["orders"].min_samples == 2


def test_an_alert_of_this_prometheus(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SCENARIO.replace("orders: ratio}", "orders: ratio, orders-slow: alert}")
    page = 'page: {from: orders-slow, else_after: 3m, of: fault, say: "It is slow."}\n'
    Path("late.yaml").write_text(text + page, encoding="utf-8")
    with listening(PROMETHEUS) as prometheus:
        alert = ["prometheus", prometheus.url, "", "keep"]
        orders = ["process", "sh -c 'echo 1 100'", "keep"]
        assert bind(monkeypatch, *target, *TIME, *orders, *alert, *READS) is Exit.HELD
        assert not [one for one in prometheus.heard if not one.startswith("GET ")]
    said = " ".join(capsys.readouterr().out.split())
    assert "It knows OrdersSlow, DiskFull." in said and "[OrdersSlow]" in said
    assert staging().signals["orders-slow"].settings["alert"] == "OrdersSlow"


def test_without_a_terminal_the_answers_are_lines_and_are_shown(proxied: Proxied) -> None:
    """On an output that knows no umlaut, too."""
    with ours() as other, other.proxied("größe-db") as one, one.pair():
        url = str(other.http.base_url)
        orders = ["process", "sh -c 'echo 1 100'", "keep"]
        lines = "".join(f"{line}\n" for line in (url, "", "keep", *TIME, *orders, *READS))
        own = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
        command = [sys.executable, "-m", "gameday", "env", "bind", "late.yaml"]
        done = subprocess.run(command, env=own, input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Which proxy? [gro?e-db]" in done.stdout, done.stdout
    assert f"Toxiproxy at [http://127.0.0.1:8474]: {url}" in done.stdout
    assert staging().targets["db"].settings["proxy"] == "größe-db" and only_added(HEAD)


def test_bytes_that_are_no_text(proxied: Proxied) -> None:
    own = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "gameday", "env", "bind", "late.yaml"]
    done = subprocess.run(command, env=own, input=b"caf\xe9\n", capture_output=True, check=False)
    assert done.returncode == Exit.BAD_INPUT and b"failed" not in done.stderr
    assert Path("gameday.yaml").read_text(encoding="utf-8") == HEAD


def test_a_folder_that_cannot_be_written_shows_what_was_to_come(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    before = folder_as_it_is(Path())

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    assert bind(monkeypatch, *TIME, *READS) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "gameday.yaml cannot be written: Read-only file system" in said.err and "It is as it was." in said.err
    assert "This was to be added:" in said.out and '      reads: {do: ["true"], undo: ["true"]}' in said.out
    assert folder_as_it_is(Path()) == before


def test_a_disk_that_is_full_leaves_the_file_and_nothing_beside_it(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    before = folder_as_it_is(Path())

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert bind(monkeypatch, *TIME, *READS) is Exit.BAD_INPUT
    assert folder_as_it_is(Path()) == before


@pytest.mark.parametrize(("text", "place"), [
    (HEAD.replace("charter:", "chartr:"), "gameday.yaml:6:5: unknown key 'chartr'"),
    (HEAD + "    targets: {db: {url: x}}\n", "gameday.yaml:7:"),
    (HEAD + "  - 1\n", "gameday.yaml:7:3: no YAML"),
    ("", "gameday.yaml:1:1: "),
])  # fmt: skip
def test_a_broken_file_gets_its_place_and_no_question(
    text: str, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(text, encoding="utf-8")
    assert bind(monkeypatch, *TIME) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert place in said.err and "1/" not in said.out
    assert Path("gameday.yaml").read_text(encoding="utf-8") == text


def test_a_broken_scenario_gets_its_place_and_no_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("late.yaml").write_text(SCENARIO.replace("latency", "latancy"), encoding="utf-8")
    assert bind(monkeypatch) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "late.yaml:11:27: " in said.err and "did you mean 'latency'?" in said.err and "1/" not in said.out


@pytest.mark.parametrize(("words", "said"), [
    (["late.yaml"], "no gameday.yaml is here\n  Have one proposed: gameday init --into gameday.yaml"),
    (["nobody.yaml"], "nobody.yaml"),
])  # fmt: skip
def test_a_file_that_is_not_there(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").unlink()
    assert ending(["env", "bind", *words]) is Exit.BAD_INPUT
    assert said in capsys.readouterr().err
    assert not Path("gameday.yaml").exists()


def test_an_environment_that_is_not_there_or_is_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(["env", "bind", "late.yaml", "--env", "stagin"]) is Exit.BAD_INPUT
    assert "no environment 'stagin'" in capsys.readouterr().err
    assert ending(["env", "bind", "late.yaml", "--env", "demo"]) is Exit.BAD_INPUT
    assert "the environment demo is built in" in capsys.readouterr().err


def test_the_proposal_of_init_is_filled_under_its_own_keys(
    target: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is bound comes under the key that is there, and the examples of that key stay below it."""
    Path("gameday.yaml").unlink()
    with socket.socket() as nobody:  # bound and not listening
        nobody.bind(("127.0.0.1", 0))
        for name in ("TOXIPROXY_URL", "PROMETHEUS_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert ending(["init", "--into", "gameday.yaml"]) is Exit.HELD
    proposed = Path("gameday.yaml").read_text(encoding="utf-8").splitlines()
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, *READS) is Exit.HELD
    lines = Path("gameday.yaml").read_text(encoding="utf-8").splitlines()
    for key, bound in (("targets", "db"), ("signals", "order-time"), ("actions", "reads")):
        at = next(index for index, line in enumerate(lines) if line.startswith(f"    {key}:"))
        assert lines[at + 1].startswith(f"      {bound}: ") and "#" in lines[at]
    assert [line for line in proposed if "{}  " not in line and line not in lines] == []


def test_a_command_is_not_run_when_it_is_bound(
    target: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shutil.which("touch")
    orders = ["process", "sh -c 'echo 1 100'", "keep"]
    assert bind(monkeypatch, *target, *TIME, *orders, "touch done", "touch undone", "keep") is Exit.HELD
    assert not (tmp_path / "done").exists() and not (tmp_path / "undone").exists()
