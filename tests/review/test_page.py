"""The page: what people wrote in the Markdown, safe to open, and with its picture."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.chromium import PHONE, running_chromium
from support.drill_factory import Made, facilitated, rehearsal
from typing_extensions import override

from gameday.errors import BadArguments
from gameday.review.document import Form
from gameday.review.html import render_page
from gameday.review.markdown import render_draft
from gameday.review.save import write_page, write_review
from gameday.scorecards.scorecard import build_scorecard

WILD = "<script>alert(1)</script> $x_1$ & “q” 日本"
BLANK = "and by when?\n\n____"

ACTION_ITEMS = """\
- [x] **Alert** on `database-wait`
- [ ] See https://tracker.example/OPS-7

## Follow-up

| Item | Team |
| --- | --- |
| pool limit | payments |
"""


def render(made: Made, markdown: str | None = None, form: Form = "light") -> str:
    card = build_scorecard(made.events, made.readings)
    return render_page(
        render_draft(made.events, card, None, form) if markdown is None else markdown, made.events, made.readings, card
    )


def draft_of(made: Made, form: Form = "light") -> str:
    return render_draft(made.events, build_scorecard(made.events, made.readings), None, form)


class Reader(HTMLParser):
    """Parser that collects what a page would fetch or run, its ids, its links and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("script", "link", "iframe", "object", "embed", "base", "form", "video", "audio"):
            self.fetched.append(tag)
        for key, value in attrs:
            if key == "id" and value:
                self.ids.append(value)
            if tag == "a" and key == "href" and not (value or "").startswith("#"):
                self.links.append(value or "")
            elif key.startswith("on") or (key in ("src", "srcset", "href", "xlink:href") and value and value[0] != "#"):
                self.fetched.append(f"{key}={value}")

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("form", ["light", "full"])
def test_page_needs_no_other_file_and_has_no_script(form: Form) -> None:
    text = render(rehearsal(), form=form)
    reader = Reader(text)
    assert reader.fetched == []
    assert reader.ids.count("picture") == 1 and len(reader.ids) == len(set(reader.ids))
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in text


def test_what_people_wrote_is_on_the_page() -> None:
    written = draft_of(facilitated()).replace("status: Draft", "status: Final\nowner: payments team")
    written = written.replace(BLANK, f"and by when?\n\n{ACTION_ITEMS}")
    text = render(facilitated(), written)
    assert "<dt>Status</dt><dd>Final</dd>" in text and "<dt>Owner</dt><dd>payments team</dd>" in text
    assert "☑ <strong>Alert</strong> on <code>database-wait</code>" in text and "☐ See" in text
    assert '<h2 id="follow-up">Follow-up</h2>' in text and "<td>pool limit</td>" in text
    assert Reader(text).links == ["https://tracker.example/OPS-7"]


def test_a_draft_without_edits_has_every_sentence_of_its_sections() -> None:
    text = Reader(render(facilitated())).text
    for sentence in ("What was difficult", "we applied latency", "Take recommendations off and watch the p95."):
        assert sentence in text
    assert "gd:auto" not in text and "gd:draft" not in text and "Yours to complete" not in text


def test_the_page_escapes_what_people_said_and_wrote() -> None:
    made = facilitated()
    for kind in ("debrief", "theory", "update", "decision", "prediction", "message", "hint"):
        made = made.changed(kind, text=WILD)
    made = made.changed("planned", hypothesis=WILD, scenario=WILD, environment=WILD)
    text = render(made, draft_of(made) + f"\n{WILD}\n\n<script>\nalert(2)\n</script>\n\n<img src=x onerror=alert(3)>\n")
    assert "<script" not in text and "<img" not in text and "&lt;script&gt;" in text
    assert "alert(2)" in Reader(text).text and Reader(text).fetched == []


@pytest.mark.parametrize(
    "wild",
    ["[x](javascript:alert(1))", "[x](data:text/html,boo)", "![x](http://evil.example/p.png)", "![x](//evil.example/p)",
     "![x](\\\\evil.example/p)", "![x](/\\evil.example/p)", "![x][1]\n\n[1]: https://evil.example/p",
     "[x](vbscript:x)", "<https://evil.example>", "<div style='background:url(http://evil.example)'>"],
)  # fmt: skip
def test_page_neither_fetches_nor_runs_what_people_wrote(wild: str) -> None:
    reader = Reader(render(rehearsal(), draft_of(rehearsal()) + f"\n{wild}\n"))
    assert reader.fetched == []
    assert not any(link.startswith(("javascript", "data", "vbscript")) for link in reader.links)


