"""`gameday env bind` that fails: the file is unchanged, and the error is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.proxy import Proxied, ours
from support.wizard import HEAD, READS, SCENARIO, TIME, bind, bound_already, folder_as_it_is, only_added, staging

from gameday import atomic_file
from gameday.cli.main import run_command
from gameday.errors import Exit

pytestmark = pytest.mark.usefixtures("late")


def test_proxy_without_traffic_is_reported(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = str(proxied.http.base_url)
    assert bind(monkeypatch, "", "http://127.0.0.1:9", url, "shop", "shop-db", "repeat") is Exit.BAD_INPUT
    said = " ".join(capsys.readouterr().out.split())
    assert "http://127.0.0.1:9" in said and "Proxy 'shop': not found: did you mean 'shop-db'?" in said
    assert "it carries no traffic. A drill would be refused" in said
    assert Path("gameday.yaml").read_text(encoding="utf-8") == HEAD


@pytest.mark.parametrize("count", range(8))
def test_input_that_ends_too_early_changes_nothing(
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
    assert run_command(["env", "bind", "late.yaml"]) is Exit.HALTED
    assert folder_as_it_is(Path()) == before


def test_answers_from_a_pipe_are_echoed(proxied: Proxied) -> None:
    """On an output that knows no umlaut, too."""
    with ours() as other, other.proxied("größe-db") as one, one.pair():
        url = str(other.http.base_url)
        orders = ["process", "sh -c 'echo 1 100'", "keep"]
        lines = "".join(f"{line}\n" for line in ("", url, "", "keep", *TIME, *orders, *READS))
        own = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
        command = [sys.executable, "-m", "gameday", "env", "bind", "late.yaml"]
        done = subprocess.run(command, env=own, input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Proxy [gro?e-db]" in done.stdout, done.stdout
    assert f"Toxiproxy address [http://127.0.0.1:8474]: {url}" in done.stdout
    assert staging().targets["db"].settings["proxy"] == "größe-db" and only_added(HEAD)


def test_answer_that_is_not_utf8_is_refused(proxied: Proxied) -> None:
    own = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "gameday", "env", "bind", "late.yaml"]
    done = subprocess.run(command, env=own, input=b"caf\xe9\n", capture_output=True, check=False)
    assert done.returncode == Exit.BAD_INPUT and b"failed" not in done.stderr
    assert Path("gameday.yaml").read_text(encoding="utf-8") == HEAD


def test_unwritable_folder_prints_the_new_lines(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(bound_already(proxied), encoding="utf-8")
    before = folder_as_it_is(Path())

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(atomic_file, "_write", refused)
    assert bind(monkeypatch, *TIME, *READS) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "cannot write gameday.yaml: Read-only file system" in said.err and "The file is unchanged." in said.err
    assert "Lines to add by hand:" in said.out and '      reads: {do: ["true"], undo: ["true"]}' in said.out
    assert folder_as_it_is(Path()) == before


def test_full_disk_leaves_the_file_unchanged_and_no_temporary_file(
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
    (HEAD + "  - 1\n", "gameday.yaml:7:3: invalid YAML"),
    ("", "gameday.yaml:1:1: "),
])  # fmt: skip
def test_invalid_gameday_yaml_is_reported_before_any_question(
    text: str, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").write_text(text, encoding="utf-8")
    assert bind(monkeypatch, *TIME) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert place in said.err and "1/" not in said.out
    assert Path("gameday.yaml").read_text(encoding="utf-8") == text


def test_invalid_scenario_is_reported_before_any_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("late.yaml").write_text(SCENARIO.replace("latency", "latancy"), encoding="utf-8")
    assert bind(monkeypatch) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "late.yaml:12:27: " in said.err and "did you mean 'latency'?" in said.err and "1/" not in said.out


@pytest.mark.parametrize(("words", "said"), [
    (["late.yaml"], "gameday.yaml: not found here\n  Create one: gameday init --into gameday.yaml"),
    (["nobody.yaml"], "nobody.yaml"),
])  # fmt: skip
def test_missing_file_is_reported(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gameday.yaml").unlink()
    assert run_command(["env", "bind", *words]) is Exit.BAD_INPUT
    assert said in capsys.readouterr().err
    assert not Path("gameday.yaml").exists()


def test_unknown_environment_and_the_demo_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["env", "bind", "late.yaml", "--env", "stagin"]) is Exit.BAD_INPUT
    assert "no environment 'stagin'" in capsys.readouterr().err
    assert run_command(["env", "bind", "late.yaml", "--env", "demo"]) is Exit.BAD_INPUT
    assert "the environment demo is built in" in capsys.readouterr().err
