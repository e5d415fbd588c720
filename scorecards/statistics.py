"""Statistics over several drills, honest at small n: counts with an interval, a median from five drills on.

There is no mean, on purpose: with durations of incidents it moves by chance more than by anything a team does
(Google, Incident Metrics in SRE; VOID). Compare only drills of the same scenario, intensity, mode and hints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, inf, sqrt
from statistics import NormalDist

SMALLEST_GROUP = 4
"""Smaller groups are not shown: their figures would be about persons."""

SMALLEST_MEDIAN = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval with both ends included; `high` is infinite where times were cut short."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CensorableTime:
    """A time in seconds; `censored`: a lower bound."""

    seconds: float
    censored: bool = False


@dataclass(frozen=True, slots=True)
class Median:
    """The median of `n` times. `at_least`: the median itself is a lower bound.

    `coverage`: how often an interval constructed this way contains the true median, 0..1.
    """

    seconds: float
    at_least: bool
    interval: Interval
    coverage: float
    n: int


def wilson_interval(met: int, of: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a share, 0..1; raises ValueError unless 0 <= met <= of and of > 0.

    Wilson, JASA 22 (1927) 209-212; recommended at small n by Brown, Cai, DasGupta, Stat. Science 16 (2001) 101-133.
    """
    if not 0 <= met <= of or of == 0:
        raise ValueError(f"{met} of {of} is not a share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = met / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    low = 0.0 if met == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if met == of else min(1.0, middle + half))


def format_share_met(met: int, of: int) -> str:
    """Format `4 of 6 [30 to 90%]`; for fewer than four drills only that they are too few."""
    if of < SMALLEST_GROUP:
        return f"too few to compare (n={of})"
    interval = wilson_interval(met, of)
    return f"{met} of {of} [{interval.low * 100:.0f} to {interval.high * 100:.0f}%]"


def median(times: Sequence[CensorableTime], confidence: float = 0.9) -> Median | None:
    """Return the median and its order-statistic interval; None below five.

    With n=5 the interval is the whole range, and covers 94 %.

    The interval from the r-th smallest to the r-th largest covers 1 - 2 P(Binomial(n, 1/2) < r), whatever the
    distribution: David and Nagaraja, Order Statistics (3rd ed., 2003), section 7.1.
    """
    n = len(times)
    if n < SMALLEST_MEDIAN:
        return None
    lows = sorted(time.seconds for time in times)
    highs = sorted(inf if time.censored else time.seconds for time in times)
    rank = _rank(n, confidence)
    middle, top = _middle(lows), _middle(highs)
    interval = Interval(lows[rank - 1], highs[n - rank])
    return Median(middle, top > middle, interval, _coverage(n, rank), n)


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _coverage(n: int, rank: int) -> float:
    return float(1 - 2 * sum(comb(n, k) for k in range(rank)) / 2**n)


def _rank(n: int, confidence: float) -> int:
    """Return the largest rank whose interval covers enough; 1 if none does."""
    ranks = [rank for rank in range(1, (n + 1) // 2 + 1) if _coverage(n, rank) >= confidence]
    return max(ranks, default=1)
