"""Response times, their censoring, and objectives."""

from __future__ import annotations

import pytest
from support.drill_factory import MARK, MONO, Made, facilitated, rehearsal

from gameday.events import body_data
from gameday.model import Json, Source
from gameday.review.sections.service_sentences import service_sentence
from gameday.scorecards import scorecard_text
from gameday.scorecards.fault_outcomes import collect_fault_outcomes
from gameday.scorecards.objectives import evaluate_objectives
from gameday.scorecards.response_times import measure_response_times
from gameday.scorecards.scorecard import build_scorecard
from gameday.scorecards.time_measurement import ResponseTime

PEOPLE = facilitated()


def of(made: Made, name: str) -> ResponseTime:
    return {span.name: span for span in measure_response_times(made.events)}[name]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("impact", 2.35), ("alert", 118.6), ("detect", 147.6), ("acknowledge", 28.9), ("assemble", 210.9),
     ("command", 31.0), ("first-update", 358.0), ("silence", 458.0), ("mitigate", 1042.6), ("revert", 0.14)],
)  # fmt: skip
def test_each_time_by_when_it_happened(name: str, seconds: float) -> None:
    span = of(PEOPLE, name)
    assert span.seconds == pytest.approx(seconds, abs=0.01)
    assert (span.state, span.censored, span.scripted) == ("measured", False, False)


def test_a_recovery_by_our_own_revert_is_only_a_lower_bound() -> None:
    assert scorecard_text.format_response_time(of(PEOPLE, "recover")) == "≥ 19 min 23 s (ended by the revert)"
    flagged_wrongly = PEOPLE.changed("recovered", censored=False)
    assert of(flagged_wrongly, "recover").censored
    before = PEOPLE.changed("recovered", censored=False).moved("recovered", 1200)
    assert of(before, "recover").state == "measured"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (PEOPLE.without("mitigated").changed("end", reason="timebox"), "ended by the timebox"),
        (PEOPLE.without("mitigated"), "ended by the revert"),
        (PEOPLE.plus(500, "lapsed", marker=MARK, reason="the proxy was restarted"), "the proxy was restarted"),
        (PEOPLE.plus(500, "halt", reason="a guardrail"), "ended by a halt"),
        (PEOPLE.plus(500, "stop", text="STOP"), "ended by STOP"),
        (PEOPLE.plus(500, "stop", resumable=True).plus(560, "stop-resumed"), "interrupted by STOP"),
        (PEOPLE.moved("mitigated", 1267.0), "ended by the revert"),
    ],
)
def test_mitigation_that_the_drill_cut_short_is_censored(made: Made, reason: str) -> None:
    span = of(made, "mitigate")
    assert span.censored and span.state == "at least"
    assert span.reason == reason


def test_a_program_that_had_to_page_censors_detection() -> None:
    silent = PEOPLE.without("alert", "paged").plus(290, "paged", by="program", text="slow").moved("acknowledged", 300)
    assert scorecard_text.format_response_time(of(silent, "detect")) == "≥ 3 min 7 s (the program had to page)"
    assert of(silent, "alert").censored
    earlier = PEOPLE.without("alert", "paged").plus(290, "paged", by="program", text="slow")
    assert of(earlier, "detect").state == "measured", "somebody was aware before the program paged"


def test_acknowledgement_before_the_page_does_not_hide_the_one_after_it() -> None:
    early = PEOPLE.plus(10, "acknowledged", source=Source.HUMAN)
    assert of(early, "acknowledge") == of(PEOPLE, "acknowledge")
    only_early = PEOPLE.moved("acknowledged", 10)
    assert of(only_early, "acknowledge").reason == "acknowledged before the page"
    announced_early = PEOPLE.moved("ic-announced", 10)
    assert of(announced_early, "command").reason == "IC announced before the declaration"


def test_a_moment_that_nobody_recorded_is_not_a_miss() -> None:
    deaf = PEOPLE.without("update", "ic-announced", "acknowledged", "declared", "theory", "help", "assembled")
    for name in ("detect", "acknowledge", "assemble", "command", "first-update", "silence"):
        assert scorecard_text.format_response_time(of(deaf, name)) == "not recorded"
    assert {one.state for one in evaluate_objectives(deaf.events)} == {"not recorded"}


def test_a_measured_moment_happened_or_did_not() -> None:
    assert of(PEOPLE.without("impact"), "impact").state == "did not happen"
    assert of(PEOPLE.without("alert", "paged"), "alert").state == "did not happen"


def test_objectives_are_met_late_or_absent_by_word() -> None:
    assert [one.state for one in evaluate_objectives(PEOPLE.events)] == ["met", "met", "late"]
    said = PEOPLE.without("update").plus(900, "not-done", source=Source.HUMAN, moment="update")
    assert evaluate_objectives(said.events)[2].state == "absent"
    not_a_person = PEOPLE.without("update").plus(900, "not-done", source=Source.RUNNER, moment="update")
    assert evaluate_objectives(not_a_person.events)[2].state == "not recorded"


