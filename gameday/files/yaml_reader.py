"""Conversion of YAML nodes to plain data; errors are noted, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import yaml

from gameday.files import yaml_parser as nodes
from gameday.files import yaml_traps as traps
from gameday.model import Json
from gameday.printable import find_control

MAX_VALUES = 50_000
_EXTENSION = "x-"


class ProblemSink(Protocol):
    """The document being read: it collects YAML errors."""

    syntax_problem_places: set[tuple[int, int]]

    def add_syntax_problem(self, mark: nodes.Mark | None, wrong: str, suggestion: str = "") -> None: ...


def read_data(root: yaml.Node, text: str, document: ProblemSink) -> Json:
    """Return the data; top-level keys that begin with `x-` are left out. Raises YamlSyntaxError."""
    return _Reader(document, text).value(root, 0)


def merged_entries(node: yaml.MappingNode, depth: int = 0) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield the entries of a map, then those merged by `<<` that it does not have itself.

    Raises YamlSyntaxError."""
    if depth > nodes.MAX_DEPTH:
        raise nodes.YamlSyntaxError(*nodes.line_and_column(node.start_mark), "a map that merges itself with <<")
    own = {name.value for name, _ in node.value if isinstance(name, yaml.ScalarNode)}
    yield from ((name, value) for name, value in node.value if name.tag != nodes.MERGE)
    for name, value in node.value:
        if name.tag == nodes.MERGE:
            for other in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                yield from _inherited(other, own, depth)


def _inherited(node: yaml.Node, own: set[str], depth: int) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    for name, value in merged_entries(node, depth + 1) if isinstance(node, yaml.MappingNode) else ():
        if isinstance(name, yaml.ScalarNode) and name.value not in own:
            own.add(name.value)
            yield name, value


