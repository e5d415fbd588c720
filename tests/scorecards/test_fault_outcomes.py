"""The end of each fault: the scorecard, the log and the review say the same, and it is true."""

from __future__ import annotations

import pytest
from support.drill_factory import MARK, MONO, Made, facilitated, rehearsal

from gameday.errors import Exit
from gameday.events import fault_summary, format_plain, log_text
from gameday.review.markdown import render_draft
from gameday.scorecards import scorecard_text
from gameday.scorecards.render import render_scorecard, render_summary
from gameday.scorecards.scorecard import Scorecard, build_scorecard

WHY = "shop was removed by someone else"
LEFT = (
    rehearsal()
    .without("fault-reverted")
    .plus(70.12, "fault-kept", marker=MARK, reason=WHY)
    .changed("reverted", kept=[WHY])
)
CUT = rehearsal().plus(39, "fault", marker="gd-7f3a00000002", fault="cut", fault_kind="outage", target="cache")
CUT_SHORT = rehearsal().plus(40, "removed", marker=MARK, fault="slow", by_fault="cut")
TAKEN = CUT.plus(40, "removed", marker=MARK, fault="slow", by_fault="cut")
ACTED = rehearsal().plus(50, "removed", marker=MARK, fault="slow", by_action="shed-optional-work")


def card(made: Made) -> Scorecard:
    return build_scorecard(made.events, made.readings)


def all_texts(made: Made) -> str:
    """Return everything that people read: log, figures, review in both forms, without its glossary."""
    found = card(made)
    lines = [
        format_plain(log_text(one))
        for one in made.events
        if one.kind in ("reverted", "fault-kept", "removed", "recovered", "steady-state")
    ]
    reviews = [render_draft(made.events, found, None, form) for form in ("light", "full")]
    return "\n".join(
        [*lines, *render_summary(found), render_scorecard(found), *(one.split("## Glossary")[0] for one in reviews)]
    )


def judged_effect(made: Made, at: float, value: float, occurrence: int) -> Made:
    return made.plus(
        at, "effect", fault="slow", signal="journey-p95", value=value, n=9, seen=value > 1, occurrence=occurrence,
        start=MONO + at - 0.5, end=MONO + at,
    )  # fmt: skip


def test_an_effect_that_only_the_second_period_lacks_is_not_denied_to_the_first() -> None:
    stopped = rehearsal().without("effect", "mitigated", "evaluated").plus(50, "stop", resumable=True)
    resumed = stopped.plus(50.1, "fault-reverted", marker=MARK).plus(53, "stop-resumed")
    again = resumed.plus(54, "fault", marker="gd-7f3a00000009", fault="slow", fault_kind="latency", target="database")
    found = card(judged_effect(judged_effect(again, 20, 3.7, 0), 60, 0.08, 1))
    where = "not seen in the 2nd period (after the resume, shed-optional-work had already run)"
    assert (found.held, found.reasons[0]) == ("unknown", f"the effect of fault slow was {where}")
    assert f"; its effect was {where}: journey-p95 at 80 ms (n=9)" in render_scorecard(found)
    never = card(judged_effect(judged_effect(again, 20, 0.08, 0), 60, 0.08, 1))
    assert never.reasons[0] == "fault slow had no effect"
    assert never.faults[0].unseen_in == ""
    short = card(judged_effect(again, 20, 3.7, 0))
    reason = "fault slow was too short, or had too few readings, to show its effect in the 2nd period"
    assert short.reasons[0].startswith(reason)


def test_an_early_end_without_effect_gives_its_reason_once() -> None:
    why = "fault slow had no effect: journey-p95 80 ms, n 9"
    made = rehearsal().changed("effect", seen=False).changed("end", reason="futile", text=why)
    assert card(made).reasons == (why,)
    shown = [format_plain(log_text(one)) for one in made.events if one.kind == "end"]
    assert shown == [f"Drill ended early: {why}"]
    assert f"Drill ended early: {why}" in render_draft(made.events, card(made), None, "full")


def test_a_fault_left_to_people_is_nowhere_called_reverted() -> None:
    assert card(LEFT).kept == (WHY,)
    assert card(LEFT).exit == Exit.HELD, "what people made of it is clean"
    text = all_texts(LEFT)
    for untrue in ("reverted and verified", "not verified", "All faults"):
        assert untrue not in text, untrue
    assert text.count(f"eft unchanged: {WHY}") >= 6


