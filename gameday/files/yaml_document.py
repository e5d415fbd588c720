"""A YAML file as plain data; the place (line:column) of a key or value is found on demand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from gameday.errors import Problem
from gameday.files import yaml_parser as nodes
from gameday.files.yaml_parser import MAX_CHARS
from gameday.files.yaml_reader import merged_entries, read_data
from gameday.model import Json
from gameday.regular_file import read_regular_file
from gameday.variables import redact_quoted_variables, redact_variables, used_variables

_MAX_BYTES = 4 * MAX_CHARS
"""The longest text that there may be, in bytes."""


def read_document(path: Path) -> YamlDocument:
    """Read a file; an unreadable one is a document with one problem. Never raises."""
    name = str(path)
    try:
        raw = read_regular_file(path, _MAX_BYTES)
    except IsADirectoryError:
        return _no_text(name, "this is a directory, not a file")
    except FileNotFoundError:
        return _no_text(name, "file not found")
    except (OSError, ValueError) as error:
        return _no_text(name, f"cannot read the file: {getattr(error, 'strerror', None) or error}")
    try:
        return parse_document(raw.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        return _no_text(name, "not valid UTF-8", line, column, "save the file as UTF-8")


def _no_text(name: str, wrong: str, line: int = 1, column: int = 1, suggestion: str = "") -> YamlDocument:
    return YamlDocument(name, problems=[Problem(name, line, column, wrong, suggestion)])


KeyPath = tuple[str | int, ...]
Entry = tuple[yaml.Node | None, yaml.Node]
"""Key and value of a map; None and the item of a list."""
Entries = dict[str | int, Entry]


@dataclass(slots=True)
class YamlDocument:
    """A parsed file.

    `data`: its content; `written`: the same before variables were substituted; `problems`: what is wrong, in the
    order found."""

    file: str
    data: Json = None
    written: Json = None
    root: yaml.Node | None = None
    problems: list[Problem] = field(default_factory=list[Problem])
    syntax_problem_places: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    _known_problems: set[Problem] = field(default_factory=set[Problem])
    _problem_places: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    _entries: dict[int, Entries] = field(default_factory=dict[int, "Entries"])
    """Entries of each map, by the id of its node: a file may have a problem at every key."""

    def node_at(self, path: Sequence[str | int]) -> yaml.Node | None:
        """Return the node at `path`, or None."""
        node = self.root
        for step in path:
            child = self._child(node, step)
            node = child[1] if child else None
        return node

    def locate(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column, from 1, of the value at `path` (with `key`: of its key).

        For a missing value, the place of its nearest parent."""
        node = self.root
        mark = node.start_mark if node is not None else None
        for step in path:
            child = self._child(node, step)
            if child is None:
                break
            name, node = child
            mark = name.start_mark if key and name is not None else node.start_mark
        return nodes.line_and_column(mark)

    def add_problem(
        self, path: Sequence[str | int], wrong: str, suggestion: str = "", *, key: bool = False, is_masked: bool = False
    ) -> None:
        """Note a problem, unless the YAML reader noted one at the same place.

        `is_masked`: the texts have no value of a variable; an equal word in them is not to be replaced."""
        place = self.locate(path, key=key)
        texts = (
            (wrong, suggestion) if is_masked else [self._without_secrets(text, path) for text in (wrong, suggestion)]
        )
        problem = Problem(self.file, *place, *texts)
        if place not in self.syntax_problem_places and problem not in self._known_problems:
            self._note(problem)

    def value_as_written(self, path: Sequence[str | int]) -> Json:
        """Return the value at `path` before variables were substituted, or None."""
        return _value_at(self.written, path)

    def rename_key(self, path: Sequence[str | int], name: str) -> None:
        """Read the misspelled key at `path` as `name` from now on; its place stays. No other key may have the name."""
        *parents, misspelled = path
        node = self.node_at(parents)
        entry = self._child(node, misspelled)
        if entry is None:
            return
        self._entries[id(node)][name] = entry
        for tree in (self.data, self.written):
            parent = _value_at(tree, parents)
            if isinstance(parent, dict) and isinstance(misspelled, str) and misspelled in parent:
                parent[name] = parent.pop(misspelled)

    def _without_secrets(self, message: str, path: Sequence[str | int]) -> str:
        """Return the message without the values of the variables at `path`: they may be secrets."""
        return redact_variables(message, used_variables(self.value_as_written(path), os.environ))

    def without_quoted_secrets(self, message: str, path: Sequence[str | int]) -> str:
        """Return a message that quotes the value at `path`, without the values of variables in it."""
        return redact_quoted_variables(message, used_variables(self.value_as_written(path), os.environ))

    def has_problem_at(self, path: Sequence[str | int], *, key: bool = False) -> bool:
        """Return True if a problem is noted at this place."""
        place = self.locate(path, key=key)
        return place in self._problem_places

    def add_syntax_problem(self, mark: nodes.Mark | None, wrong: str, suggestion: str = "") -> None:
        """Note a YAML error, which hides schema errors at the same place."""
        place = nodes.line_and_column(mark)
        self.syntax_problem_places.add(place)
        self._note(Problem(self.file, *place, wrong, suggestion))

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._known_problems.add(problem)
        self._problem_places.add((problem.line, problem.column))

    def _child(self, node: yaml.Node | None, step: str | int) -> Entry | None:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return None, node.value[step]
        if not isinstance(node, yaml.MappingNode):
            return None
        if id(node) not in self._entries:
            self._entries[id(node)] = _entries_by_key(node)
        return self._entries[id(node)].get(step)


def parse_document(text: str, file: str) -> YamlDocument:
    """Parse `text`; errors become problems of the document. Never raises."""
    document = YamlDocument(file)
    text = text.removeprefix("\ufeff")
    try:
        document.root = nodes.parse_nodes(text)
        if document.root is None:
            document.problems.append(Problem(file, 1, 1, "the file is empty"))
        else:
            document.data = document.written = read_data(document.root, text, document)
    except nodes.YamlSyntaxError as bad:
        document.root, document.data = None, None
        document.problems.append(Problem(file, bad.line, bad.column, bad.wrong, bad.suggestion))
    return document


def _value_at(tree: Json, path: Sequence[str | int]) -> Json:
    """Return the value at `path`, or None."""
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def _entries_by_key(node: yaml.MappingNode) -> Entries:
    entries: Entries = {}
    try:
        for name, value in merged_entries(node):
            entries.setdefault(name.value, (name, value))
    except nodes.YamlSyntaxError:
        pass  # noted by the reader; what was merged until then can be found
    return entries