class _Reader:
    """Nodes to plain data. Aliases are followed, up to MAX_VALUES values and MAX_DEPTH levels in all."""

    def __init__(self, document: ProblemSink, text: str) -> None:
        self.document = document
        self.text = text
        self.values = 0

    def value(self, node: yaml.Node, depth: int) -> Json:
        self.values += 1
        mark = node.start_mark
        if depth > nodes.MAX_DEPTH:
            raise nodes.YamlSyntaxError(*nodes.line_and_column(mark), f"nested more than {nodes.MAX_DEPTH} levels deep")
        if self.values > MAX_VALUES:
            wrong = f"more than {MAX_VALUES:,} values, counting each use of an alias (*name)"
            raise nodes.YamlSyntaxError(*nodes.line_and_column(mark), wrong)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if node.tag not in (nodes.SEQ, nodes.MAP):
            self.document.add_syntax_problem(mark, f"unsupported tag {_tag(node)}", "remove it")
        if isinstance(node, yaml.SequenceNode):
            return self.sequence(node, depth)
        assert isinstance(node, yaml.MappingNode)
        return self.mapping(node, depth)

    def scalar(self, node: yaml.ScalarNode, key: str = "") -> Json:
        tag, word = node.tag, str(node.value)
        if tag == nodes.STR:
            self.check_characters(node, word)
            return word
        if tag == nodes.RETYPED_TAG:
            self.document.add_syntax_problem(node.start_mark, *traps.explain_retyped_word(word, key))
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
        wrong = f"unsupported tag {_tag(node)}"
        self.document.add_syntax_problem(node.start_mark, wrong, "put the text in quotes")
        return word

    def check_characters(self, node: yaml.ScalarNode, word: str) -> None:
        """Note a character that controls a terminal or reverses the text."""
        if control := find_control(word):
            wrong = f"control character {control} in text"
            self.document.add_syntax_problem(node.start_mark, wrong, "remove it")

    def sequence(self, node: yaml.SequenceNode, depth: int) -> list[Json]:
        data = [self.value(item, depth + 1) for item in node.value]
        for item, read in zip(node.value, data, strict=True):
            if read is None:
                wrong = "empty list entry"
                self.document.add_syntax_problem(item.start_mark, wrong, "set a value or remove the entry")
        return data

    def empty(self, mark: nodes.Mark | None) -> None:
        """Suppress schema errors about a missing value: its key already has a problem."""
        self.document.syntax_problem_places.add(nodes.line_and_column(mark))

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Json]:
        data: dict[str, Json] = {}
        first: dict[str, int] = {}
        self.check_merges(node)
        for name, value in merged_entries(node):
            key = self.key(name)
            if key is None or (depth == 0 and key.startswith(_EXTENSION)):
                continue
            if key in data:
                wrong = f"duplicate key {key!r}, first on line {first[key]}"
                self.document.add_syntax_problem(name.start_mark, wrong, "remove one of them")
                continue
            if node.flow_style and value.tag == nodes.NULL and not self.has_colon(name, value):
                data.update(self.key_without_value(node, name, key))
                continue
            first[key] = nodes.line_and_column(name.start_mark)[0]
            data[key] = self.entry(key, value, depth + 1)
            if data[key] is None:
                self.empty(value.start_mark)
                wrong = f"{traps.shorten(key)!r} is empty"
                self.document.add_syntax_problem(name.start_mark, wrong, "set a value or remove the key")
        return data

    def key_without_value(self, node: yaml.MappingNode, name: yaml.Node, key: str) -> dict[str, Json]:
        """Note why nothing follows a key of a one-line map; return the entry that was meant, where it is plain."""
        if meant := traps.find_missing_space(key):
            wrong = f"missing space after the colon in {traps.shorten(key)!r}"
            self.document.add_syntax_problem(name.start_mark, wrong, f"write {meant[0]}: {traps.shorten(meant[1])}")
            return {meant[0]: meant[1]}
        if node.value[0][0] is name:
            wrong = f"YAML reads {{{traps.shorten(key)}}} without quotes as a map"
            self.document.add_syntax_problem(node.start_mark, wrong, "put the text in quotes")
            return {}
        wrong = f"{traps.shorten(key)!r} has no value: there is an unquoted comma before it"
        self.document.add_syntax_problem(name.start_mark, wrong, "put the text in quotes")
        return {}

    def entry(self, key: str, value: yaml.Node, depth: int) -> Json:
        """Read a value; a word that YAML retypes is judged by its key."""
        if isinstance(value, yaml.ScalarNode) and value.tag == nodes.RETYPED_TAG:
            return self.scalar(value, key)
        return self.value(value, depth)

    def check_merges(self, node: yaml.MappingNode) -> None:
        """Note a `<<` whose value is not a map."""
        for name, value in node.value:
            if name.tag == nodes.MERGE:
                merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
                if not all(isinstance(other, yaml.MappingNode) for other in merged):
                    todo = "write <<: *name, where &name is the anchor of a map"
                    self.document.add_syntax_problem(name.start_mark, "<< can merge only maps", todo)

    def key(self, name: yaml.Node) -> str | None:
        if not isinstance(name, yaml.ScalarNode):
            wrong = "a list or a map cannot be a key"
            self.document.add_syntax_problem(name.start_mark, wrong, "put the text in quotes")
            return None
        word = str(name.value)
        self.check_characters(name, word)
        if name.tag == nodes.RETYPED_TAG:
            self.document.add_syntax_problem(name.start_mark, *traps.explain_retyped_word(word))
        elif name.tag != nodes.STR:
            self.document.add_syntax_problem(name.start_mark, f"the key {word!r} is not text", "put it in quotes")
        return word

    def has_colon(self, name: yaml.Node, value: yaml.Node) -> bool:
        """Return True if a colon follows the key of a one-line map."""
        return ":" in self.text[name.end_mark.index : value.start_mark.index + 1]


def _tag(node: yaml.Node) -> str:
    return str(node.tag).replace(nodes.PREFIX, "!!")
