"""Files that are not scenarios at all: each gives problems and no exception."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from files.rule_cases import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from gameday.errors import InvalidFiles
from gameday.files import yaml_document
from gameday.files.check import check_files
from gameday.files.project import parse_project
from gameday.files.roster import parse_roster
from gameday.files.scenario import parse_scenario, read_scenario
from gameday.files.schema_validation import MAX_SUGGESTIONS, validate_schema
from gameday.files.yaml_document import parse_document
from gameday.files.yaml_reader import merged_entries

HOPELESS = {
    "empty": (b"", "1:1: the file is empty"),
    "a comment alone": (b"# nothing\n", "1:1: the file is empty"),
    "a text": (b"hello\n", "1:1: must be a map (key: value), not 'hello'"),
    "a list": (b"- a\n", "1:1: must be a map (key: value), not a list"),
    "latin-1": (b"gameday: 1\nid: caf\xe9\n", "2:8: not valid UTF-8 (save the file as UTF-8)"),
    "a program": (b"\x7fELF\x02\x01\x01\x00", "1:1: a control character that YAML does not allow"),
    "a control character": (b"a: 1\nb: \x07\n", "2:4: a control character that YAML does not allow"),
    "a tab": (b"a:\n\tb: 1\n", "2:1: tab used for indentation (indent with spaces)"),
    "a tab after a word": (b"a: 1\n\tb: 1\n", "2:1: tab used for indentation (indent with spaces)"),
    "a sign that begins no word": (b"a:\n  @b\n", "2:3: text cannot start with this character "
                                   "(put text that starts with %, @ or ` in quotes)"),
    "an open bracket": (b"a: [1, 2\n", "2:1: invalid YAML: while parsing a flow sequence, did not "
                        "find expected ',' or ']'"),
    "a colon too much": (b"a: b: c\n", "1:5: second ': ' on one line "
                         "(put text that contains ': ' in quotes, or check the indentation)"),
    "two documents": (b"a: 1\n---\nb: 2\n", "2:1: a second YAML document starts here (write one document per file)"),
    "an alias of nothing": (b"a: *b\n", "1:4: undefined alias: no anchor (&name) for this *name"),
    "deep on one line": (b"[" * 100_000, "1:51: nested more than 50 levels deep"),
    "deep in lists": (b"- " * 60_000, "1:101: nested more than 50 levels deep"),
    "deep enough": (b"[" * 60 + b"]" * 60, "1:52: nested more than 50 levels deep"),
    "itself": (b"&a [*a]\n", "1:1: nested more than 50 levels deep"),
    "too long": (b"#" * 1_000_001, "1:1: the file is larger than 1,000,000 characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOPELESS)
def test_unreadable_file_has_one_problem(name: str, tmp_path: Path) -> None:
    content, said = HOPELESS[name]
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    assert [str(problem) for problem in check_files([path])] == [f"{path}:{said}"]
    with pytest.raises(InvalidFiles):
        read_scenario(path)


def test_pipe_and_device_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        said = [str(problem) for problem in check_files([path])]
        assert said == [f"{path}:1:1: cannot read the file: this is a pipe or a device, not a file"]


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    assert [str(problem) for problem in check_files([path])] == [
        f"{path}:1:1: cannot read the file: the file is larger than 4 MB"
    ]


def test_place_of_every_key_is_found_by_one_pass_over_its_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with thousands of unknown keys took minutes: each problem searched the whole map again."""
    passes = list[object]()

    def count(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        passes.append(node)
        return merged_entries(node)

    document = parse_document("".join(f"key{number}: 1\n" for number in range(1000)), "x.yaml")
    monkeypatch.setattr(yaml_document, "merged_entries", count)
    validate_schema(document, "scenario")
    wrong = {problem.line: problem.wrong for problem in document.problems if "unknown key" in problem.wrong}
    assert wrong == {number + 1: f"unknown key 'key{number}'" for number in range(1000)}
    assert len(passes) == 1


def test_suggestions_are_searched_only_among_few_words_and_for_few_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    searches = list[str]()

    def find(word: str, _words: list[str], **_options: float) -> list[str]:
        searches.append(word)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", find)
    signals = "".join(f"    s{number}: ratio\n" for number in range(500))
    expect = "".join(f"    - {{signal: t{number}, at_least: 1%}}\n" for number in range(500))
    keys = "".join(f"key{number}: 1\n" for number in range(500))
    text = f"requires:\n  signals:\n{signals}hypothesis:\n  statement: x\n  expect:\n{expect}{keys}"
    with pytest.raises(InvalidFiles) as raised:
        parse_scenario(text, "x.yaml")
    assert len(searches) <= MAX_SUGGESTIONS
    assert max(len(str(problem)) for problem in raised.value.problems) < 500


def test_no_password_in_any_address_is_accepted_or_repeated(tmp_path: Path) -> None:
    path = tmp_path / "gameday.yaml"
    path.write_text("""
gameday: 1
environments:
  staging:
    targets:
      db: {injector: docker, engine: "tcp://me:hunter2@127.0.0.1:2375", container: x}
      odd: {injector: docker, engine: "ftp://me:hunter2@127.0.0.1", container: x}
      cache: {injector: toxiproxy, url: "http://me:hunter2@127.0.0.1:8474", proxy: x}
    signals:
      rows: {probe: sql, dsn: "postgresql://u:hunter2@h/db", query: "select 1", kind: count}
      page: {probe: http, url: "http://me:hunter2@127.0.0.1/", kind: ratio}
    actions:
      switch: {do: [curl, "http://me:hunter2@h/", "http://me:${TOKEN}@h/"], undo: ["true"]}
    runbooks: {wiki: "https://me:hunter2@wiki/"}
""")
    problems = [problem for problem in check_files([path]) if "password" in problem.wrong]
    assert [problem.line for problem in problems] == [6, 7, 8, 10, 11, 13, 14]
    assert not [problem for problem in check_files([path]) if "hunter2" in str(problem)]


def test_alias_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9)]
    path.write_text("\n".join(["l0: &l0 [x]", *levels]))
    (problem,) = check_files([path])
    assert problem.wrong.startswith("more than 50,000 values")


