"""YAML text to nodes with marks, with our own reading of plain words: nothing changes its type silently.

YAML 1.1 reads `no` as false, `12:30` as 750 and `010` as 8. Here such a word gets a tag of its own, and the
document (document.py) asks for quotes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml
from typing_extensions import override

from gameday.files.yaml_traps import find_trap_near

if TYPE_CHECKING:
    from yaml._yaml import Mark as FastMark

    Mark = yaml.Mark | FastMark

PREFIX = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL = (PREFIX + name for name in ("str", "int", "float", "bool", "null"))
SEQ, MAP, MERGE = (PREFIX + name for name in ("seq", "map", "merge"))
RETYPED_TAG = "gameday:changes"
"""A plain word that YAML 1.1 would turn into something else."""

MAX_CHARS = 1_000_000
MAX_DEPTH = 50

_WORDS = {"": NULL, "~": NULL, "<<": MERGE, "=": RETYPED_TAG, ".inf": RETYPED_TAG, ".nan": RETYPED_TAG} | {
    spelt: tag
    for words, tag in (("true false", BOOL), ("null", NULL), ("yes no on off", RETYPED_TAG))
    for word in words.split()
    for spelt in (word, word.capitalize(), word.upper())
}
_MAY_BE_NUMBER = frozenset("0123456789+-.")
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}", re.ASCII)
_CHANGES = re.compile(
    r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*"  # 0b1, 0x1F, 010, 1_000, +5
    r"|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"  # 12:30, read as sixties
    r"|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|Inf|INF)|\.(nan|NaN|NAN))",
    re.ASCII,
)
_DEEP_LINE = 2_000
_DEEP_BRACKETS = 1_000


class YamlSyntaxError(Exception):
    """Invalid YAML. `line` and `column` count from 1."""

    def __init__(self, line: int, column: int, wrong: str, suggestion: str = "") -> None:
        super().__init__(wrong)
        self.line, self.column, self.wrong, self.suggestion = line, column, wrong, suggestion


def line_and_column(mark: Mark | None) -> tuple[int, int]:
    """Return line and column, from 1, of a mark."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@lru_cache(maxsize=8192)
def plain_tag(word: str) -> str:
    """Return the tag of an unquoted word: text, unless a number, true, false or null."""
    if (tag := _WORDS.get(word)) is not None:
        return tag
    if word[0] not in _MAY_BE_NUMBER:
        return STR
    if _INT.fullmatch(word):
        return INT
    if _FLOAT.fullmatch(word):
        return FLOAT
    return RETYPED_TAG if _CHANGES.fullmatch(word) else STR


class StrictLoader(yaml.CSafeLoader):
    """libyaml's parser, with plain_tag instead of the resolvers of YAML 1.1."""

    @override
    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        if kind is yaml.ScalarNode:
            return plain_tag(value) if implicit[0] else STR
        return SEQ if kind is yaml.SequenceNode else MAP

    @override
    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Nothing to do: called for every node, so the original's look at its empty table is left out."""

    @override
    def ascend_resolver(self) -> None:
        """Nothing to do, as above."""


def parse_nodes(text: str) -> yaml.Node | None:
    """Parse the only document in `text`, or None. Raises YamlSyntaxError."""
    if len(text) > MAX_CHARS:
        raise YamlSyntaxError(1, 1, f"the file is larger than {MAX_CHARS:,} characters")
    try:
        if _could_be_deep(text):
            _check_depth(text)
        return _compose(text)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error, text) from None
    except yaml.reader.ReaderError as error:
        raise YamlSyntaxError(
            *_place_of(text, error.position), "a control character that YAML does not allow"
        ) from None
    except UnicodeEncodeError as error:
        raise YamlSyntaxError(*_place_of(text, error.start), "an invalid Unicode character") from None


def _compose(text: str) -> yaml.Node | None:
    loader = StrictLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _could_be_deep(text: str) -> bool:
    """Return True if the nesting may exceed what libyaml's recursive composer survives."""
    if text.count("[") + text.count("{") > _DEEP_BRACKETS:
        return True
    return len(text) > _DEEP_LINE and max(map(len, text.splitlines())) > _DEEP_LINE


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=StrictLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlSyntaxError(*line_and_column(event.start_mark), f"nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


_TAB = "found a tab character that violates indentation"
_NO_BEGIN = "found character that cannot start any token"
_PLAIN_WORDS = {
    _NO_BEGIN: "text cannot start with this character",
    "found undefined alias": "undefined alias: no anchor (&name) for this *name",
    _TAB: "tab used for indentation",
    "but found another document": "a second YAML document starts here",
    "mapping values are not allowed in this context": "second ': ' on one line",
}
_ADVICE = {
    _NO_BEGIN: "put text that starts with %, @ or ` in quotes",
    _TAB: "indent with spaces",
    "but found another document": "write one document per file",
    "mapping values are not allowed in this context": "put text that contains ': ' in quotes, or check the indentation",
}


def _unreadable(error: yaml.MarkedYAMLError, text: str) -> YamlSyntaxError:
    message = error.problem or "it cannot be parsed"
    mark = error.problem_mark or error.context_mark
    if message == _NO_BEGIN and mark and text[mark.index : mark.index + 1] == "\t":
        message = _TAB
    if (trap := find_trap_near(text, line_and_column(mark)[0])) is not None:
        return YamlSyntaxError(*trap)
    wrong = _PLAIN_WORDS.get(message, f"invalid YAML: {error.context + ', ' if error.context else ''}{message}")
    return YamlSyntaxError(*line_and_column(mark), wrong, _ADVICE.get(message, ""))


def _place_of(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `index`."""
    before = text[: max(0, index)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
