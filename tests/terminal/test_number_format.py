"""Clocks, bars and sparklines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.model import Comparison, SignalKind
from gameday.terminal.glyphs import ASCII, UNICODE, sanitize, select_glyphs, sparkline
from gameday.units import format_elapsed, format_limit, format_remaining, format_value, parse_limit


@pytest.mark.parametrize(
    ("seconds", "elapsed", "remaining"),
    [(0.0, "0:00", "0:00"), (7.4, "0:07", "0:08"), (65.0, "1:05", "1:05"), (3723.2, "1:02:03", "1:02:04")],
)
def test_clocks(seconds: float, elapsed: str, remaining: str) -> None:
    assert format_elapsed(seconds) == elapsed
    assert format_remaining(seconds) == remaining


def test_a_clock_before_its_zero_is_negative_and_nothing_is_left_below_zero() -> None:
    assert (format_elapsed(-9.0), format_remaining(-3.0)) == ("-0:09", "0:00")


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (0.97234, SignalKind.RATIO, "97.2%"), (0.9696, SignalKind.RATIO, "96.96%"),
        (0.9703, SignalKind.RATIO, "97.03%"), (0.97, SignalKind.RATIO, "97%"),
        (0.99534, SignalKind.RATIO, "99.53%"), (0.0, SignalKind.RATIO, "0%"),
        (0.41, SignalKind.DURATION, "410 ms"), (1.0, SignalKind.ALERT, "firing"), (0.0, SignalKind.ALERT, "silent"),
        (12.0, SignalKind.COUNT, "12"), (None, SignalKind.COUNT, "-"),
    ],
)  # fmt: skip
def test_a_value_is_shown_with_its_unit(value: float | None, kind: SignalKind, shown: str) -> None:
    assert format_value(value, kind) == shown


def test_a_relative_limit_is_shown_with_what_it_comes_to() -> None:
    limits = [parse_limit("3x baseline"), parse_limit("800ms")]
    shown = [format_limit(SignalKind.DURATION, Comparison.AT_MOST, limit, 1.1) for limit in limits]
    assert shown == ["at most 3x baseline (1.1 s)", "at most 800ms"]


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