def test_ordinary_alias_is_followed() -> None:
    text = SHIPPED.replace("steady_state:\n", "steady_state: &healthy\n").replace(
        "mitigated_when:\n  - {signal: journey-p95, is: healthy, for: 60s}", "mitigated_when: *healthy"
    )
    found = parse_scenario(text, "x")
    assert found.mitigated_when == found.steady_state


def test_path_that_is_not_a_file_is_reported(tmp_path: Path) -> None:
    there = tmp_path / "secret.yaml"
    there.write_text(SHIPPED)
    there.chmod(0)
    told = [problem.wrong for problem in check_files([tmp_path, tmp_path / "nowhere.yaml", Path("/proc/self/mem")])]
    assert sorted(told)[1:] == ["file not found", "this is a directory, not a file"]
    assert min(told).startswith("cannot read the file: ")
    assert os.geteuid() == 0 or "cannot be read" in check_files([there])[0].wrong


def only_problems(text: str) -> None:
    for parse in (parse_scenario, parse_project, parse_roster):
        try:
            parse(text, "x.yaml")
        except InvalidFiles as bad:
            lines = sum(map(text.count, "\n\r\x85\u2028\u2029"))
            assert bad.problems
            assert all(1 <= one.line <= lines + 2 and one.column >= 1 and one.wrong for one in bad.problems)
            assert not any(
                ours in one.wrong and ours not in text for one in bad.problems for ours in ("pydantic", "SchemaPart")
            )


@given(st.text(max_size=300))
def test_any_text_gives_problems_and_nothing_else(text: str) -> None:
    only_problems(text)


@given(content=st.binary(max_size=300))
def test_any_bytes_give_problems_and_nothing_else(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    assert check_files([path])


SIGNS = "{ } [ ] , : - ' \" # &a *a !x | > % @ ? << no on 12:30 010 null ~ true 1e999 .inf -5 0x 0b charter {x} .. 1..2"
SPACED = [
    "\n",
    "  ",
    ": ",
    "- ",
    "3x baseline",
    "\t",
    "\u2028",
    "\ud800",
    "\x00",
    "\ufeff",
    "9" * 5000,
    "9" * 400 + "h",
]
YAMLISH = st.sampled_from([*SIGNS.split(), *SPACED])


@given(st.lists(st.tuples(st.integers(0, len(SHIPPED)), st.integers(0, 40), YAMLISH), min_size=1, max_size=5))
def test_damaged_scenario_is_read_or_reported(cuts: list[tuple[int, int, str]]) -> None:
    text = SHIPPED
    for place, length, instead in cuts:
        text = text[:place] + instead + text[place + length :]
    only_problems(text)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | YAMLISH,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "id",
    "timebox",
    "roles",
    "needs",
    "hypothesis",
    "steady_state",
    "faults",
    "guardrails",
    "page",
    "ends",
    "course",
]


@given(key=st.sampled_from(KEYS), value=JSONISH)
def test_any_value_at_any_key_is_reported(key: str, value: object) -> None:
    import yaml

    data = yaml.safe_load(SHIPPED)
    data[key] = value
    try:
        text = yaml.safe_dump(data, allow_unicode=True)
    except (yaml.YAMLError, UnicodeError):
        return
    only_problems(text)
