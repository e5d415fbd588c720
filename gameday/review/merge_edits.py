"""Update of a draft that people have edited: its managed blocks become current, and no byte of theirs is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gameday.review.document import Form, ReviewDocument
from gameday.review.managed_blocks import (
    DraftRecord,
    ManagedBlock,
    find_blocks,
    find_record,
    is_unedited,
    record_comment,
    wrap_block,
)
from gameday.review.markdown import MarkdownSection, render_markdown, split_parts

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """The draft's text, its form, and titles of sections: `kept` because edited by hand, `added`, `removed`.

    `unmarked`: its note is missing, so that only blocks were updated.
    """

    text: str
    form: Form
    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unmarked: bool = False


def merge_edits(draft: str, current: Mapping[Form, ReviewDocument], wanted: Form | None = None) -> MergedDraft:
    """Return the draft with current blocks; `wanted` None keeps its form. An unedited draft is written anew."""
    marked = find_record(draft)
    form = wanted or (marked[0].form if marked else _form_without_note(draft, current))
    if is_unedited(draft):
        return MergedDraft(render_markdown(current[form]), form)
    parts: dict[Form, dict[str, MarkdownSection]] = {
        each: {part.id: part for part in split_parts(document)} for each, document in current.items()
    }
    if marked is None:
        previous_form = _form_without_note(draft, current)
        merger = _merge_blocks(draft, parts, previous_form, previous_form)
        return MergedDraft(merger.result(), previous_form, _unique(merger.kept), unmarked=True)
    return _merge_sections(draft, parts, marked[0], form)


def _form_without_note(text: str, current: Mapping[Form, ReviewDocument]) -> Form:
    light = {section.id for section in current["light"].sections}
    return "light" if all(block.id in light for block in find_blocks(text)) else "full"


def _merge_sections(
    draft: str, parts: Mapping[Form, Mapping[str, MarkdownSection]], note: DraftRecord, form: Form
) -> MergedDraft:
    merger = _merge_blocks(draft, parts, note.form, form)
    text = merger.result()
    present = {block.id for block in find_blocks(text)}
    absent = {part.id for part in merger.removed} - present
    known = [name for name in note.ids if name not in absent]
    missing = [part for name, part in parts[form].items() if name not in known and name not in present]
    text = _append(text, missing)
    changed = replace(note, form=form, ids=(*known, *(part.id for part in missing)))
    added, removed = ([part.title for part in each] for each in (missing, merger.removed))
    return MergedDraft(_replace_note(text, changed), form, _unique(merger.kept), _unique(added), _unique(removed))


def _unique(titles: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(titles))


def _replace_note(text: str, note: DraftRecord) -> str:
    marked = find_record(text)
    assert marked is not None, "only blocks were changed, and none contains the note"
    return text[: marked[1]] + record_comment(note) + text[marked[2] :]


def _append(text: str, parts: list[MarkdownSection]) -> str:
    """Append new sections after everything else: the order of a draft belongs to people."""
    if not parts:
        return text
    gap = "" if text.endswith(_BETWEEN) else "\n" if text.endswith("\n") else _BETWEEN
    return text + gap + _BETWEEN.join(map(str, parts)) + "\n"


@dataclass(slots=True)
class _Merger:
    """Pieces of the new text, and how far the old one has been copied.

    `follows_part`: a whole section of ours ended there, so that the blank line after it is ours too. `has_gap`: the
    new text already ends in the blank line before the next section.
    """

    text: str
    pieces: list[str] = field(default_factory=list[str])
    done: int = 0
    follows_part: bool = False
    has_gap: bool = False
    kept: list[str] = field(default_factory=list[str])
    removed: list[MarkdownSection] = field(default_factory=list[MarkdownSection])

    def keep(self, title: str) -> None:
        self.kept.append(title)
        self.follows_part = False

    def replace(self, start: int, end: int, new: str, *, whole: bool = False) -> None:
        self.pieces += [self.text[self.done : start], new]
        self.done, self.follows_part, self.has_gap = end, whole, False

    def remove(self, start: int, end: int, part: MarkdownSection) -> None:
        """Remove a whole section and one blank line: the one before it only where that is ours."""
        self.removed.append(part)
        before = self.text[self.done : start]
        if before == _BETWEEN and self.follows_part:
            self.replace(start - len(_BETWEEN), end, "", whole=True)
            return
        has_gap = before.endswith(_BETWEEN) or (not before and self.has_gap)
        after = len(_BETWEEN) if self.text.startswith(_BETWEEN, end) else len(self.text) - end
        self.replace(start, end + (after if has_gap else 0), "", whole=True)
        self.has_gap = has_gap

    def result(self) -> str:
        return "".join([*self.pieces, self.text[self.done :]])


def _merge_blocks(
    text: str, parts: Mapping[Form, Mapping[str, MarkdownSection]], previous_form: Form, form: Form
) -> _Merger:
    """Update each block that is still ours, and replace or remove whole sections where the form changes."""
    written = {**parts["light"], **parts["full"], **parts[previous_form]}
    merger = _Merger(text)
    for block in find_blocks(text):
        before, after = written.get(block.id), parts[form].get(block.id)
        if not block.is_ours or before is None:
            merger.keep(_heading(text, block))
        elif previous_form != form and not block.crlf and _is_whole(text, block, before):
            start, end = block.start - len(before.head), block.end + len(before.tail)
            if after is None:
                merger.remove(start, end, before)
            else:
                merger.replace(start, end, str(after), whole=True)
        else:
            new = wrap_block(block.id, (after or before).body)
            merger.replace(block.start, block.end, new.replace("\n", "\r\n") if block.crlf else new)
    return merger


def _heading(text: str, block: ManagedBlock) -> str:
    """Return the section's title in this draft: people may have renamed it."""
    above = [line for line in text[: block.start].splitlines() if line.startswith("## ")]
    return above[-1][3:].strip() if above else block.id


def _is_whole(text: str, block: ManagedBlock, part: MarkdownSection) -> bool:
    """Return True if the section around the block is as the program wrote it."""
    start, end = block.start - len(part.head), block.end + len(part.tail)
    if start < 0 or not text.startswith(part.head, start) or not text.startswith(part.tail, block.end):
        return False
    rest = text[end:]
    return (start == 0 or text[start - 1] == "\n") and (rest in ("", "\n") or rest.startswith(f"{_BETWEEN}## "))
