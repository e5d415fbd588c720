"""A part of the bench that is written alone leaves the page's other rows as they are."""

from __future__ import annotations

import pytest
from bench.figure import Figure
from bench.page_section import replace_section

PAGE = "# Benchmarks\n\n| theirs | 1 ms |\n\n## How each figure is measured\n\n- As it was.\n"


def one(found: str) -> list[Figure]:
    return [Figure("what", "at most 2", found, "", 3, True)]


def test_a_part_comes_before_how_and_the_rest_stays() -> None:
    page = replace_section(PAGE, "proxy", one("slow"), "a peer")
    assert page.index("| theirs | 1 ms |") < page.index("| slow ") < page.index("## How each figure")


def test_a_part_taken_again_replaces_its_own_section_alone() -> None:
    both = replace_section(replace_section(PAGE, "proxy", one("slow"), "a peer"), "people", one("middling"), "a peer")
    again = replace_section(both, "proxy", one("quick"), "a peer")
    assert "| slow " not in again and "| middling " in again and again.index("| quick ") < again.index("| middling ")
    assert replace_section(again, "proxy", one("quick"), "a peer") == again


def test_a_page_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no page of the bench"):
        replace_section("# Notes\n", "proxy", one("slow"), "a peer")
