"""`gameday action-items` and `gameday review due`, on the reviews of a project."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from support.drill_factory import DRILL, facilitated, rehearsal
from support.review_files import item, review, stored

from gameday.cli.follow_up_documents import ActionItemDocument, DueReviewDocument
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.model import Json

NOW: dict[str, Json] = {"review": 0.0}
"""A charter by which a review is due at the end of the drill."""
TODAY = date.today()  # noqa: DTZ011 - as people write due dates


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_list_shows_open_items_and_with_an_option_those_that_are_done(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(place, facilitated())
    later = TODAY + timedelta(days=9)
    late = TODAY - timedelta(days=2)
    review(place, item("Write a runbook", later), item("Raise the limit", late), item("Fix the alert", TODAY, "x"))
    assert run_command(["action-items", "list"]) is Exit.HELD
    out = capsys.readouterr().out
    assert out.index("Raise the limit") < out.index("Write a runbook") and "2 days overdue" in out
    assert "Fix the alert" not in out and f"{DRILL}, db-slowdown; done when: the load test passes" in out
    assert run_command(["action-items", "list", "--done", "--format", "json"]) is Exit.HELD
    items = msgspec.json.decode(capsys.readouterr().out, type=list[ActionItemDocument])
    assert [(each.text, each.state, each.days_overdue) for each in items] == [
        ("Raise the limit", "open", 2), ("Fix the alert", "done", 0), ("Write a runbook", "open", 0),
    ]  # fmt: skip
    assert items[0].scenario_type == "dependency-latency" and items[0].line == 17


def test_due_ends_with_1_only_if_an_open_item_is_due(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place, facilitated())
    review(place, item("Write a runbook", TODAY + timedelta(days=1)), item("Fix the alert", TODAY, "x"))
    assert run_command(["action-items", "due"]) is Exit.HELD
    assert capsys.readouterr().out == "no action item is due\n"
    review(place, item("Write a runbook", TODAY))
    assert run_command(["action-items", "due"]) is Exit.NOT_HELD
    assert "Write a runbook" in capsys.readouterr().out


def test_an_unreadable_item_is_named_and_the_others_are_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place, facilitated())
    file = review(place, item("Raise the limit", TODAY), "- [ ] Do it")
    for command in ("list", "due"):
        assert run_command(["action-items", command]) is Exit.BAD_INPUT
        shown = capsys.readouterr()
        assert "Raise the limit" in shown.out and f"{file}:17:3: the action item has no type" in shown.err
    assert run_command(["action-items", "list", "--format", "json"]) is Exit.BAD_INPUT
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_only_reviews_of_this_project_count_unless_a_folder_is_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review(place, item("Raise the limit", TODAY))
    (place / "reviews" / "notes.md").write_text("# No review\n\n## Action items\n\n- [ ] Do it\n")
    assert run_command(["action-items", "list"]) is Exit.HELD
    assert capsys.readouterr().out == "no open action item\n"
    assert not (place / "gameday.db").exists(), "reading creates no store"
    assert run_command(["action-items", "list", "--reviews", "reviews"]) is Exit.HELD
    assert "Raise the limit" in capsys.readouterr().out
    assert run_command(["action-items", "list", "--reviews", "missing"]) is Exit.BAD_INPUT


def test_a_review_is_due_until_its_status_says_that_it_is_finished(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["review", "due"]) is Exit.HELD
    stored(place, facilitated().changed("planned", charter=NOW))
    capsys.readouterr()
    assert run_command(["review", "due"]) is Exit.NOT_HELD
    assert "not drafted" in capsys.readouterr().out
    for status in ("Draft", "In review"):
        file = review(place, status=status)
        assert run_command(["review", "due", "--format", "json"]) is Exit.NOT_HELD
        [due] = msgspec.json.decode(capsys.readouterr().out, type=list[DueReviewDocument])
        assert (due.drill, due.status, due.file) == (DRILL, status.casefold(), str(file))
    for status in ("Reviewed", "closed"):
        review(place, status=status)
        assert run_command(["review", "due"]) is Exit.HELD
        assert "no review is due" in capsys.readouterr().out


def test_before_the_charters_time_and_for_a_rehearsal_no_review_is_due(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(place, facilitated())
    stored(place, rehearsal().changed("planned", charter=NOW), "gd-0002", "rehearsal")
    assert run_command(["review", "due"]) is Exit.HELD
    assert run_command(["review", "due", "--rehearsals"]) is Exit.NOT_HELD
    assert "gd-0002" in capsys.readouterr().out


def test_an_unknown_status_is_a_problem_with_its_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place, facilitated())
    file = review(place, status="finished")
    assert run_command(["action-items", "list"]) is Exit.BAD_INPUT
    assert f"{file}:8:1: unknown status 'finished' (one of: Draft, In review, Reviewed, Closed)" in (
        capsys.readouterr().err
    )
