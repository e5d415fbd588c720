"""`gameday new`: six questions, each answer checked at once; existing files are never changed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.errors import BadArguments, Exit
from gameday.files.scenario import read_scenario

ALL = ["checkout", "database", "latency", "400ms", "journey-p95", "at most 3s", "shed-optional-work", "30m"]
GAMEDAY = """\
gameday: 1
default_env: staging
environments:
  staging:
    kinds: [outage]
    terms: {journey: booking}
    targets: {store: {injector: toxiproxy, url: "http://127.0.0.1:8474", proxy: store}}
    signals: {booked: {kind: ratio, probe: process, run: ["true"]}}
"""


@pytest.fixture(autouse=True)
def in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)


class Person(io.StringIO):
    """Somebody at a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def answered(monkeypatch: pytest.MonkeyPatch, answers: list[str], *words: str) -> Exit:
    monkeypatch.setattr("sys.stdin", Person("".join(f"{one}\n" for one in answers)))
    return run_command(["new", *words])


def test_every_answer_is_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["booking", "store", "reset", "2s", "booked", "at least 95%", "cache-on", "20m"]
    assert answered(monkeypatch, given, "own.yaml") is Exit.HELD
    capsys.readouterr()
    assert run_command(["check", "own.yaml"]) is Exit.HELD
    scenario = read_scenario(tmp_path / "own.yaml")
    assert scenario.requires.terms == {"journey": "booking"} and list(scenario.requires.targets) == ["store"]
    assert (scenario.faults[0].kind, dict(scenario.faults[0].params)) == ("reset", {"after": "2s"})
    assert str(scenario.expect[0]) == "booked at least 95%" and scenario.requires.signals["booked"].kind == "ratio"
    assert scenario.mitigations == ("cache-on",) and scenario.timebox == 1200


def test_defaults_make_a_scenario_that_fits_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, [""] * 8) is Exit.HELD
    said = capsys.readouterr().out
    assert "Wrote database-latency.yaml: no problems." in said
    assert "TIMELINE" in said and "runs shed-optional-work." in said
    assert said.splitlines()[-3:] == [
        "next: gameday check --story database-latency.yaml",
        "      gameday plan database-latency.yaml --env demo",
        "      gameday run database-latency.yaml --env demo --rehearse",
    ]
    assert run_command(["check", "database-latency.yaml", "--env", "demo"]) is Exit.HELD


@pytest.mark.parametrize(("number", "wrong", "said"), [
    (0, "x" * 61, "the journey must be at most 60 printable characters"),
    (0, "a\x07b", "the journey must be at most 60 printable characters"),
    (1, "my db", "invalid name 'my db': use letters, digits, -, _ and ., such as database"),
    (2, "latancy", "unknown fault 'latancy': did you mean 'latency'?"),
    (3, "soon", "'soon' is not a duration: write numbers with h, m, s or ms, as in 400ms, 2m or 1h30m"),
    (4, "journey-slow", "'journey-slow' is an alert: name the signal that it watches"),
    (4, "p 95", "invalid name \'p 95\'"),
    (5, "97%", "invalid expectation '97%': write at most, at least, above or below"),
    (5, "at most 97%", "97% does not fit 'journey-p95', which is a duration (write a time such as 400ms, or 3x"),
    (5, "at most soon", "'soon' is not a limit"),
    (6, "switch it off", "invalid name \'switch it off\'"),
    (7, "5m", "the timebox of a first drill must be between 10 min and 4 h, such as 30m"),
    (7, "half an hour", "'half an hour' is not a duration"),
])  # fmt: skip
def test_wrong_answer_is_explained_and_asked_again(
    number: int, wrong: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*ALL[:number], wrong, *ALL[number:]]
    assert answered(monkeypatch, given, "own.yaml") is Exit.HELD
    out = capsys.readouterr().out
    assert said in " ".join(out.split())
    assert Path("own.yaml").read_text(encoding="utf-8") == expected(monkeypatch)


