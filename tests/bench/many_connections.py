"""Many connections at once: what an idle one takes, and how soon a toxic is on all the busy ones."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import psutil
from bench.figure import Figure, ms, percentile
from bench.proxy_lines import ROUNDS, Line, Place, heard, middle, peer, run

IDLE = 1000
BUSY = 200
VISITS = 1000
"""Short connections of a round: few enough that no local port is waited for."""
TOGETHER = 16
CHANGES = 20
"""Toxics added to the busy connections, a round."""


def figures(place: Place) -> Iterator[Figure]:
    """Idle and busy connections are there at the same time."""
    held: dict[str, float] = {}
    added: dict[str, list[float]] = {"ours": [], "original": []}
    lost: dict[str, float] = {"ours": 0, "original": 0}
    with contextlib.ExitStack() as stack:
        for line in (place.theirs, place.ours):
            held[line.name] = _idle(stack, line)
        for _ in range(ROUNDS):
            for line in (place.theirs, place.ours):
                times, missed = _changed(line)
                added[line.name] += times
                lost[line.name] += missed
    yield Figure(
        f"proxy: memory of one idle connection, of {IDLE:,}", "under 40 KiB", f"{held['ours']:.1f} KiB",
        f"Toxiproxy {held['original']:.1f} KiB", 1, held["ours"] < 40,
    )  # fmt: skip
    mine, theirs = (percentile(added[name], 0.99) for name in ("ours", "original"))
    yield Figure(
        f"proxy: a toxic added to all of {IDLE:,} idle and {BUSY} busy connections", "p99 under 50 ms, none lost",
        f"p99 {ms(mine)}, {lost['ours']:.0f} lost", f"Toxiproxy p99 {ms(theirs)}, {lost['original']:.0f} lost",
        len(added["ours"]), mine < 0.05 and not lost["ours"],
    )  # fmt: skip


def accepted(place: Place) -> Figure:
    """Short connections, through the proxy to the upstream and back."""
    found: dict[str, list[float]] = {line.name: [] for line in place.lines}
    for _ in range(ROUNDS):
        for line in place.lines:
            found[line.name].append(VISITS / run("visit", line.echo, VISITS, TOGETHER)[0])
    rate = middle(found)
    ratio = rate["ours"] / rate["original"]
    return Figure(
        f"proxy: new connections a second, {TOGETHER} at a time, one byte each", "at least Toxiproxy's",
        f"{rate['ours']:,.0f}, ratio {ratio:.2f}", f"Toxiproxy {rate['original']:,.0f}, direct {rate['direct']:,.0f}",
        ROUNDS * VISITS, ratio >= 1,
    )  # fmt: skip


def _idle(stack: contextlib.ExitStack, line: Line) -> float:
    """KiB that the server has grown by, a connection. Each has carried one ping: it is there at both ends."""
    assert line.server is not None
    run("ping", line.echo, 100)
    server = psutil.Process(line.server.process.pid)
    before = server.memory_info().rss
    for _ in range(IDLE):
        sock = stack.enter_context(socket.create_connection(("127.0.0.1", line.echo)))
        sock.sendall(b"?")
        sock.recv(1)
    return float(server.memory_info().rss - before) / IDLE / 1024


def _changed(line: Line) -> tuple[list[float], float]:
    """Return the seconds that each added toxic took, and the number of lost connections."""
    times = []
    with peer("crowd", line.echo, BUSY) as busy:
        heard(busy)  # all of them are there and at work
        for _ in range(CHANGES):
            began = time.perf_counter()
            line.add("echo", "latency", "downstream", latency=5)
            times.append(time.perf_counter() - began)
            line.remove("echo")
        assert busy.stdin is not None
        busy.stdin.write("\n")
        busy.stdin.flush()
        trips, lost = heard(busy)
    if not trips:
        raise RuntimeError(f"nothing went through {line.name} while toxics came and went")
    return times, lost
