"""How each fault ended, as scorecard, screen and review say it: the same everywhere, and true."""

from __future__ import annotations

import pytest
from support.drill_factory import MARK, MONO, Made, facilitated, rehearsal

from gameday.errors import Exit
from gameday.events import fault_summary, format_plain, log_text
from gameday.review.markdown import draft
from gameday.scorecards import scorecard_text
from gameday.scorecards.render import five_lines, render
from gameday.scorecards.scorecard import Scorecard, scorecard

WHY = "shop was removed by somebody meanwhile"
LEFT = (
    rehearsal()
    .without("fault-reverted")
    .plus(70.12, "fault-kept", marker=MARK, reason=WHY)
    .changed("reverted", kept=[WHY])
)
TAKEN = rehearsal().plus(40, "removed", marker=MARK, fault="slow", by_fault="cut")
ACTED = rehearsal().plus(50, "removed", marker=MARK, fault="slow", by_action="shed-optional-work")


def card(made: Made) -> Scorecard:
    return scorecard(made.events, made.readings)


def told(made: Made) -> str:
    """All that anybody reads of it: screen, figures, review in both forms, without what words mean in general."""
    found = card(made)
    lines = [
        format_plain(log_text(one))
        for one in made.events
        if one.kind in ("reverted", "fault-kept", "removed", "recovered", "steady-state")
    ]
    reviews = [draft(made.events, found, None, form) for form in ("light", "full")]
    return "\n".join([*lines, *five_lines(found), render(found), *(one.split("## Glossary")[0] for one in reviews)])


def test_what_was_left_to_people_is_nowhere_said_to_be_taken_back() -> None:
    assert card(LEFT).left == (WHY,)
    assert card(LEFT).exit == Exit.HELD, "what people made of it is clean"
    said = told(LEFT)
    for untrue in ("taken back", "read back", "put back;", "Every fault is"):
        assert untrue not in said.replace("Reverting all faults", ""), untrue
    assert sum(said.count(f"eft {how}: {WHY}") for how in ("unchanged", "as somebody made it")) >= 6


@pytest.mark.parametrize(("made", "by", "second"), [(TAKEN, "the fault cut", 40), (ACTED, "shed-optional-work", 50)])
def test_a_fault_stood_until_it_ended_and_not_until_the_revert(made: Made, by: str, second: int) -> None:
    found = card(made)
    assert (found.faults[0].undone_by, found.faults[0].lapsed) == (by, False)
    assert found.faults[0].stood == pytest.approx(second - 13.15)
    assert f"was ended by {by}" in draft(made.events, found) and f"ended by {by}" in render(found)
    begun = [one for one in made.readings if 13.15 < one.at - MONO <= second and one.signal == "journey-p95"]
    assert next(one for one in found.signals if one.signal == "journey-p95").readings == len(begun)


def test_a_fault_that_another_of_ours_took_with_it_is_no_lapse_and_no_way_out() -> None:
    assert card(TAKEN).exit == Exit.HELD and "lapse" not in told(TAKEN) and "without us" not in told(TAKEN)
    assert scorecard_text.mitigation_text(card(TAKEN).span("mitigate")).startswith(
        "not served again before it ended: ≥"
    )
    assert not card(ACTED).span("mitigate").censored


def test_who_was_served_before_an_action_was_not_served_by_it() -> None:
    early = rehearsal().changed("mitigated", actions=[])
    assert card(early).served_by == "" and "by shed-optional-work" not in "\n".join(five_lines(card(early)))
    assert "served users again" not in draft(early.events, card(early))
    assert card(early).exit == Exit.NOT_HELD, "a rehearsal tries its way out"
    people = facilitated().changed("mitigated", actions=["rollback", "cache-on"])
    assert (card(people).served_by, card(people).way_out) == ("cache-on", "cache-on")


def test_one_revert_has_one_figure() -> None:
    made = rehearsal().changed("reverted", seconds=1.449)
    found = card(made)
    assert "in 1.4 s" in next(format_plain(log_text(one)) for one in made.events if one.kind == "reverted")
    assert scorecard_text.span(found.span("revert")) == "1.4 s"
    assert draft(made.events, found).count(" in 1.4 s") >= 2


def test_that_steady_state_holds_again_is_said_once() -> None:
    shown = [format_plain(log_text(one)) for one in rehearsal().events if one.body.is_noteworthy()]
    assert sum("teady state restored" in one for one in shown) == 1
    by_people = rehearsal().changed("recovered", cause="shed-optional-work", censored=False)
    shown = [format_plain(log_text(one)) for one in by_people.events if one.body.is_noteworthy()]
    assert sum("teady state restored" in one for one in shown) == 1
    assert "RECOVERED after shed-optional-work" in shown


def test_what_was_cut_short_is_told_without_gaps_and_tried_nothing() -> None:
    killed = (
        rehearsal()
        .without("impact", "mitigated", "action-finished", "recovered")
        .plus(20, "halt", reason="the runner is gone")
    )
    said = draft(killed.events, card(killed))
    assert "It was to try `shed-optional-work`" in said and "It tried" in draft(rehearsal().events, card(rehearsal()))
    assert not [one for one in said.splitlines() if "  " in one]


def test_a_fault_without_parameters_leaves_no_gap() -> None:
    made = rehearsal().changed(
        "planned", faults=[{"id": "cut", "fault_kind": "outage", "target": "payments", "params": {}}]
    )
    assert fault_summary(made.events) == "outage on payments"


def test_what_was_closed_by_hand_is_not_said_to_be_taken_back() -> None:
    made = (
        rehearsal()
        .without("fault-reverted", "reverted")
        .plus(70.0, "given-up", marker=MARK, reason="Ana did it by hand")
    )
    found = card(made)
    assert f"not taken back, and closed by hand: {MARK}" in scorecard_text.ending(found)
    assert "Ana" not in render(found)
    assert f"`{MARK}` was closed by hand, and nobody has read it back" in draft(made.events, found)
