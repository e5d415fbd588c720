"""Action items, read from the review as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import facilitated

from gameday.review.action_items import FORM, ActionItem, ActionSection, read_action_items
from gameday.review.markdown import render_draft
from gameday.review.merge_edits import merge_edits
from gameday.scorecards.scorecard import build_scorecard

REST = "; type: prevent; team: payments; due: 2026-12-15; done when: the load test passes"


def read(*lines: str) -> ActionSection:
    return read_action_items("\n".join(["# Review", "", "## Action items", "", *lines, "", "## Glossary", ""]), "r.md")


def the_item(*lines: str) -> ActionItem:
    section = read(*lines)
    assert not section.problems
    [item] = section.items
    return item


def test_a_line_of_the_list_is_an_item() -> None:
    item = the_item(f"- [ ] Raise the pool limit{REST}")
    due = date(2026, 12, 15)
    wanted = ActionItem("Raise the pool limit", "prevent", "payments", due, "the load test passes", False, "", 5)
    assert item == wanted


def test_the_documented_form_is_an_item() -> None:
    assert the_item(FORM).text == "Raise the pool limit"


def test_fields_may_be_lines_below_the_item() -> None:
    item = the_item(
        "* [x] Alert on the pool's", "  waiting time", "  - Owner team: payments", "  - due: 2026-12-15",
        "  - type: Detect", "  - done when: it fires; in the next", "    rehearsal", "", "Some other text: unrelated",
    )  # fmt: skip
    assert (item.text, item.team, item.type) == ("Alert on the pool's waiting time", "payments", "detect")
    assert item.is_done and item.done_when == "it fires; in the next rehearsal"


def test_a_row_of_the_table_is_an_item_and_the_steward_is_not_read() -> None:
    head = (
        "| Action, verb first | Detect, mitigate, prevent, process or learn | Owner team | Steward | Due | Done when |"
    )
    rule = "| --- | --- | --- | --- | --- | --- |"
    first = "| Raise the pool \\| limit | prevent | payments | Ana | 2026-12-15 | the test passes |"
    second = "| [x] Fix it ([#7](https://tracker/7)) | learn | shop | | 2026-12-16 | it is fixed |"
    section = read(head, rule, first, second, "|   |  |  |  |  |  |")
    assert not section.problems
    assert [(item.text, item.team, item.is_done, item.link, item.line) for item in section.items] == [
        ("Raise the pool | limit", "payments", False, "", 7), ("Fix it", "shop", True, "https://tracker/7", 8),
    ]  # fmt: skip
    assert "Ana" not in repr(section)


@pytest.mark.parametrize(
    "text",
    [
        "Raise it ([shop#7](https://tracker.example/7))", "[Raise it](https://tracker.example/7)",
        "Raise it [shop#7](https://tracker.example/7)",
    ],
)  # fmt: skip
def test_a_link_is_the_issue_in_the_tracker(text: str) -> None:
    item = the_item(f"- [ ] {text}{REST}")
    assert (item.text, item.link) == ("Raise it", "https://tracker.example/7")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("- [ ] Raise it", "the action item has no type, team, due, done when"),
        (f"- [ ] The pool{REST}", "the action item does not begin with a verb"),
        (f"- [ ] Raise it{REST}".replace("prevent", "avoid"), "unknown type 'avoid'"),
        (f"- [ ] Raise it{REST}".replace("2026-12-15", "next week"), "invalid date 'next week'"),
        (f"- [ ] Raise it{REST}".replace("2026-12-15", "2026-02-30"), "invalid date '2026-02-30'"),
        (f"- [ ] Raise it{REST}".replace("team: payments", "team: ____"), "the action item has no team"),
        ("None", "no action item, and no reason"),
    ],
)
def test_an_unreadable_item_is_a_problem_with_its_line(line: str, wrong: str) -> None:
    section = read(line)
    assert [(problem.file, problem.line, problem.wrong) for problem in section.problems] == [("r.md", 5, wrong)]
    assert not section.items and not section.is_complete


def test_a_misspelt_field_is_understood() -> None:
    assert the_item(f"- [ ] Raise it{REST}".replace("team:", "teams:")).team == "payments"


def test_a_reason_for_none_is_an_answer() -> None:
    section = read("- **None, because the fault cannot happen again.**".replace("**", ""))
    assert section.none_because == "the fault cannot happen again." and section.is_complete
    assert not read("None of the alerts fired.").none_because


def test_only_the_section_counts_and_no_code_in_it() -> None:
    box = f"- [ ] Raise it{REST}"
    assert not read("```", box, "```").items
    assert not read_action_items(f"## Summary\n\n{box}\n", "r.md").items
    marked = "## Next steps\n\n<!-- gd:auto actions 0123456789ab -->\n<!-- gd:end -->\n\n"
    assert read_action_items(marked + box + "\n", "r.md").items, "people may rename the section"


@pytest.mark.parametrize("form", ["light", "full"])
def test_a_new_draft_has_no_item_and_no_problem(form: str) -> None:
    made = facilitated()
    card = build_scorecard(made.events, made.readings)
    draft = render_draft(made.events, card, form="full" if form == "full" else "light")
    section = read_action_items(draft, "r.md")
    assert not section.items and not section.problems and not section.none_because
    assert "None, because ..." in draft


def test_items_survive_another_draft() -> None:
    from gameday.review.assemble import build_document

    made = facilitated()
    card = build_scorecard(made.events, made.readings)
    draft = render_draft(made.events, card).replace("## Action items\n", f"## Action items\n\n- [ ] Raise it{REST}\n")
    light, full = build_document(made.events, card), build_document(made.events, card, form="full")
    merged = merge_edits(draft, {"light": light, "full": full}, "full")
    assert [item.text for item in read_action_items(merged.text, "r.md").items] == ["Raise it"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_read(text: str) -> None:
    for line in (text, f"- [ ] {text}", f"| Action |\n| {text} |"):
        read(line)
