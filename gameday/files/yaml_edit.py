"""Insertion and removal of an entry of YAML text that leave everything else, comments too, unchanged."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence

import yaml

from gameday.files.yaml_document import parse_document
from gameday.files.yaml_format import MAX_LINE, format_entry, to_flow_style
from gameday.model import Json

_COMMENT = re.compile(r"( *)#[^\n]*(\n|$)")


class CannotInsert(Exception):
    """No place for the entry that leaves the rest unchanged (an alias, an unusual layout)."""


def insert_entry(text: str, path: Sequence[str], value: Json) -> str:
    """Insert `value` at `path`, whose last key is new; missing maps are created.

    The result is parsed again: it must be the old data plus the value. Raises CannotInsert."""
    bom = text[: text.startswith("\ufeff")]
    before = parse_document(text, "")
    intended = _expected_data(before.data, path, value)
    edited = bom + _insert_into(text.removeprefix(bom), before.root, path, value)
    after = parse_document(edited, "")
    if after.data != intended or len(after.problems) > len(before.problems):
        raise CannotInsert
    return edited


def remove_entry(text: str, path: Sequence[str]) -> str:
    """Remove the entry at `path`, and each map that is then empty, except the whole file's.

    The result is parsed again: it must be the old data without the entry. Raises CannotInsert."""
    bom = text[: text.startswith("\ufeff")]
    before = parse_document(text, "")
    intended, steps = copy.deepcopy(before.data), list(path)
    while len(steps) > 1 and _size(before.data, steps[:-1]) == 1:
        steps.pop()
    inner = intended
    for step in steps[:-1]:
        inner = inner[step] if isinstance(inner, dict) and step in inner else None
    if not isinstance(inner, dict) or steps[-1] not in inner:
        raise CannotInsert
    del inner[steps[-1]]
    edited = bom + _cut(text.removeprefix(bom), before.root, steps)
    after = parse_document(edited, "")
    if after.data != intended or len(after.problems) > len(before.problems):
        raise CannotInsert
    return edited


def append_items(text: str, key: str, items: Sequence[Json]) -> str:
    """Append items to the list at a key of the whole file, each on a line of its own with a dash.

    The result is parsed again: it must be the old data plus the items. Raises CannotInsert."""
    bom = text[: text.startswith("\ufeff")]
    before = parse_document(text, "")
    plain, node = text.removeprefix(bom), before.root
    listed = _value(node, key) if isinstance(node, yaml.MappingNode) else None
    if not isinstance(listed, yaml.SequenceNode) or listed.flow_style or not isinstance(before.data, dict):
        raise CannotInsert
    column = int(listed.start_mark.column)
    lines = [f"{' ' * column}- {to_flow_style(item)}" for item in items]
    edited = bom + _after_line(plain, _block_end(plain, listed, column), lines)
    after = parse_document(edited, "")
    earlier = before.data[key]
    intended = before.data | {key: [*earlier, *items]} if isinstance(earlier, list) else None
    if after.data != intended or len(after.problems) > len(before.problems):
        raise CannotInsert
    return edited


def _size(data: Json, path: Sequence[str]) -> int:
    """Return the number of entries of the map at `path`; 0 for anything else."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return len(data) if isinstance(data, dict) else 0


def _cut(text: str, root: yaml.Node | None, path: Sequence[str]) -> str:
    into = root
    for step in path[:-1]:
        into = _value(into, step) if isinstance(into, yaml.MappingNode) else None
    if not isinstance(into, yaml.MappingNode):
        raise CannotInsert
    names = [name.value for name, _ in into.value]
    at = names.index(path[-1])
    name, value = into.value[at]
    begin = name.start_mark.index
    if not into.flow_style:
        end = _line_end(text, _block_end(text, value, _column(into)))
        return text[: text.rfind("\n", 0, begin) + 1] + text[end + 1 :]
    if at + 1 < len(names):
        return text[:begin] + text[into.value[at + 1][0].start_mark.index :]
    begin = into.value[at - 1][1].end_mark.index if at else begin
    return text[:begin] + text[value.end_mark.index :]