def test_a_link_to_a_heading_works_on_the_page() -> None:
    headings = (
        "# Title\n\n## Action items\n\n## Picture\n\n## Picture\n\n## Scorecard\n\n## !\n\n[Next](#action-items)\n"
    )
    reader = Reader(render(rehearsal(), headings))
    named = ["title", "action-items", "heading-picture", "heading-picture-1", "heading-scorecard", "heading-"]
    assert [name for name in reader.ids if name in named] == named
    assert len(reader.ids) == len(set(reader.ids))


def test_a_lower_bound_stays_beside_its_sign() -> None:
    text = Reader(render(rehearsal(), "# Title\n\nRestored after ≥ 31 min.\n\n| Time |\n|---|\n| ≥ 7 s |\n")).text
    assert "≥\N{NO-BREAK SPACE}31 min" in text and "≥\N{NO-BREAK SPACE}7 s" in text


@pytest.mark.engine("chromium")
def test_the_timeline_fits_a_phone(tmp_path: Path) -> None:
    page = tmp_path / "review.html"
    page.write_text(render(facilitated()), "utf-8")
    with running_chromium() as browser:
        person = browser.person()
        person.set_width(PHONE)
        person.open(page.as_uri())
        widths = person.run("[...document.querySelectorAll('.table')].map(table => table.scrollWidth)")
        assert person.overflow == 0 and len(widths) == 2 and max(widths) <= PHONE - 32, widths


def test_an_image_beside_the_page_is_shown() -> None:
    text = render(rehearsal(), draft_of(rehearsal()) + "\n![The dashboard](dashboard.png)\n")
    assert '<img src="dashboard.png" alt="The dashboard">' in text


def test_comments_are_left_out_and_an_unclosed_one_hides_nothing() -> None:
    text = render(
        rehearsal(), draft_of(rehearsal()) + "\nBefore <!-- not for the page --> after.\n\n<!-- open\n\nlast line\n"
    )
    assert "not for the page" not in text and "Before  after." in text and "last line" in text


def test_the_picture_is_on_the_page_even_where_its_link_was_deleted() -> None:
    written = re.sub(r"^\[The drill on one time axis.*$", "", draft_of(rehearsal()), flags=re.MULTILINE)
    assert Reader(render(rehearsal(), written)).ids.count("picture") == 1


@pytest.mark.parametrize("front", ["---\n[broken\n---\n", "---\na: {b: c}\n---\n", "", "---\n"])
def test_any_front_matter_leaves_a_page(front: str) -> None:
    text = render(rehearsal(), f"{front}# Title\n\nText.\n")
    assert '<h1 id="title">Title</h1>' in text and "<p>Text.</p>" in text and "<title>Title (DRILL)</title>" in text
    assert "broken" not in front or "[broken" in text, "nothing that people wrote is lost"


def test_invisible_characters_do_not_reorder_the_page() -> None:
    text = render(rehearsal(), "# Title\n\nsafe \u202eelif\u0007\u200b end\r\n\r\nnext\n")
    assert "<p>safe elif end</p>" in text and "<p>next</p>" in text


def test_the_page_is_rendered_again_and_the_markdown_stays(tmp_path: Path) -> None:
    made = facilitated()
    written = write_review(made.events, made.readings, tmp_path)
    edited = written.markdown.read_text("utf-8").replace(BLANK, "Payments puts an alert on it by Friday.")
    written.markdown.write_text(edited, "utf-8")
    write_page(made.events, made.readings, tmp_path)
    assert "Payments puts an alert on it by Friday." in written.page.read_text("utf-8")
    assert written.markdown.read_text("utf-8") == edited
    write_review(made.events, made.readings, tmp_path)
    assert "Payments puts an alert on it by Friday." in written.page.read_text("utf-8"), "a new draft keeps it too"


def test_a_page_needs_the_markdown(tmp_path: Path) -> None:
    made = rehearsal()
    with pytest.raises(BadArguments, match=r"no review at .*gd-7f3a\.md"):
        write_page(made.events, made.readings, tmp_path)


def test_a_file_of_another_encoding_is_rendered(tmp_path: Path) -> None:
    made = rehearsal()
    (tmp_path / "gd-7f3a.md").write_bytes(b"# Review\n\ncaf\xe9\n")
    assert "caf\ufffd" in write_page(made.events, made.readings, tmp_path).read_text("utf-8")


def test_missing_plot_library_costs_the_picture_and_not_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        try:
            raise ImportError("libstdc++.so.6: <cannot> open shared object file")
        except ImportError as error:
            raise ImportError("Importing the numpy C-extensions failed.\n\nPlease read our advice") from error

    monkeypatch.setattr("gameday.review.chart.import_matplotlib", fail)
    made = rehearsal()
    text = write_review(made.events, made.readings, tmp_path).page.read_text("utf-8")
    reader = Reader(text)
    assert "picture" in reader.ids and "Summary" in reader.text
    assert "the plot library does not load (libstdc++.so.6: <cannot> open shared object file)." in reader.text
    assert "advice" not in text
