"""A misspelled key is one problem: what is in it is checked as if it were spelled correctly."""

from __future__ import annotations

from pathlib import Path

from gameday.files.check import check_files

SHIPPED = (Path(__file__).parents[2] / "scenarios" / "db-slowdown.yaml").read_text()


def problems(folder: Path, text: str) -> list[str]:
    (folder / "a.yaml").write_text(text)
    return [f"{problem.line}:{problem.column} {problem.wrong}" for problem in check_files([folder / "a.yaml"])]


def test_a_misspelled_key_hides_no_other_and_causes_no_other(tmp_path: Path) -> None:
    assert not problems(tmp_path, SHIPPED)
    text = SHIPPED.replace("\nhypothesis:", "\nhypotesis:").replace("at_least: 97%, over", "at_laest: 97%, ovr")
    line = text.splitlines().index("hypotesis:") + 1
    assert problems(tmp_path, text) == [
        f"{line}:1 unknown key 'hypotesis'",
        f"{line + 3}:33 unknown key 'at_laest'",
        f"{line + 3}:48 unknown key 'ovr'",
    ]


def test_a_problem_of_a_value_is_found_below_a_misspelled_key(tmp_path: Path) -> None:
    text = SHIPPED.replace("\nguardrails:", "\ngaurdrails:").replace("below: 99%, for: 10s", "below: 99%, for: 10")
    assert [problem.partition(" ")[2].partition(":")[0] for problem in problems(tmp_path, text)] == [
        "unknown key 'gaurdrails'", "guardrails[1].for",
    ]  # fmt: skip


def test_a_key_that_only_resembles_another_is_not_read_as_that(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, SHIPPED.replace("\nroles:", "\nrules: 1\nroles:"))
    assert problem.endswith("unknown key 'rules'")


def test_the_right_key_beside_the_misspelled_one_is_kept(tmp_path: Path) -> None:
    text = SHIPPED.replace("timebox: 30m", "timebox: 30m\ntimbox: 5h30")
    assert [problem.partition(" ")[2] for problem in problems(tmp_path, text)] == ["unknown key 'timbox'"]