@pytest.mark.parametrize(("made", "by", "second"), [(CUT_SHORT, "fault cut", 40), (ACTED, "shed-optional-work", 50)])
def test_a_fault_is_active_until_it_ends_and_not_until_the_revert(made: Made, by: str, second: int) -> None:
    found = card(made)
    assert (found.faults[0].ended_by, found.faults[0].lapsed) == (by, False)
    assert found.faults[0].active == pytest.approx(second - 13.15)
    assert f"was ended by {by}" in render_draft(made.events, found) and f"ended by {by}" in render_scorecard(found)
    begun = [one for one in made.readings if 13.15 < one.at - MONO <= second and one.signal == "journey-p95"]
    assert next(one for one in found.signals if one.signal == "journey-p95").readings == len(begun)


def test_a_fault_ended_by_another_fault_is_no_lapse_and_no_mitigation() -> None:
    assert card(TAKEN).exit == Exit.HELD and "lapse" not in all_texts(TAKEN) and "lapsed" not in all_texts(TAKEN)
    assert scorecard_text.format_service_restored(card(TAKEN)).startswith("at least ")
    assert not card(ACTED).response_time("mitigate").censored


def test_an_action_after_service_was_restored_did_not_restore_it() -> None:
    early = rehearsal().changed("mitigated", actions=[])
    assert card(early).restored_by == "" and "by shed-optional-work" not in "\n".join(render_summary(card(early)))
    assert "mitigated by" not in render_draft(early.events, card(early))
    assert card(early).exit == Exit.NOT_HELD, "a rehearsal tries its mitigation"
    people = facilitated().changed("mitigated", actions=["rollback", "cache-on"])
    assert (card(people).restored_by, card(people).mitigation) == ("cache-on", "cache-on")


def test_one_revert_has_one_figure() -> None:
    made = rehearsal().changed("reverted", seconds=1.449)
    found = card(made)
    assert "in 1.4 s" in next(format_plain(log_text(one)) for one in made.events if one.kind == "reverted")
    assert scorecard_text.format_response_time(found.response_time("revert")) == "1.4 s"
    assert render_draft(made.events, found).count(" in 1.4 s") >= 2


def test_the_restored_steady_state_is_logged_once() -> None:
    shown = [format_plain(log_text(one)) for one in rehearsal().events if one.body.is_noteworthy()]
    assert sum("teady state restored" in one for one in shown) == 1
    by_people = rehearsal().changed("recovered", cause="shed-optional-work", censored=False)
    shown = [format_plain(log_text(one)) for one in by_people.events if one.body.is_noteworthy()]
    assert sum("teady state restored" in one for one in shown) == 1
    assert "RECOVERED after shed-optional-work" in shown
    by_unknown = rehearsal().changed("recovered", cause="an unknown cause", censored=False)
    assert "RECOVERED, cause unknown" in [format_plain(log_text(one)) for one in by_unknown.events]


def test_a_drill_cut_short_has_a_summary_without_gaps() -> None:
    killed = (
        rehearsal()
        .without("impact", "mitigated", "action-finished", "recovered")
        .plus(20, "halt", reason="the runner is gone")
    )
    said = render_draft(killed.events, card(killed))
    assert (
        "Mitigations not tried: `shed-optional-work`, `read-from-cache`." in said
        and "Mitigations tried: `shed-optional-work`." in render_draft(rehearsal().events, card(rehearsal()))
    )
    assert not [one for one in said.splitlines() if "  " in one]


def test_a_fault_without_parameters_leaves_no_gap() -> None:
    made = rehearsal().changed(
        "planned", faults=[{"id": "cut", "fault_kind": "outage", "target": "payments", "params": {}}]
    )
    assert fault_summary(made.events) == "outage on payments"


def test_a_fault_closed_manually_is_not_called_reverted() -> None:
    made = (
        rehearsal()
        .without("fault-reverted", "reverted")
        .plus(70.0, "given-up", marker=MARK, reason="Ana did it by hand")
    )
    found = card(made)
    assert f"closed manually and not verified: {MARK}" in scorecard_text.format_ending(found)
    assert "Ana" not in render_scorecard(found)
    assert "reverted and verified" not in render_draft(made.events, found)
    assert f"`{MARK}` was closed manually and not verified" in render_draft(made.events, found)
