"""A draft that people edited: managed blocks are updated, and no byte that a person wrote is lost."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.drill_factory import Made, facilitated

from gameday import atomic_file
from gameday.errors import InternalError
from gameday.model import Role, Source
from gameday.review.assemble import build_document
from gameday.review.document import Form, ReviewDocument
from gameday.review.managed_blocks import digest_block, find_blocks
from gameday.review.markdown import render_markdown
from gameday.review.merge_edits import MergedDraft, merge_edits
from gameday.review.save import write_review
from gameday.scorecards.scorecard import build_scorecard

FORMS: tuple[Form, ...] = ("light", "full")
OURS = re.compile(r"<!-- gd:auto [a-z]+ ([0-9a-f]{12}) -->\n((?:(?!<!-- gd:).*\n)*)<!-- gd:end -->")


def said(made: Made) -> dict[Form, ReviewDocument]:
    card = build_scorecard(made.events, made.readings)
    return {form: build_document(made.events, card, None, form) for form in FORMS}


@cache
def before_edits() -> dict[Form, ReviewDocument]:
    return said(facilitated())


@cache
def later() -> dict[Form, ReviewDocument]:
    """Return the same drill after one more line of the debrief."""
    return said(facilitated().plus(1400, "debrief", Source.HUMAN, Role.SCRIBE, heading="Learned", text="Pools fill."))


def again(text: str, wanted: Form | None = None) -> MergedDraft:
    return merge_edits(text, later(), wanted)


def outside(text: str) -> str:
    """All of a draft but its note and the blocks that nobody changed: people's, by an account of its own."""
    rest = OURS.sub(lambda m: "" if digest_block(m[2]) == m[1] else m[0], text)
    return re.sub(r"<!-- gd:draft [a-z0-9 ]* -->", "", rest)


def titles(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wanted", FORMS)
def test_unedited_draft_is_regenerated_in_the_requested_form(form: Form, wanted: Form) -> None:
    made = again(render_markdown(before_edits()[form]), wanted)
    assert made.text == render_markdown(later()[wanted]) and "“Pools fill.”" in made.text
    assert made == MergedDraft(made.text, wanted)


@pytest.mark.parametrize("form", FORMS)
def test_without_a_form_wanted_a_draft_stays_what_it_is(form: Form) -> None:
    edited = render_markdown(before_edits()[form]) + "Ours.\n"
    assert again(edited).form == form and titles(again(edited).text) == titles(edited)


def test_text_outside_generated_blocks_is_kept_and_blocks_are_refreshed() -> None:
    edited = render_markdown(before_edits()["light"]).replace("first, and what did it show?\n\n____", "first? The p95.")
    made = again(edited)
    assert outside(made.text) == outside(edited) and "The p95." in made.text
    assert "“Pools fill.”" in made.text and made.kept == made.added == ()


def test_edited_block_is_kept_and_reported() -> None:
    edited = (
        render_markdown(before_edits()["light"])
        .replace("Pools", "")
        .replace("We look at deploys first", "We look there first")
    )
    made = again(again(edited).text)
    assert made.kept == ("What we learned",) and made.text == again(edited).text
    assert "We look there first" in made.text and "Pools fill" not in made.text
    renamed = edited.replace("## What we learned", "## Lessons")
    assert again(renamed, "full").kept == again(again(renamed, "full").text, "light").kept == ("Lessons",)


def test_removed_sections_stay_removed_and_added_text_stays() -> None:
    text = render_markdown(before_edits()["full"])
    start, end = text.index("## Where we got lucky"), text.index("## Contributing factors")
    edited = text[:start] + "## What the cat did\n\nIt slept.\n\n" + text[end:]
    steps: tuple[Form | None, ...] = (None, "full", "light", "full")
    for wanted in steps:
        edited = again(edited, wanted).text
        assert "Where we got lucky" not in edited
    assert "## What the cat did\n\nIt slept.\n\n" in edited
    assert "Where we got lucky" not in again(again(text[:start] + text[end:], "light").text, "full").text


def test_an_edited_light_draft_grows_by_the_missing_sections_in_their_order() -> None:
    edited = render_markdown(before_edits()["light"]) + "\nOur own end.\n"
    made = again(edited, "full")
    shared = {section.id for section in later()["light"].sections}
    new = [section.title for section in later()["full"].sections if section.id not in shared]
    assert made.added == tuple(new) and titles(made.text)[-len(new) :] == new
    assert made.text.index("Our own end.") < made.text.index("## Prime directive")
    assert made.text.count("| 14:01:41 |") == 1, "one timeline"
    assert again(made.text, "full").text == made.text


def test_back_to_light_takes_out_only_what_nobody_wrote_in() -> None:
    edited = (
        render_markdown(before_edits()["full"])
        .replace("What was missing", "")
        .replace("on a normal day?\n\n____", "on a normal day?\nA hundred orders.")
    )
    made = again(edited, "light")
    assert "Impact" in titles(made.text) and "A hundred orders." in made.text
    assert "Hypothesis" in made.removed and "Hypothesis" not in titles(made.text)
    assert titles(made.text) == [
        "Summary",
        "Impact",
        "Detection",
        "Timeline",
        "What went well",
        "What was difficult",
        "Contributing factors",
        "What we learned",
        "Action items",
    ]
    assert not made.text.endswith("\n\n")
    assert again(made.text).text == made.text


@pytest.mark.parametrize("own", ["## Ours\n\nText.\n\n", "Text.\n\n", "\n\n", "## Ours\n\nText.\n\n\n\n"])
@pytest.mark.parametrize("before", ["## Statements", "## Glossary and links", "## How decisions made sense"])
def test_a_blank_line_written_before_a_removed_section_stays(own: str, before: str) -> None:
    text = render_markdown(before_edits()["full"])
    at = text.index(before)
    merged = again(text[:at] + own + text[at:], "light")
    assert before.removeprefix("## ") in merged.removed
    assert own in merged.text
    assert again(merged.text, "light").text == merged.text


def test_a_file_with_other_ends_of_line_is_still_kept_fresh() -> None:
    edited = (render_markdown(before_edits()["light"]) + "Ours.\n").replace("\n", "\r\n")
    made = again(edited)
    assert made.kept == () and "“Pools fill.”" in made.text and "\n" not in made.text.replace("\r\n", "")


def test_one_foreign_end_of_line_in_a_fence_makes_the_block_peoples() -> None:
    edited = render_markdown(before_edits()["light"]) + "Ours.\n"
    edited = re.sub(r"(<!-- gd:auto learned [0-9a-f]{12} -->)\n", "\\1\r\n", edited)
    made = again(edited)
    assert made.kept == ("What we learned",) and "-->\r\n" in made.text and "Pools fill" not in made.text


def test_without_its_note_or_with_nothing_of_ours_a_draft_is_left_in_its_form() -> None:
    text = re.sub(r"<!-- gd:draft .* -->\n", "", render_markdown(before_edits()["full"]))
    made = again(text, "light")
    assert made.unmarked and made.form == "full" and titles(made.text) == titles(text) and "Pools fill" in made.text
    assert again("ours alone", "full").text == "ours alone"


ANYTHING = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(
    ["<!-- gd:end -->", "\n<!-- gd:end -->\n", "\n<!-- gd:auto detection 0123456789ab -->\n",
     "\n## Ours\n\n", "\r", "\r\n",
     "____", "<!--", "-->", "\n---\n", " told", "a", "0", " ", "\t", "\udc80"]
)  # fmt: skip


@given(st.data())
def test_no_written_byte_is_lost(data: st.DataObject) -> None:
    ours = text = render_markdown(before_edits()[data.draw(st.sampled_from(FORMS))])
    for _ in range(data.draw(st.integers(0, 2))):  # first something may go, a section or a piece of one
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + text[start + data.draw(st.integers(0, 600)) :]
    start = data.draw(
        st.integers(0, len(text)) | st.sampled_from([m.start() for m in re.finditer("gd:|____|## ", text)] or [0])
    )
    wrote = data.draw(ANYTHING)
    text = text[:start] + wrote + text[start:]
    assume(text != ours)  # a letter that is taken out and put back is nobody's
    line = text[text.rfind("\n", 0, start) + 1 : (text + "\n").find("\n", start + len(wrote))]
    made = again(text, data.draw(st.sampled_from([None, *FORMS])))
    if not line.startswith("<!-- gd:draft "):  # the note's own line is the program's
        assert wrote in made.text
        assert line in made.text or "\n" in wrote or not wrote.strip()
    assert again(made.text, made.form).text == made.text


@given(st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 200), ANYTHING), max_size=5), st.sampled_from(FORMS))
def test_in_its_own_form_a_draft_keeps_every_byte_around_our_blocks_in_its_place(
    edits: list[tuple[int, int, str]], form: Form
) -> None:
    text = render_markdown(before_edits()[form])
    for start, gone, wrote in edits:
        text = text[:start] + wrote + text[start + gone :]
    made = again(text)
    assert outside(made.text).startswith(outside(text).rstrip("\n"))
    if made.added == ():
        assert outside(made.text) == outside(text)
    assert again(made.text).text == made.text


