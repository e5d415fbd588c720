"""People of a CSV file, as the entries of a roster. Every problem is at its line and column in the CSV file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gameday.errors import InvalidFiles, Problem
from gameday.files.roster import build_roster
from gameday.files.yaml_document import YamlDocument, parse_document
from gameday.files.yaml_format import to_flow_style
from gameday.model import Json
from gameday.suggestions import did_you_mean, one_of

COLUMNS = (
    "id", "name", "level", "roles", "manager", "on_call", "declined", "busy", "from", "until", "email", "calendar",
    "slack",
)  # fmt: skip
"""Columns, named as the keys of a person in the roster."""
_WORD_LISTS, _LISTS = ("roles", "declined"), ("busy",)
_YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
Person = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its place, from 1."""

    text: str
    line: int
    column: int


def parse_people(text: str, file: str) -> list[Person]:
    """Return the people. The first line names the columns. Raises InvalidFiles with all problems.

    Values are separated by commas, semicolons or tabs, as the first line is; the words of a list by `;`, `,` or `|`.
    """
    rows = [row for row in _split_rows(text.removeprefix("\ufeff"), file) if any(cell.text for cell in row)]
    if not rows:
        raise InvalidFiles([Problem(file, 1, 1, "the file is empty", f"name the columns: {', '.join(COLUMNS)}")])
    names = _read_header(rows[0], file)
    problems: list[Problem] = []
    cells: list[dict[str, Cell]] = []
    for row in rows[1:]:
        if len(row) > len(names):
            extra = row[len(names)]
            problems.append(Problem(file, extra.line, extra.column, f"more values than the {len(names)} columns",
                                    "put a value with a separator in quotes"))  # fmt: skip
        cells.append({name: cell for name, cell in zip(names, row, strict=False) if cell.text})
    people = [{name: _value(name, cell.text) for name, cell in row.items()} for row in cells]
    lines = [row[0].line for row in rows[1:]]
    problems += _check(people, lines, cells, file)
    if problems:
        raise InvalidFiles(problems)
    return people


def _read_header(row: Sequence[Cell], file: str) -> list[str]:
    names = [cell.text.casefold().replace(" ", "_") for cell in row]
    problems = [
        Problem(file, cell.line, cell.column, f"unknown column {cell.text!r}",
                did_you_mean(name, COLUMNS) or one_of(COLUMNS))
        for cell, name in zip(row, names, strict=True) if name not in COLUMNS
    ]  # fmt: skip
    problems += [
        Problem(file, cell.line, cell.column, f"column {name!r} is there twice")
        for index, (cell, name) in enumerate(zip(row, names, strict=True))
        if name in names[:index]
    ]
    problems += [Problem(file, 1, 1, f"missing column {name!r}") for name in ("id", "roles") if name not in names]
    if problems:
        raise InvalidFiles(problems)
    return names


def _value(name: str, text: str) -> Json:
    if name in _WORD_LISTS:
        return [word for word in re.split(r"[;,|\s]+", text.casefold()) if word]
    if name in _LISTS:
        return [part.strip() for part in re.split(r"[;,|]", text) if part.strip()]
    if name == "level" and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    return _YES_OR_NO.get(text.casefold(), text) if name == "on_call" else text


def _check(people: list[Person], lines: list[int], cells: list[dict[str, Cell]], file: str) -> Iterator[Problem]:
    """Yield what the roster's own rules say, each at its cell.

    The people are written as a roster in which each has the line of its row, so that the lines are those of the file.
    """
    text = ["{gameday: 1, team: team, people: [", *[""] * max([0, *lines])]
    for person, line in zip(people, lines, strict=True):
        text[line - 1] += f"{to_flow_style(person)},"
    document = parse_document("\n".join([*text, "]}"]), file)
    try:
        build_roster(document)
    except InvalidFiles as invalid:
        for problem in invalid.problems:
            wrong = re.sub(r"(\w+)\[\d+\]:", r"\1:", re.sub(r"people\[\d+\]\.?", "", problem.wrong))
            line, column = _place(document, problem, people, lines, cells)
            yield Problem(file, line, column, wrong or problem.wrong, problem.suggestion)


def _place(
    document: YamlDocument, problem: Problem, people: list[Person], lines: list[int], cells: list[dict[str, Cell]]
) -> tuple[int, int]:
    """Return the place of the cell that the problem is about, else of its row."""
    if problem.line not in lines:
        return problem.line, 1
    index = lines.index(problem.line)
    begins = {name: document.locate(("people", index, name), key=True)[1] for name in people[index]}
    before = [name for name, begin in begins.items() if begin <= problem.column]
    cell = cells[index][max(before, key=begins.__getitem__)] if before else None
    return (cell.line, cell.column) if cell else (problem.line, 1)


def _split_rows(text: str, file: str) -> Iterator[list[Cell]]:
    """Yield the cells of each row (RFC 4180). Raises InvalidFiles for a quote that is not closed."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    value = re.compile(rf'[ ]*"((?:[^"]|"")*)"[ ]*|([^{separator}\r\n]*)')
    position, line, line_begin = 0, 1, 0
    row: list[Cell] = []
    while position <= len(text):
        match = value.match(text, position)
        assert match is not None, "the pattern matches an empty value"
        cell = Cell((match[1] or "").replace('""', '"') if match[2] is None else match[2].strip(), line,
                    position - line_begin + 1)  # fmt: skip
        if cell.text.startswith('"') and match[2] is not None:
            raise InvalidFiles([Problem(file, cell.line, cell.column, "the quote is not closed", 'close it with "')])
        row.append(cell)
        position = match.end()
        if breaks := match[0].count("\n"):
            line, line_begin = line + breaks, position - len(match[0]) + match[0].rindex("\n") + 1
        following = text[position : position + 1]
        if following == separator:
            position += 1
            continue
        if following not in ("", "\r", "\n"):
            raise InvalidFiles([Problem(file, line, position - line_begin + 1, "text after a quoted value",
                                        'write a quote within quotes twice: ""')])  # fmt: skip
        yield row
        row = []
        position += 2 if text.startswith("\r\n", position) else 1
        line, line_begin = line + 1, position
