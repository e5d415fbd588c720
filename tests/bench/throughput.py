"""Throughput of a proxy: without a toxic, under latency, and relative to the rate of a bandwidth toxic."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.figure import Figure, ms
from bench.proxy_lines import ROUNDS, Line, Place, middle

SECONDS = 0.8
ENDLESS = 1 << 40
LATENCY = 100
RATES = (10, 100, 1_000, 10_000, 100_000)
"""KB/s."""
PIECES = 8
"""Duration of a transfer under bandwidth, in tenths of a second."""


def free(place: Place, connections: int, promised: float) -> Figure:
    """Without a toxic."""
    found: dict[str, list[float]] = {line.name: [] for line in place.lines}
    for _ in range(ROUNDS):
        for line in place.lines:
            found[line.name].append(place.poured(line, connections, ENDLESS, SECONDS))
    rate = middle(found)
    ratio = rate["ours"] / rate["original"]
    return Figure(
        f"proxy: throughput without a toxic, {connections} connection{'s' * (connections > 1)}",
        f"at least {promised} of Toxiproxy's", f"{mb(rate['ours'])}, ratio {ratio:.2f}",
        f"Toxiproxy {mb(rate['original'])}, direct {mb(rate['direct'])}", ROUNDS, ratio >= promised,
    )  # fmt: skip


def cost(place: Place) -> Figure:
    """CPU time that the proxy itself takes for one GB on one connection, without a toxic."""
    found: dict[str, list[float]] = {"ours": [], "original": []}
    for _ in range(ROUNDS):
        for line in (place.theirs, place.ours):
            before = line.cpu_seconds()
            rate = place.poured(line, 1, ENDLESS, SECONDS)
            found[line.name].append((line.cpu_seconds() - before) / (rate * SECONDS / 1e9))
    seconds = middle(found)
    ratio = seconds["ours"] / seconds["original"]
    return Figure(
        "proxy: CPU time of its process for one GB", "at most Toxiproxy's", f"{ms(seconds['ours'])}, ratio {ratio:.2f}",
        f"Toxiproxy {ms(seconds['original'])}", ROUNDS, ratio <= 1,
    )  # fmt: skip


def delayed(place: Place) -> Figure:
    """Under 100 ms of latency, where the original holds no more than 1,024 pieces of 32 KiB."""
    found: dict[str, list[float]] = {line.name: [] for line in place.lines}
    for _ in range(ROUNDS):
        for line in place.lines:
            line.add("drain", "latency", "upstream", latency=LATENCY)
            found[line.name].append(place.poured(line, 1, ENDLESS, 1.2))
            line.remove("drain")
    rate = middle(found)
    ratio = rate["ours"] / rate["original"]
    return Figure(
        f"proxy: throughput under {LATENCY} ms of latency", "at least 3 times Toxiproxy's, or the direct line's",
        f"{mb(rate['ours'])}, ratio {ratio:.2f}", f"Toxiproxy {mb(rate['original'])}, direct {mb(rate['direct'])}",
        ROUNDS, ratio >= 3 or rate["ours"] >= 0.98 * rate["direct"],
    )  # fmt: skip


def asked(place: Place) -> Iterator[Figure]:
    """Return the measured rate relative to the requested one."""
    for rate in RATES:
        mine, theirs = [], []
        for _ in range(ROUNDS):
            mine.append(_off(place, place.ours, rate))
            theirs.append(_off(place, place.theirs, rate))
        yield Figure(
            f"proxy: bandwidth, {rate:,} KB/s asked", "within 2 %", f"{median(mine):+.2f} %",
            f"Toxiproxy {median(theirs):+.2f} %", ROUNDS, abs(median(mine)) <= 2,
        )  # fmt: skip


def _off(place: Place, line: Line, rate: int) -> float:
    """Percent beside what was asked."""
    line.add("drain", "bandwidth", "upstream", rate=rate)
    size = rate * 100 * PIECES
    found = place.poured(line, 1, size, 10 * PIECES)
    line.remove("drain")
    return (found / (rate * 1000) - 1) * 100


def mb(rate: float) -> str:
    return f"{rate / 1e6:.0f} MB/s"
