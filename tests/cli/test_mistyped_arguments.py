"""A mistyped name or number ends with exit code 2 and what was expected; a request that must wait ends with 3."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gameday.cli.main import run_command
from gameday.demo.demo_record import Demo
from gameday.drill.control.drill_registry import RunningDrill, register, socket_path
from gameday.drill.control.socket_server import SocketServer
from gameday.errors import Exit
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

ANSWER: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # a socket's path must be short
        monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        monkeypatch.setenv("GAMEDAY_DEMO", str(tmp_path / "demo"))
        monkeypatch.chdir(tmp_path)
        yield


@pytest.fixture
def running(folders: None) -> Iterator[None]:
    """Register a drill that gives ANSWER to every request."""
    register(RunningDrill("gd-0001", "demo", DataFolder(Path("store"))))
    with closing(SocketServer(socket_path("gd-0001"), lambda _: ANSWER)):
        yield


@pytest.mark.parametrize(("invalid", "code"), [(True, Exit.BAD_INPUT), (False, Exit.REFUSED)])
@pytest.mark.parametrize(
    "words", [["act", "nope"], ["retract", "3"], ["facilitate", "send", "99"], ["facilitate", "adjust", "99s"]]
)
def test_exit_code_tells_an_invalid_request_from_one_that_must_wait(
    words: list[str], invalid: bool, code: Exit, running: None, capsys: pytest.CaptureFixture[str]
) -> None:
    ANSWER.update({"accepted": False, "reason": "no message 99", "remedy": "1 to 8.", "invalid": invalid})
    assert run_command(words) is code
    assert capsys.readouterr().err == "gameday: no message 99\n  1 to 8.\n"


@pytest.mark.parametrize("words", [["note", "x", "--drill", "gd-nope"], ["attach", "--drill", "gd-nope"]])
def test_drill_that_nobody_recorded_is_a_bad_argument(
    words: list[str], running: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(words) is Exit.BAD_INPUT
    assert capsys.readouterr().err == "gameday: drill gd-nope not found\n  Running: gd-0001 in demo\n"


def test_drill_that_has_ended_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_store()) as store:
        store.begin("gd-0002", "demo", "rehearsal", "", current_process())
    assert run_command(["note", "x", "--drill", "gd-0002"]) is Exit.REFUSED
    assert "It has ended: gameday show gd-0002" in capsys.readouterr().err


def test_record_of_a_finished_drill_that_does_not_exist_is_a_bad_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_store()) as store:
        store.begin("gd-0002", "demo", "rehearsal", "", current_process())
    assert run_command(["retract", "3"]) is Exit.BAD_INPUT
    assert "gd-0002: record 3 cannot be retracted" in capsys.readouterr().err
    assert run_command(["retract"]) is Exit.HELD
    assert capsys.readouterr().out == "There are no records to retract.\n"
    assert run_command(["retract", "abc"]) is Exit.BAD_INPUT
    assert "'abc' is not a whole number of at least 1." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "noun", "suggestion"),
    [
        (["claim", "icc"], "role", "Did you mean 'ic'? Roles: facilitator, ic, mentor"),
        (["handover", "opps"], "role", "Did you mean 'ops'? Roles: "),
        (["note", "x", "--role", "icc"], "role", "Did you mean 'ic'? Roles: "),
        (["schema", "scenrio"], "schema", "Did you mean 'scenario'? Schemas: "),
        (["completion", "fsh"], "shell", "Did you mean 'fish'? Shells: "),
    ],
)
def test_list_of_words_is_printed_once_with_a_suggestion(
    words: list[str], noun: str, suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(words) is Exit.BAD_INPUT
    error = capsys.readouterr().err
    assert f"is not a {noun}. {suggestion}" in error
    assert error.count("facilitator") <= 1 and error.count("bash") <= 1 and error.count("roster") <= 1


def test_mistyped_switch_of_the_demo_gets_a_suggestion(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gameday.demo.demo_record.load", lambda _: Demo(Path(), "", shop_url="http://shop"))
    monkeypatch.setattr("gameday.demo.http_json.request_json", lambda url: {"recommendations": {}, "pay-later": {}})
    assert run_command(["demo", "switch", "recomendations", "on"]) is Exit.BAD_INPUT
    assert capsys.readouterr().err == (
        "gameday: the shop has no switch recomendations\n"
        "  Did you mean 'recommendations'? Switches: recommendations, pay-later.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["proxy", "serve", "--port=99999"], "'99999' is not a whole number from 0 to 65535."),
        (["proxy", "serve", "--port=x"], "'x' is not a whole number from 0 to 65535."),
        (["proxy", "serve", "--seed", "x"], "'x' is not a whole number."),
        (["schedule", "next", "-n", "0"], "'0' is not a whole number from 1 to 1000."),
        (["replay", "--speed", "0"], "'0' is not a number from 0.1 to 1000."),
        (["proxy", "toxic", "add", "db", "-tox", "3"], "'3' is not a number from 0 to 1."),
        (["facilitate", "send", "0"], "'0' is not a whole number of at least 1."),
        (["run", "--seed", "-1"], "'-1' is not a whole number from 0 to 2147483647."),
    ],
)
def test_a_number_out_of_range_is_named_with_the_range(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(words) is Exit.BAD_INPUT
    assert f": {said}\n" in capsys.readouterr().err