def test_our_own_blocks_are_recognised() -> None:
    for form in FORMS:
        found = list(find_blocks(render_markdown(before_edits()[form])))
        assert [one.id for one in found] == [section.id for section in before_edits()[form].sections]
        assert all(one.is_ours for one in found)


def test_bytes_that_are_no_text_links_and_permissions_survive(tmp_path: Path) -> None:
    made = facilitated()
    real = write_review(made.events, made.readings, tmp_path / "wiki").markdown
    real.write_bytes(real.read_bytes().replace(b"____", b"caf\xe9 \xff"))
    real.chmod(0o600)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / real.name).symlink_to(real)
    written = write_review(made.events, made.readings, tmp_path / "here", form="full")
    assert (
        written.markdown.is_symlink() and b"caf\xe9 \xff" in real.read_bytes() and b"## Statements" in real.read_bytes()
    )
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "wiki").iterdir() if path.suffix == ".md"] == [real.name]
    assert not list(tmp_path.rglob(".*"))


def test_a_draft_that_needs_nothing_is_not_written(tmp_path: Path) -> None:
    made = facilitated()
    path = write_review(made.events, made.readings, tmp_path).markdown
    os.utime(path, (1.0, 1.0))
    write_review(made.events, made.readings, tmp_path)
    assert path.stat().st_mtime == 1.0


def test_simultaneous_save_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = facilitated()
    path = write_review(made.events, made.readings, tmp_path).markdown
    write, saved = atomic_file._write, [f"saved {number}\n" for number in range(2)]

    def meanwhile(draft: Path, data: str | bytes, flag: int, mode: int) -> None:
        write(draft, data, flag, mode)
        if draft.name.startswith(f".{path.name}") and saved:
            path.write_text(path.read_text("utf-8") + saved.pop(0), "utf-8")

    monkeypatch.setattr(atomic_file, "_write", meanwhile)
    write_review(made.events, made.readings, tmp_path, form="full")
    text = path.read_text("utf-8")
    assert "saved 0\n" in text and "saved 1\n" in text and "## Statements" in text
    saved.extend(["again\n"] * 99)
    with pytest.raises(InternalError, match="somebody keeps saving"):
        write_review(made.events, made.readings, tmp_path, form="light")
