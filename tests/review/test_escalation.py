"""What is long overdue reaches the channels of its environment, with its team and without a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.chat_server import Chat, Reply, serve_chat
from support.drill_factory import facilitated
from support.review_files import item, review, stored

from gameday.app.escalation import MAX_NAMED, escalate_in, escalation_text, find_escalated
from gameday.app.follow_up import list_items, load_reviews
from gameday.cli.main import run_command
from gameday.errors import Exit

TODAY = date.today()  # noqa: DTZ011 - as people write due dates
LATE = TODAY - timedelta(days=29)
PROJECT = """\
gameday: 1
environments:
  staging:
    channels:
      team-chat: {{channel: webhook, url: "{url}"}}
      pages-only: {{channel: webhook, url: "{url}", sends: [pages]}}
  quiet: {{}}
"""


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for drill in ("gd-0001", "gd-0002"):
        stored(tmp_path, facilitated(), drill)
    with serve_chat() as chat:
        (tmp_path / "gameday.yaml").write_text(PROJECT.format(url=chat.url))
        yield chat


def test_due_notifies_of_what_is_overdue_by_more_than_two_sprints(
    chat: Chat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review(tmp_path, item("Raise the limit", LATE), item("Alert on it", LATE + timedelta(days=1)), drill="gd-0001")
    review(tmp_path, item("Be quiet", LATE), drill="gd-0002", environment="quiet")
    assert run_command(["action-items", "due"]) is Exit.NOT_HELD
    assert not chat.texts
    assert run_command(["action-items", "due", "--notify"]) is Exit.NOT_HELD
    assert "message to staging/team-chat: sent" in capsys.readouterr().err
    [text] = chat.texts
    assert text.startswith("[DRILL]") and "1 action item is long overdue: Raise the limit (payments, 29 days)" in text


def test_the_days_are_the_teams_own(chat: Chat, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(tmp_path, item("Raise the limit", LATE), drill="gd-0001")
    file = tmp_path / "gameday.yaml"
    file.write_text(file.read_text() + "follow_up: {escalate_after_days: 29}\n")
    assert run_command(["action-items", "due", "--notify"]) is Exit.NOT_HELD
    assert not chat.texts and "no message was sent" in capsys.readouterr().err


def test_a_schedule_sends_it_for_its_environment_and_survives_a_chat_that_is_down(chat: Chat, tmp_path: Path) -> None:
    review(tmp_path, item("Raise the limit", LATE), drill="gd-0001")
    review(tmp_path, item("Be quiet", LATE), drill="gd-0002", environment="quiet")
    assert escalate_in("staging", TODAY) == ["Overdue action items to staging/team-chat: sent"]
    assert len(chat.texts) == 1 and "Be quiet" not in chat.texts[0]
    assert not escalate_in("quiet", TODAY) and not escalate_in("unheard-of", TODAY)
    chat.replies.append(Reply(500, "down"))
    [line] = escalate_in("staging", TODAY)
    assert "HTTP 500" in line
    (tmp_path / "gameday.yaml").write_text("no yaml: [")
    assert not escalate_in("staging", TODAY)


def test_done_items_and_many_items(chat: Chat, tmp_path: Path) -> None:
    many = [item(f"Do thing {n}", LATE) for n in range(MAX_NAMED + 2)]
    review(tmp_path, *many, item("Done already", LATE, "x"), drill="gd-0001")
    late = find_escalated(list_items(load_reviews(), done=True), TODAY, 28)
    assert len(late) == MAX_NAMED + 2
    text = escalation_text(late, TODAY)
    assert text.startswith(f"{MAX_NAMED + 2} action items are long overdue: ") and "; 2 more. See:" in text