def test_a_rehearsals_human_times_are_marked_scripted() -> None:
    made = rehearsal()
    assert all(one.scripted for one in evaluate_objectives(made.events))
    scripted = {span.name for span in measure_response_times(made.events) if span.scripted}
    assert scripted == {"detect", "acknowledge", "assemble", "command", "first-update", "silence", "mitigate",
                        "recover"}  # fmt: skip
    assert not of(made, "alert").scripted


def test_what_a_person_states_or_runs_in_a_rehearsal_is_not_scripted() -> None:
    by_hand = rehearsal().plus(24.0, "declared", source=Source.HUMAN)
    assert not of(by_hand, "detect").scripted, "the person was first"
    assert of(by_hand, "command").scripted, "the script announced the IC"
    alone = by_hand.without("ic-announced").plus(31.0, "ic-announced", source=Source.HUMAN)
    assert not of(alone, "command").scripted
    results = {one.moment: one.scripted for one in evaluate_objectives(alone.events)}
    assert results == {"assembled": True, "ic-announced": False, "update": True}
    text = "\n".join(map(scorecard_text.format_objective, evaluate_objectives(alone.events)))
    assert "ic-announced within 18 s of declared: met after 7 s" in text and text.count("scripted") == 2
    action = next(one.body for one in by_hand.events if one.kind == "action-finished")
    run = by_hand.without("action-finished").plus(48.3, "action-finished", Source.HUMAN, **body_data(action))
    assert of(by_hand, "mitigate").scripted and not of(run, "mitigate").scripted


PAUSED = PEOPLE.plus(340, "paused").plus(350, "resumed")


def test_a_pause_is_left_out_of_what_was_measured_after_the_resume() -> None:
    assert scorecard_text.format_response_time(of(PAUSED, "command")) == "21 s (not counting 10 s of pause or STOP)"
    assert (
        scorecard_text.format_response_time(of(PAUSED, "mitigate"))
        == "17 min 13 s (not counting 10 s of pause or STOP)"
    )
    assert of(PAUSED, "acknowledge") == of(PEOPLE, "acknowledge"), "it was over before the pause"
    stopped = PEOPLE.plus(340, "stop", resumable=True).plus(350, "stop-resumed")
    assert of(stopped, "command").seconds == pytest.approx(21.0)
    early = PEOPLE.plus(102, "paused").plus(230, "resumed")
    for name in ("impact", "alert"):
        assert of(early, name) == of(PEOPLE, name), "the system makes no pause"
    assert of(early, "detect").paused == pytest.approx(126.6)


def test_what_ended_in_a_pause_is_only_a_lower_bound() -> None:
    paused = PEOPLE.plus(1140, "paused").plus(1150, "resumed")
    assert scorecard_text.format_response_time(of(paused, "mitigate")) == "≥ 17 min 17 s (it ended during a pause)"
    never_resumed = PEOPLE.plus(1140, "paused")
    assert of(never_resumed, "mitigate").seconds == of(paused, "mitigate").seconds
    assert of(PEOPLE.plus(1140, "paused").without("mitigated"), "mitigate").reason == "ended by the revert"


def test_a_time_from_the_fault_over_a_stop_or_any_over_a_sleep_of_the_machine_is_only_a_lower_bound() -> None:
    asleep = PEOPLE.plus(500, "suspended", seconds=600.0)
    assert scorecard_text.format_response_time(of(asleep, "mitigate")) == "≥ 6 min 37 s (the machine was suspended)"
    stopped = PEOPLE.plus(110, "stop", resumable=True).plus(150, "stop-resumed")
    for name in ("alert", "detect", "mitigate", "recover"):
        span = of(stopped, name)
        assert (span.state, span.reason) == ("at least", "interrupted by STOP"), name
        assert span.seconds == pytest.approx(6.6)


def test_the_last_revert_has_the_figure_of_the_revert() -> None:
    stopped = (
        PEOPLE.plus(500, "stop", resumable=True).plus(500.1, "reverting", reason="STOP")
        .plus(500.2, "fault-reverted", marker=MARK).plus(500.3, "reverted", seconds=0.073).plus(560, "stop-resumed")
    )  # fmt: skip
    assert of(stopped, "revert").seconds == pytest.approx(0.14)
    ended = PEOPLE.plus(1267, "reverting", reason="STOP").plus(1267.1, "reverted", seconds=0.001)
    assert of(ended, "revert").seconds == pytest.approx(0.14), "nothing was left to revert"