def expected(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the file that the valid answers alone would have written."""
    assert answered(monkeypatch, ALL, "right.yaml") is Exit.HELD
    return Path("right.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("count", range(8))
def test_input_that_ends_too_early_writes_nothing(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n" * count))
    assert run_command(["new"]) is Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert f"question {[1, 1, 2, 2, 3, 4, 5, 6][count]} of 6: the input ended: " in said
    assert "yes '' | gameday new PATH" in said
    assert list(tmp_path.iterdir()) == []


def test_empty_lines_on_stdin_take_the_defaults(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gameday", "new", "own.yaml"]
    done = subprocess.run(command, cwd=tmp_path, input="\n" * 8, capture_output=True, text=True, check=True)
    assert "What do your users do? Name of the journey [checkout]: checkout" in done.stdout
    done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "already exists" in done.stderr


def test_endless_wrong_answers_end_the_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, ["not a name"] * 1000) is Exit.BAD_INPUT
    assert "10 invalid answers: Which target" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_answer_that_is_not_utf8_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), encoding="utf-8"))
    assert run_command(["new"]) is Exit.BAD_INPUT
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", range(8))
def test_ctrl_c_leaves_no_file(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[str] = iter([""] * count)

    def typed(_prompt: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", typed)
    assert run_command(["new", "own.yaml"]) is Exit.HALTED
    assert list(tmp_path.iterdir()) == []


def test_existing_file_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text("mine\n")
    (tmp_path / "own-2.yaml").write_text("mine too\n")
    assert answered(monkeypatch, ALL, "own.yaml") is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "own.yaml already exists" in said.err and "Use another name: gameday new own-3.yaml" in said.err
    assert "1/6" not in said.out and (tmp_path / "own.yaml").read_text() == "mine\n"


def test_unused_name_is_chosen_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "database-latency.yaml").write_text("mine\n")
    assert answered(monkeypatch, ALL) is Exit.HELD
    assert (tmp_path / "database-latency.yaml").read_text() == "mine\n"
    assert read_scenario(tmp_path / "database-latency-2.yaml").id == "database-latency"


def test_file_created_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(ALL)

    def typed(_prompt: str) -> str:
        (tmp_path / "own.yaml").write_text("theirs\n")
        return next(answers)

    monkeypatch.setattr("builtins.input", typed)
    assert run_command(["new", "own.yaml"]) is Exit.BAD_INPUT
    assert (tmp_path / "own.yaml").read_text() == "theirs\n"


@pytest.mark.parametrize("path", ["nowhere/own.yaml", ".", "x" * 300, "a\x00b"])
def test_path_that_cannot_be_written_is_refused(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, ALL, path) is Exit.BAD_INPUT
    assert "1/6" not in capsys.readouterr().out


def test_full_disk_leaves_no_partial_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gameday.cli import new

    class Full(io.StringIO):
        @override
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    def opened(path: Path, *_: object, **__: object) -> Full:
        path.touch()
        return Full()

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(BadArguments, match="No space left"):
        new._write(tmp_path / "own.yaml", "text")
    assert list(tmp_path.iterdir()) == []


def test_names_of_the_default_environment_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gameday.yaml").write_text(GAMEDAY)
    assert answered(monkeypatch, [""] * 8) is Exit.HELD
    said = capsys.readouterr().out
    for ready in ("[booking]", "[store]", "[outage]", "[refused]", "[booked]", "[at least 97%]", "[none]"):
        assert ready in said
    assert said.splitlines()[-2] == "      gameday plan store-outage.yaml --env staging"
    assert str(read_scenario(tmp_path / "store-outage.yaml").steady_state[0]) == "booked at least 97%"


def test_ascii_terminal_is_asked_too(tmp_path: Path) -> None:
    (tmp_path / "gameday.yaml").write_text(
        GAMEDAY.replace("journey: booking", "journey: Überweisung"), encoding="utf-8"
    )
    command = [sys.executable, "-m", "gameday", "new", "own.yaml"]
    own = {name: value for name, value in os.environ.items() if name != "GAMEDAY_FILE"} | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=own, input="\n" * 8, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[Uberweisung]" in done.stdout
    assert read_scenario(tmp_path / "own.yaml").requires.terms == {"journey": "Überweisung"}


def test_unknown_names_are_reported_and_refused_with_env(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken where no environment was named, and said; refused where one was."""
    (tmp_path / "gameday.yaml").write_text(GAMEDAY)
    other = ["", "stor", "", "", "bookd", "at least 90%", "cache-on", ""]
    assert answered(monkeypatch, other, "own.yaml") is Exit.HELD
    said = capsys.readouterr().out
    assert "environment staging has no target 'stor'" in said
    assert said.count("environment staging has no action 'cache-on'") == 1
    assert "next: gameday env bind own.yaml --env staging\n" in said
    held = ["", "stor", "store", "latency", "outage", "", "bookd", "booked", "", "cache-on", "none", ""]
    assert answered(monkeypatch, held, "strict.yaml", "--env", "staging") is Exit.HELD
    said = " ".join(capsys.readouterr().out.split())
    assert "has no target 'stor': did you mean 'store'?" in said
    assert "has no signal 'bookd': did you mean 'booked'?" in said
    assert "has no action 'cache-on': bind it in gameday.yaml first" in said
    assert "unknown fault 'latency': one of: outage" in said
    assert run_command(["check", "strict.yaml", "--env", "staging"]) is Exit.HELD


def test_names_that_the_demo_lacks_are_listed_for_another_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, ["", "stor", "", "", "bookd", "at least 90%", "cache-on", ""], "own.yaml") is Exit.HELD
    said = capsys.readouterr().out
    assert "environment demo has no target 'stor'" in said and "`gameday init` proposes one" in said
    assert "gameday plan own.yaml --env NAME" in said and "env bind" not in said


def test_environment_without_targets_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = GAMEDAY.split("    targets")[0] + "    targets: {}\n    signals: {}\n"
    (tmp_path / "gameday.yaml").write_text(bare)
    assert answered(monkeypatch, ALL, "--env", "staging") is Exit.BAD_INPUT
    assert "staging has no target and no signal yet" in capsys.readouterr().err
    assert answered(monkeypatch, ALL, "--env", "stagin") is Exit.BAD_INPUT
    assert "Did you mean 'staging'?" in capsys.readouterr().err
