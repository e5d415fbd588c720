"""Action items in a review's Markdown: read from the section that people fill in, as a list or as a table.

The Markdown is the source. `- [x]`, or `[x]` before the text in a table, marks an item as done; a link behind the text
is its issue in the team's tracker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gameday.errors import Problem
from gameday.suggestions import closest_words, one_of

SECTION_TITLE = "action items"
TYPES = ("detect", "mitigate", "prevent", "process", "learn")
FORM = "- [ ] Raise the pool limit; type: prevent; team: payments; due: 2026-12-15; done when: the load test passes"
"""An action item as people write it; docs/how-to/follow-up.md has the same."""
_MARKER = re.compile(r"^<!-- gd:auto actions\b")
_BOX = re.compile(r"^ {0,3}[-*+] \[(?P<mark>[ xX])\](?: (?P<rest>.*))?$")
_CELL_BOX = re.compile(r"^\[(?P<mark>[ xX])\]\s*")
_NONE = re.compile(r"^\s*(?:[-*+] )?none[\s,:;.]*(?:because\b[\s,:]*(?P<why>.*))?$", re.IGNORECASE)
_FIELD = re.compile(r"(?:;|^\s+[-*+])\s*([A-Za-z][A-Za-z ]{0,20}?)\s*:\s*")
_LINK = re.compile(r"\s*\(?\[(?P<label>[^\]]*)\]\((?P<url>https?://[^)\s]+)\)\)?")
_NAMES = {
    "type": "type", "team": "team", "owner team": "team", "owner": "team", "due": "due", "done when": "done when",
    "steward": "steward", "status": "state", "state": "state",
}  # fmt: skip
_NO_VERB = {"a", "an", "the", "we", "i", "you", "they", "someone", "somebody", "everyone", "there", "it", "our"}
"""Words with which no instruction begins."""


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One action item. `line`: its line in the file, from 1; `link`: its issue in a tracker, or empty.

    A team owns it. No person is read from a review."""

    text: str
    type: str
    team: str
    due: date
    done_when: str
    is_done: bool
    link: str
    line: int


@dataclass(slots=True)
class ActionSection:
    """The action items of one review. `none_because`: the reason why there is none, as people wrote it."""

    items: list[ActionItem] = field(default_factory=list[ActionItem])
    none_because: str = ""
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def is_complete(self) -> bool:
        """True if there is at least one item, or a reason for none, and everything can be read."""
        return bool(self.items or self.none_because) and not self.problems


class ItemLine(NamedTuple):
    """An item before its fields are checked. `column` counts from 1."""

    line: int
    column: int
    text: str
    is_done: bool
    fields: dict[str, str]


class _Line(NamedTuple):
    number: int
    text: str


def read_action_items(markdown: str, file: str) -> ActionSection:
    """Read the section of action items. `file` is named in its problems."""
    section = ActionSection()
    lines = list(_section_lines(markdown))
    for line in lines:
        if match := _NONE.match(line.text):
            section.none_because = (match["why"] or "").strip(" *_")
            if not section.none_because:
                wrong = "no action item, and no reason"
                section.problems.append(Problem(file, line.number, 1, wrong, "write: None, because ..."))
    for raw in (*_list_items(lines), *_table_items(lines)):
        _add_item(section, raw, file)
    section.items.sort(key=lambda item: item.line)
    return section


def _section_lines(markdown: str) -> Iterator[_Line]:
    """Yield the lines of the section, by its title or the program's comment in it, without code blocks."""
    lines = [_Line(number, text) for number, text in enumerate(markdown.splitlines(), 1)]
    heads = [index for index, line in enumerate(lines) if line.text.startswith("## ")]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        body = lines[start + 1 : end]
        title = lines[start].text[3:].strip().casefold()
        if title == SECTION_TITLE or any(_MARKER.match(line.text) for line in body):
            yield from _without_code(body)


def _without_code(lines: Sequence[_Line]) -> Iterator[_Line]:
    is_code = False
    for line in lines:
        if line.text.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code:
            yield line


def _list_items(lines: Sequence[_Line]) -> Iterator[ItemLine]:
    """Yield the check boxes, each with the indented lines below it."""
    for index, line in enumerate(lines):
        if match := _BOX.match(line.text):
            whole = [match["rest"] or ""]
            for below in lines[index + 1 :]:
                if not below.text.strip() or not below.text.startswith((" ", "\t")) or _BOX.match(below.text):
                    break
                whole.append(below.text)
            text, fields = _split_fields(whole)
            yield ItemLine(line.number, match.start("mark"), text, match["mark"] != " ", fields)


