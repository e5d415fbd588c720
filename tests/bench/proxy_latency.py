"""Latency that a proxy adds to a round trip of 64 bytes: without a toxic, and beyond a latency toxic."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.figure import Figure, percentile
from bench.proxy_lines import ROUNDS, Line, Place, run

PINGS = 2000
MANY = 9
"""Rounds of pings: they are short, and the ratio of two differences shakes."""
ASKED = (1, 2, 5, 10, 50, 200)
"""Milliseconds."""
PATIENCE = 300
"""Milliseconds of waiting in one round."""


def free(place: Place) -> Iterator[Figure]:
    """Without a toxic: round by round, what is more than direct."""
    added: dict[str, list[tuple[float, float]]] = {"ours": [], "original": []}
    plain: list[tuple[float, float]] = []
    for _ in range(MANY):
        trips = {line.name: _both(run("ping", line.echo, PINGS)) for line in place.lines}
        plain.append(trips["direct"])
        for name, values in added.items():
            values.append((trips[name][0] - trips["direct"][0], trips[name][1] - trips["direct"][1]))
    for which, name in enumerate(("p50", "p99")):
        mine, theirs, direct = (median(x[which] for x in rounds) for rounds in (*added.values(), plain))
        yield Figure(
            f"proxy: added to a ping of 64 bytes, {name}", "at most 0.8 of Toxiproxy's",
            f"{mine * 1000:.3f} ms, ratio {mine / theirs:.2f}",
            f"Toxiproxy {theirs * 1000:.3f} ms; direct {direct * 1000:.3f} ms", MANY * PINGS, mine <= 0.8 * theirs,
        )  # fmt: skip


def late(place: Place) -> Iterator[Figure]:
    """Return the excess of a round trip over the requested latency; it includes the round trip itself."""
    for asked in ASKED:
        found: dict[str, list[float]] = {"ours": [], "original": []}
        for line in (place.theirs, place.ours):
            line.add("echo", "latency", "downstream", latency=asked)
        for _ in range(ROUNDS):
            for line in (place.theirs, place.ours):
                found[line.name] += _errors(line, asked)
        for line in (place.theirs, place.ours):
            line.remove("echo")
        yield _error(asked, found["ours"], found["original"])


def _errors(line: Line, asked: int) -> list[float]:
    return [trip - asked / 1000 for trip in run("ping", line.echo, max(2, min(60, PATIENCE // asked)))]


def _error(asked: int, mine: list[float], theirs: list[float]) -> Figure:
    ratio = median(mine) / median(theirs)
    worst = percentile(mine, 0.99)
    return Figure(
        f"proxy: {asked} ms of latency asked, a ping's error",
        "p50 at most 0.5 of Toxiproxy's, p99 within 1 ms",
        f"p50 {median(mine) * 1000:.2f} ms, ratio {ratio:.2f}; p99 {worst * 1000:.2f} ms",
        f"Toxiproxy p50 {median(theirs) * 1000:.2f} ms, p99 {percentile(theirs, 0.99) * 1000:.2f} ms", len(mine),
        ratio <= 0.5 and worst <= 0.001,
    )  # fmt: skip


def _both(trips: list[float]) -> tuple[float, float]:
    return median(trips), percentile(trips, 0.99)
