"""`gameday action-items export`: one issue for each item, its link in the review, its state read back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.drill_factory import DRILL, facilitated
from support.review_files import item, review, stored
from support.tracker_server import PROJECTS, TOKEN, TrackerServer, serve_tracker

from gameday.app.briefing_follow_up import read_open_follow_up
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.events import EarlierItemsEvaluated

TODAY = date.today()  # noqa: DTZ011 - as people write due dates
PROJECT = "gameday: 1\nenvironments: {}\n"
EXPORT = ["action-items", "export"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.setenv("TRACKER_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    stored(tmp_path, facilitated())
    return tmp_path


@pytest.fixture(params=sorted(PROJECTS))
def tracker(request: pytest.FixtureRequest, place: Path) -> Iterator[TrackerServer]:
    with serve_tracker(request.param) as server:
        use(place, server)
        yield server


def use(place: Path, server: TrackerServer) -> None:
    (place / "gameday.yaml").write_text(PROJECT + server.settings)


def test_each_open_item_gets_one_issue_and_its_link(
    place: Path, tracker: TrackerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    file = review(place, item("Raise the limit", TODAY), item("Write a runbook", TODAY, "x"),
                  item("Alert on it; soon", TODAY + timedelta(days=1)))  # fmt: skip
    before = file.read_text()
    assert run_command(EXPORT) is Exit.HELD, capsys.readouterr()
    assert len(tracker.issues) == 2
    lines = file.read_text().splitlines()
    raised = next(line for line in lines if "Raise the limit" in line)
    assert f"]({tracker.page(1)})); type: prevent; team: payments" in raised
    assert "Alert on it; soon ([" in file.read_text() and f"({tracker.page(2)}))" in file.read_text()
    assert len(lines) == len(before.splitlines()) and "Write a runbook;" in file.read_text()
    text = str(tracker.issues[1])
    assert all(part in text for part in ("Raise the limit", "payments", DRILL, "the load test passes", "gameday"))
    written = file.read_text()
    assert run_command(EXPORT) is Exit.HELD
    assert len(tracker.issues) == 2 and file.read_text() == written, "a second export creates nothing"
    assert "nothing to export" in capsys.readouterr().out


def test_a_closed_issue_is_done_in_the_list_at_once_and_in_the_review_by_the_next_export(
    place: Path, tracker: TrackerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    file = review(place, item("Raise the limit", TODAY), item("Alert on it", TODAY))
    assert run_command(EXPORT) is Exit.HELD
    tracker.closed.add(1)
    capsys.readouterr()
    before = file.read_text()
    assert run_command(["action-items", "list"]) is Exit.HELD
    out = capsys.readouterr().out
    assert "Alert on it" in out and "Raise the limit" not in out and tracker.page(2) in out
    assert file.read_text() == before, "listing changes no file"
    assert read_open_follow_up("staging", "dependency-latency").earlier == EarlierItemsEvaluated("kept", DRILL, 1, 2)
    assert run_command(["action-items", "list", "--offline"]) is Exit.HELD
    assert "Raise the limit" in capsys.readouterr().out
    assert run_command(EXPORT) is Exit.HELD
    assert "- [x] Raise the limit ([" in file.read_text() and "- [ ] Alert on it" in file.read_text()
    assert "done     Raise the limit" in capsys.readouterr().out


def test_an_export_that_was_interrupted_creates_no_issue_twice(
    place: Path, tracker: TrackerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    file = review(place, item("Raise the limit", TODAY))
    tracker.loses = True
    assert run_command(EXPORT) is Exit.FAILED
    assert len(tracker.issues) == 1 and tracker.url not in file.read_text()
    tracker.loses, tracker.is_data_center = False, True
    assert run_command(EXPORT) is Exit.HELD
    assert len(tracker.issues) == 1 and f"({tracker.page(1)}))" in file.read_text()
    assert "linked " in capsys.readouterr().out


@pytest.mark.parametrize("status", [401, 500])
def test_a_tracker_that_refuses_is_named_without_its_secret(
    place: Path, tracker: TrackerServer, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    linked = item("Raise the limit", TODAY).replace("limit;", f"limit ([it]({tracker.page(7)}));")
    file = review(place, linked, item("Alert on it", TODAY))
    before, tracker.fails = file.read_text(), status
    assert run_command(EXPORT) is Exit.FAILED
    shown = capsys.readouterr()
    assert f"HTTP {status}" in shown.err and TOKEN not in shown.out + shown.err
    assert file.read_text() == before
    assert run_command(["action-items", "due"]) is Exit.NOT_HELD, "the reviews still count"
    shown = capsys.readouterr()
    assert "could not be asked" in shown.err and "Raise the limit" in shown.out and TOKEN not in shown.err
    follow_up = read_open_follow_up("staging", "dependency-latency")
    assert len(follow_up.items) == 2, "a drill starts all the same"


def test_an_issue_that_was_deleted_or_belongs_to_another_project_leaves_the_item_open(
    place: Path, tracker: TrackerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    other = item("Alert on it", TODAY).replace("it;", "it ([it](https://tracker.example/other/x/issues/1));")
    review(place, item("Raise the limit", TODAY).replace("limit;", f"limit ([it]({tracker.page(9)}));"), other)
    assert run_command(["action-items", "list"]) is Exit.HELD
    out = capsys.readouterr().out
    assert "Raise the limit" in out and "Alert on it" in out
    assert len(tracker.requests) == 1, "only the issues of the team's own project are asked for"


def test_a_dry_run_sends_and_changes_nothing(
    place: Path, tracker: TrackerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    file = review(place, item("Raise the limit", TODAY))
    before = file.read_text()
    assert run_command([*EXPORT, "--dry-run"]) is Exit.HELD
    assert "new      Raise the limit" in capsys.readouterr().out
    assert not tracker.requests and file.read_text() == before


def test_a_table_and_windows_line_ends_are_edited_in_place(place: Path) -> None:
    head = "| Action, verb first | Type | Owner team | Due | Done when |\r\n| --- | --- | --- | --- | --- |\r\n"
    row = f"| Raise the \\| limit | prevent | payments | {TODAY} | it passes |\r\n"
    with serve_tracker("github") as tracker:
        use(place, tracker)
        file = review(place)
        file.write_bytes(file.read_bytes() + (head + row).encode())
        assert run_command(EXPORT) is Exit.HELD
        link = f" ([octocat/Hello-World#1]({tracker.page(1)}))"
        assert row.replace("limit |", f"limit{link} |").encode() in file.read_bytes()
        tracker.closed.add(1)
        assert run_command(EXPORT) is Exit.HELD
        assert f"| [x] Raise the \\| limit{link} | prevent".encode() in file.read_bytes()


def test_without_a_tracker_or_its_token_nothing_happens(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review(place, item("Raise the limit", TODAY))
    assert run_command(EXPORT) is Exit.BAD_INPUT
    assert "names no tracker" in capsys.readouterr().err
    with serve_tracker("gitlab") as tracker:
        use(place, tracker)
        monkeypatch.delenv("TRACKER_TOKEN")
        assert run_command(["check", "gameday.yaml"]) is Exit.HELD, "a drill needs no token of the tracker"
        assert run_command(EXPORT) is Exit.FAILED
        assert "TRACKER_TOKEN" in capsys.readouterr().err and not tracker.requests


@pytest.mark.parametrize(
    ("tracker", "wrong"),
    [
        ("kind: jira, project: SHOP", "missing key 'url'"),
        ("kind: github, project: shop", "'shop' is no project of github"),
        ("kind: trello, project: shop", "trello"),
        ("kind: github, project: shop/api, bearer: s3cret", "bearer holds a secret in the file"),
        ("kind: github, project: shop/api, token: '${X}'", "unknown key 'token'"),
        ("kind: gitlab, project: shop/api, url: 'https://me:pw@gitlab.example'", "the URL contains a user name"),
    ],
)
def test_a_wrong_tracker_is_a_problem_with_its_line(
    place: Path, tracker: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "gameday.yaml").write_text(f"{PROJECT}follow_up:\n  tracker: {{{tracker}}}\n")
    assert run_command(["check", "gameday.yaml"]) is Exit.BAD_INPUT
    shown = capsys.readouterr()
    assert "gameday.yaml:4:" in shown.out + shown.err and wrong in shown.out + shown.err