def _split_fields(lines: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Split `TEXT; team: payments; due: ...`, where a field may also be a line `- due: ...` below it."""
    parts: list[tuple[str, str]] = [("", "")]
    for line in lines:
        before = 0
        for match in _FIELD.finditer(line):
            if (name := _field_name(match[1])) is not None:
                parts[-1] = (parts[-1][0], f"{parts[-1][1]} {line[before : match.start()]}")
                parts.append((name, ""))
                before = match.end()
        parts[-1] = (parts[-1][0], f"{parts[-1][1]} {line[before:]}")
    (_, text), *fields = parts
    return " ".join(text.split()), {name: " ".join(value.split()).rstrip(";") for name, value in fields}


def find_text_end(line: str) -> int:
    """Return the index behind the text of an item in its line: before its first field, or in the first cell."""
    if line.lstrip().startswith("|"):
        match = re.search(r"\s*(?<!\\)\|", line[line.index("|") + 1 :])
        return len(line.rstrip()) if match is None else line.index("|") + 1 + match.start()
    starts = (match.start() for match in _FIELD.finditer(line) if _field_name(match[1]) is not None)
    return len(line[: next(starts, len(line))].rstrip())


def _field_name(text: str) -> str | None:
    """Return the field that a word names, also misspelt; None for a word of the text."""
    close = closest_words(text.casefold(), _NAMES, cutoff=0.75)
    return _NAMES[close[0]] if close else None


def _table_items(lines: Sequence[_Line]) -> Iterator[ItemLine]:
    """Yield the rows of tables whose first column is the action."""
    head: list[str] = []
    for line in lines:
        cells = _cells(line.text)
        if not cells:
            head = []
        elif not head:
            head = [_column(cell) for cell in cells] if cells[0].casefold().startswith("action") else ["other"]
        elif head[0] == "text" and not set("".join(cells)) <= set("-: "):
            row = dict(zip(head, (*cells, *[""] * len(head)), strict=False))
            yield _table_item(line, row)


def _cells(line: str) -> list[str]:
    text = line.strip()
    if not text.startswith("|"):
        return []
    inner = text.removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _column(title: str) -> str:
    words = title.casefold()
    if words.startswith("action"):
        return "text"
    if "detect" in words:
        return "type"
    return _NAMES.get(words, words)


def _table_item(line: _Line, row: dict[str, str]) -> ItemLine:
    text = row.pop("text")
    box = _CELL_BOX.match(text)
    is_done = (box is not None and box["mark"] != " ") or row.get("state", "").casefold() == "done"
    column = len(line.text) - len(line.text.lstrip()) + 1
    return ItemLine(line.number, column, text[box.end() :] if box else text, is_done, row)


def _add_item(section: ActionSection, raw: ItemLine, file: str) -> None:
    """Add the item, or its problems; a blank that nobody filled in is neither."""
    written = {name: value for name, value in raw.fields.items() if value.strip("_ ")}
    text, link = _split_link(raw.text)
    if not text.strip("_ ") and not written:
        return
    problems = list(_find_problems(text, written))
    section.problems += [Problem(file, raw.line, raw.column, wrong, todo) for wrong, todo in problems]
    if not problems:
        due = date.fromisoformat(written["due"])
        kind, team, done_when = written["type"].casefold(), written["team"], written["done when"]
        section.items.append(ActionItem(text, kind, team, due, done_when, raw.is_done, link, raw.line))


def _split_link(text: str) -> tuple[str, str]:
    """Return the text without its link, and the link's address."""
    match = _LINK.search(text)
    if match is None:
        return text.strip(), ""
    before, after = text[: match.start()], text[match.end() :]
    label = "" if before.strip() else match["label"]
    return f"{before}{label}{after}".strip(), match["url"]


def _find_problems(text: str, fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an item, and what to write."""
    first = text.split(" ")[0].casefold().strip("*_`")
    if not text.strip("_ ") or first in _NO_VERB:
        yield "the action item does not begin with a verb", "such as: Raise the pool limit"
    if missing := [name for name in ("type", "team", "due", "done when") if name not in fields]:
        yield f"the action item has no {', '.join(missing)}", f"such as: {FORM}"
    if fields.get("type", TYPES[0]).casefold() not in TYPES:
        yield f"unknown type {fields['type']!r}", one_of(TYPES)
    if "due" in fields and not _is_day(fields["due"]):
        yield f"invalid date {fields['due']!r}", "write it as 2026-12-15"


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
