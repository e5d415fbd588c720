"""Seconds that a PromQL query looks back, as its range selectors say."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"""\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|\#[^\n]*""")
_RANGE = re.compile(r"\[\s*((?:\d+(?:ms|[smhdwy]))+)\s*(:[^\]]*)?\]")
_OFFSET = re.compile(r"\boffset\s+((?:\d+(?:ms|[smhdwy]))+)")
_PART = re.compile(r"(\d+)(ms|[smhdwy])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


def query_lookback_s(query: str) -> float:
    """Return how far the query looks back: its longest range and offset, and all subqueries, which nest.

    Grammar: Prometheus' documentation, "Querying basics": durations, range vector selectors, subqueries, offset."""
    bare = _QUOTED.sub("", query)
    ranges = [(_duration_s(match[1]), bool(match[2])) for match in _RANGE.finditer(bare)]
    selectors = [seconds for seconds, is_subquery in ranges if not is_subquery]
    offsets = [_duration_s(match[1]) for match in _OFFSET.finditer(bare)]
    return max(selectors, default=0.0) + max(offsets, default=0.0) + sum(seconds for seconds, sub in ranges if sub)


def _duration_s(text: str) -> float:
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
