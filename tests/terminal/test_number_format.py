"""Clocks and small pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.terminal.glyphs import ASCII, UNICODE, sanitize, select_glyphs, sparkline
from gameday.units import format_elapsed, format_remaining


@pytest.mark.parametrize(
    ("seconds", "elapsed", "remaining"),
    [(0.0, "0:00", "0:00"), (7.4, "0:07", "0:08"), (65.0, "1:05", "1:05"), (3723.2, "1:02:03", "1:02:04")],
)
def test_clocks(seconds: float, elapsed: str, remaining: str) -> None:
    assert format_elapsed(seconds) == elapsed
    assert format_remaining(seconds) == remaining


def test_a_clock_before_its_zero_is_negative_and_nothing_is_left_below_zero() -> None:
    assert (format_elapsed(-9.0), format_remaining(-3.0)) == ("-0:09", "0:00")


@given(st.lists(st.none() | st.floats(-1e9, 1e9), max_size=30), st.floats(0, 1e9))
def test_a_picture_has_one_letter_a_reading_and_a_gap_where_there_was_none(
    values: list[float | None], top: float
) -> None:
    drawn = sparkline(values, top, UNICODE)
    assert len(drawn) == len(values)
    assert all((letter == UNICODE.gap) == (value is None) for letter, value in zip(drawn, values, strict=True))


def test_a_rise_is_seen() -> None:
    assert sparkline([0.04, 0.04, 1.9], 1.9, UNICODE) == "▁▁█"
    assert sparkline([0.0, 1.0], 1.0, ASCII) == "_#"


def test_a_ratio_below_the_top_is_not_a_full_bar() -> None:
    assert sparkline([1.0, 0.995, 0.98, 0.5, 0.026], 1.0, UNICODE) == "██▇▄▁"


@pytest.mark.parametrize(
    ("encoding", "environ", "unicode"),
    [
        ("utf-8", {"LANG": "de_CH.UTF-8"}, True),
        ("UTF-8", {"LC_ALL": "C", "LANG": "C.UTF-8"}, False),
        ("utf-8", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ("utf-8", {"LC_CTYPE": "C.UTF-8"}, True),
        ("iso8859-1", {"LANG": "en_US.UTF-8"}, False),
        ("utf-8", {"LANG": "C.UTF-8", "TERM": "linux"}, False),
        (None, {}, False),
    ],
)
def test_unicode_only_where_it_can_be_shown(encoding: str | None, environ: dict[str, str], unicode: bool) -> None:
    assert select_glyphs(encoding, environ) is (UNICODE if unicode else ASCII)


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    assert sanitize(text, ASCII).isascii()
    for glyphs in (ASCII, UNICODE):
        assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in sanitize(text, glyphs))


def test_ascii_keeps_the_sense() -> None:
    assert sanitize("≥ 31 min… Zoë", ASCII) == ">= 31 min... Zoe"
