"""The full review: sixteen sections in order, each with the contents of the log and its question."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml
from support.drill_factory import MARK, MONO, Made, facilitated, rehearsal

from gameday.events import read_plan
from gameday.model import Json, Reading, Role, Source
from gameday.review.chart_axis import time_axis
from gameday.review.chart_lanes import moment_labels
from gameday.review.markdown import render_draft
from gameday.scorecards.scorecard import build_scorecard

SIXTEEN = [
    "Prime directive", "Summary", "Hypothesis", "Impact", "Detection", "Timeline", "How decisions made sense",
    "What went well", "What was difficult", "Where we got lucky", "Contributing factors", "What we learned",
    "Action items", "Response process", "Statements", "Glossary and links",
]  # fmt: skip


def full(made: Made, names: dict[str, str] | None = None) -> str:
    return render_draft(made.events, build_scorecard(made.events, made.readings), names, "full")


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def nothing() -> Made:
    return rehearsal().without("fault", "applied", "intended", "fault-reverted", "impact", "effect", "alert", "paged",
                               "evaluated", "mitigated", "action-finished", "recovered", "reverted")  # fmt: skip


@pytest.mark.parametrize("build", [rehearsal, facilitated, nothing])
def test_all_sixteen_sections_are_in_order_and_ask_a_question(build: Callable[[], Made]) -> None:
    text = full(build())
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SIXTEEN
    for title in SIXTEEN[1:]:
        assert re.search(r"\?\n\n____$|\.\n\n____$", section(text, title), re.MULTILINE), title
    assert "____" not in section(text, SIXTEEN[0])


@pytest.mark.parametrize("build", [rehearsal, facilitated, nothing])
def test_generated_questions_ask_what_and_how(build: Callable[[], Made]) -> None:
    text = re.sub(r"“[^”]*”", "", full(build())).casefold()
    assert not re.search(r"\b(who|why|failed to|should have|forgot|root cause|fault of)\b", text)


def test_the_front_matter_leaves_the_owner_blank() -> None:
    front = yaml.safe_load(full(facilitated()).split("---\n")[1])
    assert front["id"] == "gd-7f3a" and front["drill"] is True and front["status"] == "Draft"
    assert front["owner"] is None and front["mode"] == "facilitated" and front["environment"] == "staging"
    assert front["review due"] == "2026-03-06 14:21 UTC"
    assert "> DRILL. This was an exercise" in full(facilitated())


def test_the_timeline_has_every_row_there_is_a_sentence_for() -> None:
    rows = re.findall(r"^\| \d\d:\d\d:\d\d \|.*$", section(full(facilitated()), "Timeline"), re.MULTILINE)
    assert len(rows) == 31 and "Steady state holds" in rows[0] and "Drill ended as planned" in rows[-1]


def test_detection_says_which_role_spoke_first_and_puts_no_time_beside_it() -> None:
    told = section(full(facilitated()), "Detection")
    assert (
        "- From the impact until someone was aware of it: 2 min 28 s.\n"
        "- The first sign of awareness came from ops: `acknowledged`." in told
    )
    assert "The first sign" not in section(full(rehearsal()), "Detection")


def test_statements_and_decisions_are_listed() -> None:
    sense = section(full(facilitated()), "How decisions made sense")
    assert "14:06:40, ops, theory: “A bad deploy of the shop.”" in sense
    assert "14:08:32, IC, help: “We need" in sense and sense.count("____") == 5
    assert "A script played the responders" in section(full(rehearsal()), "How decisions made sense")
    assert "help: (no comment)" in section(full(facilitated().changed("help", text="")), "How decisions made sense")


def test_notes_of_the_scribe_find_their_section() -> None:
    made = facilitated().plus(600, "note", Source.HUMAN, Role.SCRIBE, text="Todo: raise the pool's limit")
    made = made.plus(610, "note", Source.HUMAN, Role.SCRIBE, text="I learned that p95 hides the tail.")
    text = full(made)
    assert "“Todo: raise the pool's limit” (note, 14:10:00)" in section(text, "Action items")
    assert "“I learned that p95 hides the tail.”" in section(text, "What we learned")
    assert "| Owner team |" in section(text, "Action items")


def test_factors_are_suggested_from_what_was_silent_and_what_came_unexpected() -> None:
    factors = section(full(facilitated().without("alert", "paged").plus(300, "paged", by="program", text="x")),
                      "Contributing factors")  # fmt: skip
    assert "alert `journey-slow` did not fire" in factors
    assert "alert `pool-busy` fired, and the scenario does not name it" in section(
        full(facilitated()), "Contributing factors"
    )


def test_luck_is_a_guardrail_that_was_near_and_a_fault_that_lapsed() -> None:
    lucky = section(full(facilitated()), "Where we got lucky")
    assert "Guardrail" not in lucky, "both stayed far from their limits"
    made = facilitated()
    low = [replace(r, value=0.42) if (r.signal, r.at) == ("journey-success", 5_400.0) else r for r in made.readings]
    near = section(full(Made(made.events, tuple(low))), "Where we got lucky")
    assert "Guardrail journey-success below 50%: its readings reached 42%" in near
    assert "neighbour-success" not in near
    lapsed = full(rehearsal().plus(40, "lapsed", marker=MARK, reason="the proxy restarted"))
    assert "The fault on `database` lapsed before the drill reverted it." in section(lapsed, "Where we got lucky")


def test_public_statement_names_only_systems() -> None:
    made = facilitated().changed("decision", text="Ana rolls back").changed("debrief", text="Ana was quick")
    told = section(full(made, {"Ana": "ops"}), "Statements")
    assert "checkout did not work as usual for 17 min 23 s" in told and "DRILL" in told
    assert not re.search(r"\b(ana|ops|ic|incident commander|mentor|scribe)\b", told.casefold())
    assert "at least" in section(full(made.without("mitigated")), "Statements")
    assert "no impact was measured" in section(full(made.without("impact")), "Statements")


def test_an_adjusted_fault_shortens_the_time_to_mitigate_and_not_the_outage() -> None:
    made = facilitated().plus(500, "adjusted", fault="slow", params={"delay": "200ms"})
    text = full(made)
    assert "checkout did not work as usual for 17 min 23 s." in section(text, "Statements")
    summary = section(text, "Summary")
    assert "Users were affected for 17 min 23 s, from 14:01:43 UTC. Service was restored at 14:19:06 UTC." in summary
    assert "Time to mitigate is at least 6 min 37 s: the facilitator adjusted the fault at 14:08:20 UTC." in summary


def test_statement_counts_a_pause_and_names_the_end_of_an_interrupted_outage() -> None:
    paused = facilitated().plus(500, "paused").plus(560, "resumed")
    assert "checkout did not work as usual for 17 min 23 s." in section(full(paused), "Statements")
    stopped = facilitated().plus(500, "stop", resumable=True).plus(560, "stop-resumed")
    assert "for at least 6 min 37 s, until 14:19:06 UTC with interruptions." in section(full(stopped), "Statements")


def test_fault_without_effect_has_no_impact_and_restores_no_service() -> None:
    made = facilitated().moved("effect", 140).changed("effect", seen=False, start=None, end=None)
    made = made.changed("planned", steady_state=["journey-p95"])
    text = full(made)
    assert "Steady state was left, but the fault had no visible effect" in section(text, "Summary")
    assert "affected" not in section(text, "Timeline") and "Service was restored" not in text
    assert "no impact was measured" in section(text, "Statements")
    process = section(text, "Response process")
    assert process.count("not measured: the fault had no visible effect") == 5
    light = render_draft(made.events, build_scorecard(made.events, made.readings))
    assert "users were affected" not in light and "Service was restored" not in light
    late = full(made.moved("effect", 90))
    assert "Service was restored 17 min 23 s after the impact" in late, "an effect that came late is an effect"


def test_no_name_is_in_it_and_no_time_stands_beside_a_role_as_a_score() -> None:
    made = facilitated()
    for kind in ("decision", "theory", "debrief", "update", "prediction", "help"):
        made = made.changed(kind, text="ask Ana Torres")
    assert "Ana" not in full(made, {"Ana Torres": "ops", "Ana": "ops"})
    process = section(full(made), "Response process")
    assert not re.search(r"\| (ops|IC|comms|scribe|mentor|facilitator) \|", process)


def pods_lost(lowest: float = 0.0, *, value: float = 1.0, baseline: float = 2.0) -> Made:
    """Return a drill whose impact is a number of ready pods; checkout works throughout."""
    made = facilitated()
    signals: dict[str, Json] = {**read_plan(made.events).signals, "payments-ready": "count"}
    made = made.changed("planned", signals=signals, steady_state=["journey-success", "payments-ready"])
    made = made.changed("impact", signal="payments-ready", value=value, n=1)
    made = made.plus(8.1, "baseline", Source.PROBE, signal="payments-ready", value=baseline, n=9)
    pods = [Reading("payments-ready", MONO + second, lowest if second == 5 else 2.0, 1) for second in range(110)]
    worst = next(event.happened for event in made.events if event.kind == "impact") + 3.0
    return Made(made.events, (*made.readings, *pods, Reading("payments-ready", worst, lowest, 1)))


def test_lost_pods_are_not_called_affected_users() -> None:
    text = full(pods_lost())
    summary = section(text, "Summary")
    assert "later steady state was left: `payments-ready` was 1 (n=1), baseline 2 (n=9). It fell to 0 (n=" in summary
    assert re.search(r"Meanwhile `journey-success` was 98\S* to 100% \(n=\d+ readings\)\.", summary), summary
    assert "Steady state was restored" in summary and "Service was restored" not in summary
    assert "Steady state left" in section(text, "Timeline")
    assert not re.search("users (were )?affected|peaked", text, re.IGNORECASE)
    statements = section(text, "Statements")
    assert "a part behind checkout was not healthy for 17 min 23 s." in statements and "notice" not in statements


def test_picture_names_what_lost_pods_left() -> None:
    made = pods_lost()
    names = [label.text for label in moment_labels(made.events, time_axis(made.events, made.readings), len)]
    assert "steady state left" in names and "users affected" not in names


def test_count_that_rose_peaks_at_its_highest_reading() -> None:
    assert "It peaked at 9 (n=" in section(full(pods_lost(9.0, value=4.0)), "Summary")