def test_a_pause_is_no_silence_and_makes_no_objective_late() -> None:
    paused = PEOPLE.plus(340, "paused").plus(680, "resumed")
    assert of(paused, "silence").seconds == pytest.approx(458.0), "from the first update to the end of trouble"
    longest = PEOPLE.plus(1000, "paused").plus(1100, "resumed")
    assert (
        scorecard_text.format_response_time(of(longest, "silence")) == "≥ 5 min 58 s (not counting a pause or STOP)"
    ), "no part of it is longer"
    parted = PEOPLE.without("update").plus(350, "update").plus(1100, "paused").plus(1110, "resumed")
    assert scorecard_text.format_response_time(of(parted, "silence")) == "≥ 12 min 30 s (not counting a pause or STOP)"
    asleep = PEOPLE.plus(1140, "suspended", seconds=600.0)
    assert scorecard_text.format_response_time(of(asleep, "silence")) == "≥ 7 min 32 s (the machine was suspended)"
    assert {one.id: one.state for one in evaluate_objectives(PEOPLE.events)}["first-update"] == "late"
    assert {one.id: one.state for one in evaluate_objectives(paused.events)}["first-update"] == "met"


def test_an_adjusted_fault_is_active_until_its_last_form_is_reverted() -> None:
    turned = (
        PEOPLE.plus(500, "adjusted", fault="slow", params={"delay": "200ms"})
        .plus(500.1, "fault", fault="slow", target="database", marker="gd-7f3a00000002")
        .plus(500.2, "fault-reverted", marker=MARK)
        .changed("reverting", reason="ends")
        .plus(1266.1, "fault-reverted", marker="gd-7f3a00000002")
    )
    [fault] = collect_fault_outcomes(turned.events)
    assert fault.adjusted == 1 and fault.active == pytest.approx(1164.96)
    assert (
        scorecard_text.format_response_time(of(turned, "recover"))
        == "≥ 6 min 37 s (measured until the fault was adjusted)"
    )


def test_an_informed_drill_has_no_detection_figures() -> None:
    informed = PEOPLE.changed("planned", informed=True)
    for name in ("detect", "acknowledge"):
        assert scorecard_text.format_response_time(of(informed, name)).startswith("not measured"), name
    assert of(informed, "mitigate").state == "measured"


def test_what_is_claimed_ends_when_the_fault_was_last_known_to_be_present() -> None:
    lapsed = PEOPLE.without("mitigated").plus(500, "lapsed", marker=MARK, reason="", last_present=MONO + 498.5)
    impact = next(one.happened for one in lapsed.events if one.kind == "impact")
    assert of(lapsed, "mitigate").seconds == pytest.approx(MONO + 498.5 - impact)


def test_service_that_was_back_when_the_drill_ended_bounds_what_is_claimed() -> None:
    back = PEOPLE.without("mitigated", "evaluated").plus(
        1265, "evaluated", part="mitigated", index=0, verdict="unknown", start=MONO + 1230.0, end=MONO + 1265.0
    )
    impact = next(one.happened for one in back.events if one.kind == "impact")
    assert of(back, "mitigate").seconds == pytest.approx(MONO + 1230.0 - impact)


def unconfirmed(until: float) -> Made:
    """Return a drill in which service was back from 1230 until STOP, and the resume that never came."""
    criterion: Json = {
        "text": "journey-p95 healthy for 1 min",
        "signal": "journey-p95",
        "test": "healthy",
        "hold": 60.0,
    }
    back = PEOPLE.without("mitigated", "evaluated", "recovered").plus(
        until, "evaluated", part="mitigated", index=0, verdict="unknown", start=MONO + 1230.0, end=MONO + until
    )
    return back.plus(until, "stop", resumable=True).changed("planned", mitigated_when=[criterion])


def test_a_recovery_that_stop_cut_off_is_not_called_missing() -> None:
    card = build_scorecard(unconfirmed(1258.0).events, ())
    reason = "recovery not confirmed: ended by STOP after 28 s of the required 1 min"
    assert scorecard_text.format_service_restored(card) == f"at least 18 min 47 s after impact; {reason}"
    sentence = service_sentence(unconfirmed(1258.0).events, card)
    assert sentence == f"Users were affected for ≥ 18 min 47 s ({reason})."


def test_an_earlier_cut_bounds_more_than_a_later_recovery() -> None:
    span = of(unconfirmed(1258.0).plus(500, "lapsed", marker=MARK, reason="the proxy was restarted"), "mitigate")
    assert span.seconds == pytest.approx(396.6)
    assert span.reason == "the proxy was restarted"


def test_what_came_first_is_told_by_the_name_of_what_followed() -> None:
    early = PEOPLE.moved("assembled", 200.0).moved("acknowledged", 102.0)
    assert of(early, "assemble").reason == "assembled before the page"
    assert of(early, "detect").reason == "not measured: reported before users were affected"


def test_what_was_adjusted_before_the_impact_cuts_nothing_short() -> None:
    early = PEOPLE.plus(101.5, "adjusted", fault="slow", params={"delay": "600ms"})
    assert not of(early, "mitigate").censored


def test_restored_service_is_not_measured_without_a_criterion() -> None:
    for made in (PEOPLE.without("mitigated"), PEOPLE.without("mitigated", "recovered")):
        span = of(made.changed("planned", mitigated_when=[]), "mitigate")
        assert (span.state, span.seconds) == ("not measured", None)
