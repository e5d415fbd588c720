"""What the briefing says of earlier drills, and the rule: one item done before the next drill of the same type."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from support.drill_factory import DRILL, event, facilitated
from support.review_files import item, review, stored
from support.shipped_drill import plan_of

from gameday.app.briefing_follow_up import (
    MAX_ITEMS,
    list_follow_up,
    opening_events,
    read_open_follow_up,
    summarize_follow_up,
)
from gameday.app.reviews import draft_review
from gameday.drill.state import DrillState
from gameday.events import EVENT_TYPES, EarlierItemsEvaluated, ErrorBudgetLow, FollowUpReported, format_plain
from gameday.model import Json, Mode, Role, Source
from gameday.store.open import open_store
from gameday.store.protocols import StoreBusy
from gameday.terminal.desk.briefing_screen import render_briefing
from gameday.terminal.glyphs import ASCII
from gameday.terminal.screen_state import ScreenState

TODAY = date.today()  # noqa: DTZ011 - as people write due dates
TYPE = "dependency-latency"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(kind: str = TYPE) -> list[str]:
    return list(read_open_follow_up("staging", kind).lines())


def test_the_briefing_has_the_items_of_every_type_so_that_it_tells_none(place: Path) -> None:
    for drill in ("gd-0001", "gd-0002", "gd-0003"):
        stored(place, facilitated(), drill)
    review(place, item("Write a runbook", TODAY), drill="gd-0001", kind="outage", status="Reviewed")
    review(place, item("Raise the limit", TODAY - timedelta(days=1)), drill="gd-0002")
    review(place, item("Tidy the demo", TODAY), drill="gd-0003", environment="demo", status="Closed")
    shown = lines()
    assert shown == [
        f"Open action item: Raise the limit (payments, due {TODAY - timedelta(days=1)}, 1 day overdue)",
        f"Open action item: Write a runbook (payments, due {TODAY})",
        "The review of gd-0002 is not finished",
    ]
    assert lines("outage") == shown == lines("unheard-of")


def test_many_items_are_counted_and_unreadable_ones_named(place: Path) -> None:
    stored(place, facilitated())
    review(place, *(item(f"Do thing {n}", TODAY) for n in range(MAX_ITEMS + 2)), "- [ ] Do it", status="Reviewed")
    assert lines()[-2:] == [
        "2 more action items are open: gameday action-items list",
        "Some action items cannot be read: gameday action-items list",
    ]
    assert read_open_follow_up("staging", TYPE).summary() == "Open from earlier drills: 7 action items."


def test_without_an_earlier_drill_there_is_nothing_to_say(place: Path) -> None:
    follow_up = read_open_follow_up("staging", TYPE)
    assert not list(follow_up.lines()) and not follow_up.summary()
    assert follow_up.earlier == EarlierItemsEvaluated("none")
    assert not (place / "gameday.db").exists()


@pytest.mark.parametrize(
    ("items", "result"),
    [
        ([" ", "x"], EarlierItemsEvaluated("kept", DRILL, 1, 2)),
        (["x"], EarlierItemsEvaluated("kept", DRILL, 1, 1)),
        ([" ", " ", " "], EarlierItemsEvaluated("broken", DRILL, 0, 3)),
    ],
)
def test_one_item_done_before_the_next_drill_of_the_type_keeps_the_rule(
    place: Path, items: list[str], result: EarlierItemsEvaluated
) -> None:
    stored(place, facilitated())
    review(place, *(item(f"Do thing {n}", TODAY, mark) for n, mark in enumerate(items)))
    assert read_open_follow_up("staging", TYPE).earlier == result
    assert read_open_follow_up("staging", "outage").earlier == EarlierItemsEvaluated("none")


def test_the_last_review_in_which_the_team_answered_counts(place: Path) -> None:
    for drill in ("gd-0001", "gd-0002", "gd-0003"):
        stored(place, facilitated(), drill)
    review(place, item("Raise it", TODAY, "x"), drill="gd-0002", due="2026-03-06 14:21 UTC")
    review(place, item("Lower it", TODAY), drill="gd-0001", due="2026-05-06 14:21 UTC")
    review(place, "____", drill="gd-0003", due="2026-06-06 14:21 UTC")
    assert read_open_follow_up("staging", TYPE).earlier == EarlierItemsEvaluated("broken", "gd-0001", 0, 1)
    review(place, "None, because it held.", drill="gd-0003", due="2026-06-06 14:21 UTC")
    assert read_open_follow_up("staging", TYPE).earlier == EarlierItemsEvaluated("none")


def test_the_result_is_about_items_and_not_about_people() -> None:
    assert EarlierItemsEvaluated.__struct_fields__ == ("result", "earlier", "done", "total")
    assert not EVENT_TYPES["follow-up-result"].audience.includes(Role.IC)


@pytest.mark.parametrize(("result", "shown"), [("kept", True), ("broken", True), ("none", False)])
def test_the_review_of_the_next_drill_says_whether_the_rule_was_kept(place: Path, result: str, shown: bool) -> None:
    made = facilitated().plus(0.1, "follow-up-result", result=result, earlier="gd-0001", done=1, total=3)
    stored(place, made)
    text = draft_review(open_store(), DRILL, place / "out").read_text()
    assert ("Action items of `gd-0001` done before this drill: 1 of 3" in text) == shown
    assert (f"**{result}**" in text) == shown


@pytest.mark.parametrize("mode", list(Mode))
def test_drills_with_people_begin_with_it_and_rehearsals_do_not(place: Path, mode: Mode) -> None:
    plan = plan_of(mode)
    stored(place, facilitated())
    review(place, item("Raise it", TODAY), environment=plan.environment.name, kind=plan.scenario.type)
    kinds = [body.kind for body in opening_events(plan)]
    assert kinds == ([] if mode is Mode.REHEARSAL else ["follow-up", "follow-up-result"])


def test_error_budget_is_read_out_at_the_briefing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Error budget spent is 12%, outside its limit (healthy: at least 25%)"
    monkeypatch.setattr("gameday.app.briefing_follow_up.list_budget_warnings", lambda _environment: [text])
    plan = plan_of(Mode.FACILITATED)
    first, *_ = opening_events(plan)
    assert isinstance(first, ErrorBudgetLow) and format_plain(first.responder_text()) == text
    assert list_follow_up(plan)[0] == text and not opening_events(plan_of(Mode.REHEARSAL))


def test_reviews_that_cannot_be_read_do_not_keep_a_drill_from_starting(place: Path) -> None:
    (place / "gameday.db").write_text("no database")
    [report] = opening_events(plan_of(Mode.SOLO))
    assert isinstance(report, FollowUpReported) and report.text.startswith("Action items of earlier drills are unknown")


def test_a_store_that_is_locked_does_not_either(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StoreBusy("the store is locked")

    monkeypatch.setattr("gameday.app.briefing_follow_up.load_reviews", fail)
    plan = plan_of(Mode.FACILITATED)
    [report] = opening_events(plan)
    assert isinstance(report, FollowUpReported) and "the store is locked" in report.text
    assert list_follow_up(plan) == [report.text] and not summarize_follow_up(plan)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_briefing_screen_shows_what_is_open(size: tuple[int, int]) -> None:
    board = ScreenState(plan_of(Mode.FACILITATED))
    text = "Open action item: Raise the limit (payments, due 2026-12-15)"
    board.event(event((0.0, "follow-up", {"text": text}, Source.RUNNER, None)), DrillState())
    earlier: dict[str, Json] = {"result": "broken", "earlier": "gd-0001", "done": 0, "total": 3}
    board.event(event((0.1, "follow-up-result", earlier, Source.RUNNER, None)), DrillState())
    screen = render_briefing(board, None, *size, ASCII, (), facilitates=True)
    shown = " ".join(" ".join(line.plain.split()) for line in screen)
    assert len(screen) == size[1] and "Open action item: Raise the limit" in shown and "broken" not in shown
    assert "gd-0001" not in " ".join(line for _, line, _ in board.log_lines(9)), "the room may see this screen"
