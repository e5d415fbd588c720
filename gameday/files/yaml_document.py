"""One YAML file as plain data, with the place (line:column) of every key and value found when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from gameday.errors import Problem
from gameday.files import yaml_parser as nodes
from gameday.files.yaml_parser import MAX_CHARS
from gameday.model import Json

_MOST = 4 * MAX_CHARS + 1
"""More than the longest text there may be, in bytes: a device that never ends is not read for ever."""


def read_document(path: Path) -> Document:
    """The document in the file; never raises: an unreadable file is a document with one problem."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST)
    except IsADirectoryError:
        return _no_text(name, "this is a folder, not a file")
    except FileNotFoundError:
        return _no_text(name, "there is no such file")
    except (OSError, ValueError) as error:
        return _no_text(name, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    try:
        return parse_document(raw.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        return _no_text(name, "this is not UTF-8 text", line, column, "save the file as UTF-8")


def _no_text(name: str, wrong: str, line: int = 1, column: int = 1, suggestion: str = "") -> Document:
    return Document(name, problems=[Problem(name, line, column, wrong, suggestion)])


KeyPath = tuple[str | int, ...]

MAX_VALUES = 50_000


@dataclass(slots=True)
class Document:
    """`data`: what the file says; `problems`: what is wrong with it, in the order found."""

    file: str
    data: Json = None
    root: yaml.Node | None = None
    problems: list[Problem] = field(default_factory=list[Problem])
    syntax_problem_places: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def locate(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path` (with `key`: of its key); of the nearest thing that is
        there when nothing stands at it."""
        node = self.root
        mark = node.start_mark if node is not None else None
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            name, node = found
            mark = name.start_mark if key and name is not None else node.start_mark
        return nodes.line_and_column(mark)

    def add_problem(self, path: Sequence[str | int], wrong: str, suggestion: str = "", *, key: bool = False) -> None:
        """Note a problem, unless the reading of the YAML already said what is wrong at this very place."""
        place = self.locate(path, key=key)
        problem = Problem(self.file, *place, wrong, suggestion)
        if place not in self.syntax_problem_places and problem not in self.problems:
            self.problems.append(problem)

    def has_problem_at(self, path: Sequence[str | int], *, key: bool = False) -> bool:
        """Whether something is said of this place already."""
        place = self.locate(path, key=key)
        return any((problem.line, problem.column) == place for problem in self.problems)

    def add_syntax_problem(self, mark: nodes.Mark | None, wrong: str, suggestion: str = "") -> None:
        """Note a problem of the YAML itself: what the schema would say of the same place is left out."""
        place = nodes.line_and_column(mark)
        self.syntax_problem_places.add(place)
        self.problems.append(Problem(self.file, *place, wrong, suggestion))


def parse_document(text: str, file: str) -> Document:
    """Read `text`; never raises: what is wrong stands in the document's problems."""
    found = Document(file)
    text = text.removeprefix("\ufeff")
    try:
        found.root = nodes.parse_nodes(text)
        if found.root is None:
            found.problems.append(Problem(file, 1, 1, "the file is empty"))
        else:
            found.data = _Reader(found, text).value(found.root, 0)
    except nodes.YamlSyntaxError as bad:
        found.root, found.data = None, None
        found.problems.append(Problem(file, bad.line, bad.column, bad.wrong, bad.suggestion))
    return found


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return name, value
    return None


class _Reader:
    """Nodes to plain data. Aliases are followed, up to MAX_VALUES values and MAX_DEPTH levels in all."""

    def __init__(self, found: Document, text: str) -> None:
        self.found = found
        self.text = text
        self.values = 0

    def value(self, node: yaml.Node, depth: int) -> Json:
        self.values += 1
        mark = node.start_mark
        if depth > nodes.MAX_DEPTH:
            raise nodes.YamlSyntaxError(*nodes.line_and_column(mark), f"nested more than {nodes.MAX_DEPTH} deep")
        if self.values > MAX_VALUES:
            wrong = f"more than {MAX_VALUES:,} values, aliases (*name) counted as often as they are used"
            raise nodes.YamlSyntaxError(*nodes.line_and_column(mark), wrong)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if node.tag not in (nodes.SEQ, nodes.MAP):
            self.found.add_syntax_problem(mark, f"the tag {_tag(node)} means nothing here", "leave it out")
        if isinstance(node, yaml.SequenceNode):
            return self.sequence(node, depth)
        assert isinstance(node, yaml.MappingNode)
        return self.mapping(node, depth)

    def scalar(self, node: yaml.ScalarNode) -> Json:
        tag, word = node.tag, str(node.value)
        if tag == nodes.STR:
            return word
        if tag == nodes.RETYPED_TAG:
            self.found.add_syntax_problem(node.start_mark, *_retyped_word_problem(word))
            return word
        if tag == nodes.NULL and word.lower() in ("", "~", "null"):
            return None
        plain = nodes.plain_tag(word)
        if tag == nodes.INT and plain == nodes.INT:
            return int(word)
        if tag == nodes.FLOAT and plain in (nodes.INT, nodes.FLOAT):
            return float(word)
        if tag == nodes.BOOL and plain == nodes.BOOL:
            return word.lower() == "true"
        self.found.add_syntax_problem(
            node.start_mark, f"the tag {_tag(node)} means nothing here", "put the text in quotes"
        )
        return word

    def sequence(self, node: yaml.SequenceNode, depth: int) -> list[Json]:
        data = [self.value(item, depth + 1) for item in node.value]
        for item, read in zip(node.value, data, strict=True):
            if read is None:
                self.found.add_syntax_problem(
                    item.start_mark, "an empty entry in a list", "write a value or leave it out"
                )
        return data

    def empty(self, mark: nodes.Mark | None) -> None:
        """What a schema would say of a missing value is said at its key already."""
        self.found.syntax_problem_places.add(nodes.line_and_column(mark))

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Json]:
        data: dict[str, Json] = {}
        first: dict[str, int] = {}
        for name, value in node.value:
            key = self.key(name)
            if key is None:
                continue
            if key in data:
                line = first[key]
                self.found.add_syntax_problem(
                    name.start_mark, f"{key!r} is here twice, first on line {line}", "keep one of them"
                )
                continue
            if node.flow_style and value.tag == nodes.NULL and self.is_split_by_comma(name, value):
                self.found.add_syntax_problem(
                    name.start_mark,
                    f"{_short(key)!r} has no value: it follows an unquoted comma",
                    "put the text in quotes",
                )
                continue
            first[key] = nodes.line_and_column(name.start_mark)[0]
            data[key] = self.value(value, depth + 1)
            if data[key] is None:
                self.empty(value.start_mark)
                self.found.add_syntax_problem(
                    name.start_mark, f"{_short(key)!r} is empty", "write a value or leave the key out"
                )
        return data

    def key(self, name: yaml.Node) -> str | None:
        if not isinstance(name, yaml.ScalarNode):
            self.found.add_syntax_problem(name.start_mark, "a list or a map cannot be a key", "put the text in quotes")
            return None
        word = str(name.value)
        if name.tag == nodes.MERGE:
            self.found.add_syntax_problem(name.start_mark, "merging with << is not done here", "write the keys out")
            return None
        if name.tag == nodes.RETYPED_TAG:
            self.found.add_syntax_problem(name.start_mark, *_retyped_word_problem(word))
        elif name.tag != nodes.STR:
            self.found.add_syntax_problem(name.start_mark, f"the key {word!r} is no word", "put it in quotes")
        return word

    def is_split_by_comma(self, name: yaml.Node, value: yaml.Node) -> bool:
        """Whether the key of a one-line map has no colon after it: the rest of a text, cut at its comma."""
        return ":" not in self.text[name.end_mark.index : value.start_mark.index + 1]


def _retyped_word_problem(word: str) -> tuple[str, str]:
    quoted = f'put it in quotes: "{word}"'
    if word.lower() in ("yes", "no", "on", "off"):
        reads = "true" if word.lower() in ("yes", "on") else "false"
        return f"YAML reads {word} as {reads}", f"{quoted}, or write {reads}"
    try:
        return f"YAML reads {word} as {yaml.safe_load(word)}", quoted
    except (ValueError, yaml.YAMLError):
        return f"YAML does not read {_short(word)} as it is written", quoted


def _tag(node: yaml.Node) -> str:
    return str(node.tag).replace(nodes.PREFIX, "!!")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
