"""Comparison of drills: grouped by comparable drills, counts with an interval, and nothing below its smallest n."""

from __future__ import annotations

from support.drill_factory import facilitated, rehearsal

from gameday.events import fault_summary
from gameday.scorecards.comparison import compare_drills
from gameday.scorecards.scorecard import build_scorecard


def lines(count: int) -> list[str]:
    made = [rehearsal() for _ in range(count)]
    return list(compare_drills([(build_scorecard(one.events, []), fault_summary(one.events)) for one in made]))


def test_fewer_than_four_are_too_few_and_a_median_needs_five() -> None:
    assert "too few to compare (n=3)" in "\n".join(lines(3))
    four = "\n".join(lines(4))
    assert "hypothesis held   4 of 4" in four
    assert "median" not in four
    assert "median" in "\n".join(lines(5))


def test_one_hint_is_one_hint() -> None:
    made = rehearsal().plus(40.0, "hint", entry=0, text="x")
    [group, *_] = compare_drills([(build_scorecard(made.events, []), "")])
    assert ", 1 hint: n=1" in group
    assert ", 0 hints: n=1" in lines(1)[0]


def test_a_rehearsal_never_stands_beside_people() -> None:
    made = [rehearsal(), facilitated()]
    found = list(compare_drills([(build_scorecard(one.events, []), fault_summary(one.events)) for one in made]))
    assert [line.split(": ")[-1] for line in found if not line.startswith(" ")] == ["n=1", "n=1"]
