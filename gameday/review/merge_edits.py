"""A draft that people have worked on, with its automatic parts made fresh. No byte that a person wrote is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gameday.review.document import Document, Form
from gameday.review.managed_blocks import ManagedBlock, Note, blocks, find_note, is_unedited, note_comment, wrap_block
from gameday.review.markdown import Part, markdown, parts_of

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The draft's text, its form, and titles: of what was `kept` because somebody had changed it, of sections `added`
    and `removed`. `unmarked`: it has no note any more, so that only blocks were made fresh."""

    text: str
    form: Form
    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unmarked: bool = False


def refresh(old: str, fresh: Mapping[Form, Document], wanted: Form | None = None) -> Refreshed:
    """The draft `old` with what is fresh; `wanted` None leaves its form. A draft nobody touched is made anew."""
    found = find_note(old)
    form = wanted or (found[0].form if found else _form_without_note(old, fresh))
    if is_unedited(old):
        return Refreshed(markdown(fresh[form]), form)
    parts: dict[Form, dict[str, Part]] = {one: {p.id: p for p in parts_of(made)} for one, made in fresh.items()}
    if found is None:
        was = _form_without_note(old, fresh)
        text, kept, _ = _blocks(old, parts, was, was)
        return Refreshed(text, was, kept, unmarked=True)
    return _edited(old, parts, found[0], form)


def _form_without_note(text: str, fresh: Mapping[Form, Document]) -> Form:
    light = {section.id for section in fresh["light"].sections}
    return "light" if all(block.id in light for block in blocks(text)) else "full"


def _edited(old: str, parts: Mapping[Form, Mapping[str, Part]], note: Note, form: Form) -> Refreshed:
    text, kept, removed = _blocks(old, parts, note.form, form)
    there = {block.id for block in blocks(text)}
    gone = {part.id for part in removed} - there
    known = [name for name in note.ids if name not in gone]
    missing = [part for name, part in parts[form].items() if name not in known and name not in there]
    text = _added(text, missing)
    changed = replace(note, form=form, ids=(*known, *(part.id for part in missing)))
    return Refreshed(_renoted(text, changed), form, kept, _titles(missing), _titles(removed))


def _titles(parts: list[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.title for part in parts))


def _renoted(text: str, note: Note) -> str:
    found = find_note(text)
    assert found is not None, "only blocks were changed, and a note stands in none"
    return text[: found[1]] + note_comment(note) + text[found[2] :]


def _added(text: str, missing: list[Part]) -> str:
    """New sections stand after all that is there: people's order is people's."""
    if not missing:
        return text
    gap = "" if text.endswith(_BETWEEN) else "\n" if text.endswith("\n") else _BETWEEN
    return text + gap + _BETWEEN.join(map(str, missing)) + "\n"


def _blocks(
    text: str, parts: Mapping[Form, Mapping[str, Part]], was: Form, form: Form
) -> tuple[str, tuple[str, ...], list[Part]]:
    """The text with each block made fresh that is still ours; titles of those that are not; sections taken out."""
    every = {**parts["light"], **parts["full"], **parts[was]}
    made: list[str] = []
    kept: list[str] = []
    removed: list[Part] = []
    done = 0
    for block in blocks(text):
        before, after = every.get(block.id), parts[form].get(block.id)
        if not block.ours or before is None:
            kept.append(_heading(text, block))
            continue
        start, end, new = block.start, block.end, wrap_block(block.id, (after or before).body)
        if was != form and not block.crlf and _whole(text, block, before):
            start, end, new = start - len(before.head), end + len(before.tail), str(after) if after else ""
            if after is None:
                removed.append(before)
                start -= len(_BETWEEN) if text[done:start].endswith(_BETWEEN) else 0
        made += [text[done:start], new.replace("\n", "\r\n") if block.crlf else new]
        done = end
    return "".join([*made, text[done:]]), tuple(dict.fromkeys(kept)), removed


def _heading(text: str, block: ManagedBlock) -> str:
    """What the section is called here: people may have called it otherwise."""
    above = [line for line in text[: block.start].splitlines() if line.startswith("## ")]
    return above[-1][3:].strip() if above else block.id


def _whole(text: str, block: ManagedBlock, part: Part) -> bool:
    """Whether the section around the block is as we wrote it, with nothing of people's in it."""
    start, end = block.start - len(part.head), block.end + len(part.tail)
    if start < 0 or not text.startswith(part.head, start) or not text.startswith(part.tail, block.end):
        return False
    rest = text[end:]
    return (start == 0 or text[start - 1] == "\n") and (rest in ("", "\n") or rest.startswith(f"{_BETWEEN}## "))
