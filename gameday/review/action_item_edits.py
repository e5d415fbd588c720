"""Edits of an action item in a review's Markdown: its link to a tracker, and its box. Nothing else changes."""

from __future__ import annotations

import re

from gameday.review.action_items import ActionItem, find_text_end, read_action_items

_LIST_BOX = re.compile(r"^( {0,3}[-*+] \[)[ xX](\])")
_CELL = re.compile(r"^(\s*\|\s*)(?:\[[ xX]\]\s*)?")


def add_link(markdown: str, item: ActionItem, label: str, url: str) -> str | None:
    """Return the review with the item's link behind its text; None if the item is no longer there without a link."""
    current = _find(markdown, item)
    if current is None or current.link:
        return None
    lines = markdown.splitlines(keepends=True)
    line = lines[current.line - 1]
    end = find_text_end(line)
    name = re.sub(r"[\[\]|\\]", "", label)
    lines[current.line - 1] = f"{line[:end]} ([{name}]({url})){line[end:]}"
    return "".join(lines)


def check_box(markdown: str, item: ActionItem) -> str | None:
    """Return the review with the item marked as done; None if the item is no longer there, or done already."""
    current = _find(markdown, item)
    if current is None or current.is_done:
        return None
    lines = markdown.splitlines(keepends=True)
    line = lines[current.line - 1]
    is_row = line.lstrip().startswith("|")
    lines[current.line - 1] = _CELL.sub(r"\1[x] ", line) if is_row else _LIST_BOX.sub(r"\1x\2", line)
    return "".join(lines)


def _find(markdown: str, item: ActionItem) -> ActionItem | None:
    """Return the item as it is now: people may have moved it meanwhile, but not changed its text."""
    same = [each for each in read_action_items(markdown, "").items if each.text == item.text]
    return min(same, key=lambda each: abs(each.line - item.line), default=None)
