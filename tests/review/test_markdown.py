"""The light draft: its sections, its sentences, and nothing untrue in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml
from support.drill_factory import MARK, Made, facilitated, rehearsal
from support.events import sample_intent

from gameday.app.debrief import HEADINGS as HEADINGS_OF_DEBRIEF
from gameday.model import Role, Source
from gameday.review.markdown import render_draft
from gameday.scorecards.scorecard import build_scorecard

HEADINGS = [
    "Summary", "Detection", "Timeline", "What went well", "What was difficult", "Contributing factors",
    "What we learned", "Action items",
]  # fmt: skip


def drafted(made: Made, names: dict[str, str] | None = None) -> str:
    return render_draft(made.events, build_scorecard(made.events, made.readings), names)


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("build", [rehearsal, facilitated])
def test_the_headings_at_most_five_blanks_and_a_link_to_the_chart(build: Callable[[], Made]) -> None:
    text = drafted(build())
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert titles == [title for title in HEADINGS if title in titles]
    assert titles == HEADINGS or build is rehearsal, "a rehearsal leaves out sections without content"
    assert 1 <= text.count("____") <= 5
    assert "(gd-7f3a.html#picture)" in text


def test_a_section_without_content_is_left_out() -> None:
    made = rehearsal().without("fault", "applied", "intended", "fault-reverted", "impact", "effect", "alert", "paged",
                               "evaluated", "mitigated", "action-finished", "recovered", "reverted")  # fmt: skip
    text = drafted(made)
    assert "No fault was applied, so nothing was tested." in text
    assert "## Detection" not in text and "## What went well" not in text


def test_of_a_target_that_is_several_it_says_which_were_hit() -> None:
    named = replace(
        sample_intent(), address={"engine": "unix:///s", "containers": [f"web-{number}" for number in range(9)]}
    )
    text = drafted(rehearsal().changed("intended", intent=named.encode()))
    assert "to `database` (`web-0`, `web-1`, `web-2`, `web-3`, `web-4`, `web-5` and 3 more)." in text
    assert "to `database`." in drafted(rehearsal())


def test_each_fault_of_several_is_named() -> None:
    made = rehearsal().plus(
        20.0, "fault", marker="gd-7f3a00000002", fault="lost", fault_kind="kill", target="payments-pods"
    )
    text = drafted(made)
    assert "to `database`, and kill to `payments-pods`." in text


def test_the_front_matter_is_yaml_and_a_draft_is_due_after_two_days() -> None:
    front = yaml.safe_load(drafted(facilitated()).split("---\n")[1])
    assert front["id"] == "gd-7f3a" and front["status"] == "Draft" and front["drill"] is True
    assert front["review due"] == "2026-03-06 14:21 UTC"


def test_people_speak_as_roles_and_only_as_they_spoke() -> None:
    made = facilitated().plus(1340, "debrief", Source.HUMAN, Role.SCRIBE, heading="Learned", text="Ana knew the pool.")
    text = drafted(made, {"Ana": "ops", "Ana Torres": "ops"})
    assert "“the ops knew the pool.” (hot debrief, scribe)" in section(text, "What we learned")
    assert "“The alert told us before support did.” (hot debrief, scribe)" in section(text, "What went well")
    assert "“Put database-wait on the checkout dashboard.” (hot debrief, scribe)" in section(text, "Action items")


def test_each_answer_of_the_debrief_is_in_the_section_that_was_asked_for() -> None:
    made = facilitated().without("debrief")
    for second, heading in enumerate(HEADINGS_OF_DEBRIEF):
        made = made.plus(1310.0 + second, "debrief", Source.HUMAN, Role.OPS, heading=heading, text=f"About {heading}.")
    text = drafted(made)
    for heading in HEADINGS_OF_DEBRIEF:
        assert f"- “About {heading}.” (hot debrief, ops)" in section(text, heading)


def test_generated_questions_ask_what_and_how() -> None:
    for made in (rehearsal(), facilitated(), facilitated().without("update")):
        text = re.sub(r"“[^”]*”", "", drafted(made)).casefold()
        assert not re.search(r"\b(who|why|failed to|should have|forgot|root cause|fault of)\b", text)


def test_nothing_untrue_is_said_of_a_drill_that_went_otherwise() -> None:
    paged = drafted(rehearsal().without("alert", "paged").plus(60, "paged", by="program", text="slow"))
    assert "Alert `journey-slow` was expected to fire, and did not." in paged and "gameday paged" in paged
    idle = drafted(
        rehearsal().changed("effect", seen=False).changed("planned", steady_state=["journey-p95"]).without("impact")
    )
    assert (
        "It is unknown whether the hypothesis holds." in idle
        and "No two consecutive readings of journey-p95 left steady state" in idle
    )
    dirty = drafted(rehearsal().without("fault-reverted"))
    assert f"`{MARK}` may still be active" in section(dirty, "Action items") and "reverted and verified" not in dirty
    deaf = drafted(facilitated().without("update"))
    assert "Not recorded, which does not mean missed: status update." in deaf
    lapsed = drafted(rehearsal().plus(40, "lapsed", marker=MARK, reason="the proxy restarted"))
    assert (
        "and then lapsed, and steady state was restored." in lapsed
        and "It is unknown whether the hypothesis holds." in lapsed
    )
    lost = drafted(rehearsal().changed("steady-state", holds=False))
    assert "steady state was not restored" in lost and "What went well" in lost


def test_a_rehearsals_script_earns_no_praise() -> None:
    assert "IC was announced" not in section(drafted(rehearsal()), "What went well")
    assert "The IC was announced 31 s after the declaration (objective: 3 min)." in section(
        drafted(facilitated()), "What went well"
    )


def test_an_absent_moment_is_told_in_a_whole_sentence() -> None:
    made = facilitated().without("update").plus(1400, "not-done", source=Source.HUMAN, moment="update")
    assert "A person reported that there was no status update." in drafted(made)


def test_irreversible_change_is_not_listed_as_an_open_cleanup() -> None:
    say = "restart-database ran and has no undo command: check whether anything is left"
    told = section(drafted(rehearsal().changed("cleanup", result="no-undo", text=say)), "Action items")
    assert say in told and "Restore:" not in told


def test_quoted_text_cannot_become_markup() -> None:
    wild = facilitated().changed("debrief", text="# <b>a|b</b> [x](y) `z` \ue000bold\ue001\n- two")
    text = drafted(wild)
    assert "<b>" not in text and "[x](y)" not in text and "\ue000" not in text
    assert not re.search(r"^# <|^- two", text, re.MULTILINE)


def test_open_cleanup_is_an_action_item() -> None:
    assert "Restore: recommendations are off." in section(
        drafted(rehearsal().changed("cleanup", result="owed")), "Action items"
    )


def test_an_impact_by_requests_that_timed_out_has_no_peak() -> None:
    made = facilitated().changed("impact", value=2.0, lower_bound=True)
    text = render_draft(made.events, build_scorecard(made.events, made.readings))
    assert "was more than 2 s (n=22)" in text and "It peaked at" not in text