def _expected_data(data: Json, path: Sequence[str], value: Json) -> Json:
    """Return the data that the file should have."""
    whole = copy.deepcopy(data)
    inner = whole
    for step in path[:-1]:
        if not isinstance(inner, dict):
            raise CannotInsert
        inner = inner.setdefault(step, {})
    if not isinstance(inner, dict) or path[-1] in inner:
        raise CannotInsert
    inner[path[-1]] = value
    return whole


def _insert_into(text: str, root: yaml.Node | None, path: Sequence[str], value: Json) -> str:
    """Insert into the innermost existing map on the path; an empty one is rewritten."""
    into, rest, inside_flow = root, list(path), False
    empty: yaml.Node | None = None
    while isinstance(into, yaml.MappingNode) and len(rest) > 1:
        inner = _value(into, rest[0])
        if inner is None:
            break
        inside_flow = inside_flow or bool(into.flow_style)
        if isinstance(inner, yaml.MappingNode) and not inner.value:
            empty = inner
            break
        into, rest = inner, rest[1:]
    if not isinstance(into, yaml.MappingNode) or not into.value:
        raise CannotInsert
    for key in reversed(rest[1:]):
        value = {key: value}
    if empty is not None:
        return _fill_empty_map(text, into, empty, rest[0], value)
    return _in_flow(text, into, rest[0], value) if into.flow_style else _in_block(text, into, rest[0], value)


def _value(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _fill_empty_map(text: str, into: yaml.MappingNode, empty: yaml.Node, key: str, value: Json) -> str:
    """Replace `{}` with its content; a comment after it stays after the key."""
    start, end = empty.start_mark.index, empty.end_mark.index
    if into.flow_style or text[start:end].strip("{ }"):
        return text[:start] + to_flow_style(value) + text[end:]
    lines = format_entry(key, value, _column(into))
    if len(lines) == 1:
        return text[:start] + lines[0].partition(": ")[2] + text[end:]
    head, rest = text[:start].rstrip(" "), text[end:]
    gap = " " * (end - len(head)) if rest.lstrip(" ").startswith("#") else ""  # the comment stays in its column
    return _after_line(head + gap + rest, len(head) - 1, lines[1:])


def _in_flow(text: str, into: yaml.MappingNode, key: str, value: Json) -> str:
    """Insert after the last entry of a one-line map; on a line of its own if that one is full."""
    last = into.value[-1][1]
    end = last.end_mark.index
    if not into.start_mark.index < last.start_mark.index <= end <= into.end_mark.index:
        raise CannotInsert
    entry = f"{to_flow_style(key)}: {to_flow_style(value)}"
    line = text[text.rfind("\n", 0, end) + 1 : _line_end(text, end)]
    fits = len(line) + len(entry) < MAX_LINE
    first = into.value[0][0].start_mark
    return text[:end] + ("," + (" " if fits else _newline(text) + " " * first.column) + entry) + text[end:]


def _in_block(text: str, into: yaml.MappingNode, key: str, value: Json) -> str:
    """Insert on new lines after the last entry and the comments that belong to it."""
    column = _column(into)
    return _after_line(text, _block_end(text, into, column), format_entry(key, value, column))


def _block_end(text: str, node: yaml.Node, column: int) -> int:
    """Return the end of the last line of a value, with the comments deeper than `column` that belong to it."""
    at = _line_end(text, len(text[: _last(node).end_mark.index].rstrip()))
    while (comment := _COMMENT.match(text, at + 1)) and len(comment[1]) > column:
        at = comment.end() - len(comment[2])
    return at


def _after_line(text: str, at: int, lines: list[str]) -> str:
    """Insert `lines` after the line that contains the character `at`."""
    newline = _newline(text)
    end = _line_end(text, at)
    head = text[: end + 1] if end < len(text) else text + newline
    return head + "".join(line + newline for line in lines) + text[end + 1 :]


def _last(node: yaml.Node) -> yaml.Node:
    """Return the innermost last value. Raises CannotInsert if it is an alias."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        end = node.value[-1]
        inner = end[1] if isinstance(node, yaml.MappingNode) else end
        if inner.start_mark.index < node.start_mark.index:
            raise CannotInsert
        node = inner
    return node


def _column(into: yaml.MappingNode) -> int:
    return int(into.value[0][0].start_mark.column)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
