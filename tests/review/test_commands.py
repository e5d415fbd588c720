"""`log`, `show` and `review` as commands, on a store that holds a drill."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from support.drill_factory import DRILL, rehearsal

from gameday.cli.json_documents import LogDocument
from gameday.cli.main import run_command
from gameday.drill.control.facilitator_token import digest_token
from gameday.errors import Exit
from gameday.events import NewEvent
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder


def stored(folder: Path, *leave_out: str) -> None:
    store = open_store(DataFolder(folder))
    made = rehearsal().without(*leave_out)
    epoch = store.begin(DRILL, "staging", "rehearsal", digest_token("sesame"), current_process())
    store.append(DRILL, [NewEvent(e.body, e.happened, e.source, e.role) for e in made.events], epoch)
    store.put_readings(DRILL, 1, made.readings)
    store.close()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.delenv("GAMEDAY_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_show_log_and_review_work_after_the_end(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place)
    assert run_command(["show", "--format", "json"]) is Exit.HELD
    assert json.loads(capsys.readouterr().out)["held"] == "held"
    assert run_command(["show", DRILL]) is Exit.HELD
    assert "journey-slow fired" in capsys.readouterr().out
    assert run_command(["log", DRILL, "--format", "json"]) is Exit.HELD
    lines = [msgspec.json.decode(line, type=LogDocument) for line in capsys.readouterr().out.splitlines()]
    assert [line.seq for line in lines][:3] == [1, 2, 3]
    assert run_command(["review", "--into", "out"]) is Exit.HELD
    assert run_command(["review"]) is Exit.HELD
    assert (place / "reviews" / f"{DRILL}.md").exists()
    assert (place / "out" / f"{DRILL}.md").exists() and (place / "out" / f"{DRILL}.html").exists()


@pytest.mark.parametrize("command", ["log", "show", "review"])
def test_before_the_end_only_the_facilitator_gets_an_answer(
    place: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(place, "end")
    assert run_command([command]) is Exit.REFUSED
    said = capsys.readouterr()
    assert "latency" not in said.out + said.err and "database" not in said.out + said.err
    monkeypatch.setenv("GAMEDAY_TOKEN", "wrong")
    assert run_command([command]) is Exit.REFUSED
    monkeypatch.setenv("GAMEDAY_TOKEN", "sesame")
    assert run_command([command]) is Exit.HELD


@pytest.mark.parametrize("command", ["log", "show", "review"])
def test_unknown_drill_is_a_bad_argument(place: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([command]) is Exit.BAD_INPUT
    assert "no drill is recorded yet" in capsys.readouterr().err
    stored(place)
    assert run_command([command, "gd-7f3b"]) is Exit.BAD_INPUT
    assert f"Did you mean {DRILL}?" in capsys.readouterr().err


def test_review_alone_is_short_for_draft_and_both_take_the_same(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(place)
    for words in (["review", DRILL], ["review"], ["review", "draft", DRILL], ["review", "--light"]):
        assert run_command(words) is Exit.HELD
        said = f"review  {place}/reviews/{DRILL}.md\npage    {place}/reviews/{DRILL}.html\n"
        assert capsys.readouterr().out == said
    assert run_command(["review", "--into", "else"]) is Exit.HELD and (place / "else" / f"{DRILL}.md").exists()
    assert run_command(["review", "--help"]) is Exit.HELD
    assert "draft" in capsys.readouterr().out
    assert run_command(["review", "--nonsense"]) is Exit.BAD_INPUT


def test_the_page_is_rendered_from_the_completed_markdown(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place)
    assert run_command(["review", "page"]) is Exit.BAD_INPUT
    assert f"Draft it: gameday review draft {DRILL}" in capsys.readouterr().err
    assert run_command(["review"]) is Exit.HELD
    path = place / "reviews" / f"{DRILL}.md"
    path.write_text(path.read_text("utf-8") + "\n## Follow-up\n\nRaise the pool limit.\n", "utf-8")
    capsys.readouterr()
    assert run_command(["review", "page", DRILL]) is Exit.HELD
    assert capsys.readouterr().out == f"page    {path.with_suffix('.html')}\n"
    assert "<p>Raise the pool limit.</p>" in path.with_suffix(".html").read_text("utf-8")


def test_second_draft_reports_what_changed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place)
    assert run_command(["review"]) is Exit.HELD
    path = place / "reviews" / f"{DRILL}.md"
    path.write_text(path.read_text("utf-8").replace("No alert fired", "x").replace("fired 11 s", "fired late"), "utf-8")
    capsys.readouterr()
    assert run_command(["review", "--full"]) is Exit.HELD
    said = capsys.readouterr().out
    assert "added   Prime directive, Hypothesis, Impact" in said
    assert "kept    Detection: edited by hand" in said
    assert "fired late" in path.read_text("utf-8")
    assert '<h2 id="prime-directive">Prime directive</h2>' in path.with_suffix(".html").read_text("utf-8")
    path.write_text("ours alone", "utf-8")
    assert run_command(["review"]) is Exit.HELD
    assert "gd:draft` at the top is missing" in capsys.readouterr().out
    assert path.read_text("utf-8") == "ours alone"


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["review"], "--into"), (["review", "page"], "--into"), (["debrief"], "--reviews"), (["attach"], "--reviews"),
        (["run", "db-slowdown.yaml", "--rehearse"], "--reviews"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("folder", ["file", "file/reviews"])
def test_folder_that_cannot_be_written_is_bad_input_before_anything_happens(
    place: Path, command: list[str], option: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(place)
    (place / "file").write_text("not a folder")
    before = sorted(place.rglob("*"))
    assert run_command([*command, option, folder]) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert said.out == "" and f"cannot write the review to {folder}" in said.err
    assert f"Name another folder with {option}." in said.err
    assert sorted(place.rglob("*")) == before


def test_name_of_neither_a_drill_nor_a_scenario_says_where_both_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["show", "nothere"]) is Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert "nothere: no such drill or scenario" in said
    assert "gameday show --all" in said and "gameday list" in said


@pytest.mark.parametrize("command", ["log", "replay", "review", "debrief"])
def test_drill_that_is_not_recorded_is_not_found(place: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place)
    assert run_command([command, "nothere"]) is Exit.BAD_INPUT
    assert f"drill nothere not found\n  The latest is {DRILL}." in capsys.readouterr().err
