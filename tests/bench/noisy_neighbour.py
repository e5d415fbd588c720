"""Ping on one proxy while unpaced bulk streams run on another proxy of the same server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from statistics import median

from bench.figure import Figure, percentile
from bench.proxy_lines import ROUNDS, Line, Place, heard, peer, run
from bench.throughput import ENDLESS, mb
from support.available_engines import toxiproxy_server

STREAMS = (16, 64)
PINGS = 20
"""Fewer than fit into the time of the bulk streams, on a slow proxy too."""
SECONDS = 3.0


def figures(place: Place) -> Iterator[Figure]:
    """Latency of the ping, and what the bulk streams carry meanwhile, in turns."""
    version = original_version()
    for streams in STREAMS:
        trips: dict[str, list[float]] = {line.name: [] for line in (place.theirs, place.ours)}
        rates: dict[str, list[float]] = {line.name: [] for line in (place.theirs, place.ours)}
        for _ in range(ROUNDS):
            for line in (place.theirs, place.ours):
                pings, rate = _ping_beside_bulk(place, line, streams)
                trips[line.name].append(percentile(pings, 0.5))
                rates[line.name].append(rate)
        mine, theirs = median(trips["ours"]), median(trips["original"])
        faster = median(rates["ours"]) / median(rates["original"])
        yield Figure(
            f"proxy: ping of 64 bytes beside {streams} bulk streams on another proxy, p50",
            f"at most Toxiproxy {version}'s, with at least its throughput",
            f"{mine * 1000:.1f} ms, {mb(median(rates['ours']))}",
            f"Toxiproxy {version} {theirs * 1000:.1f} ms, {mb(median(rates['original']))}",
            ROUNDS * PINGS, mine <= theirs and faster >= 1,
        )  # fmt: skip


def original_version() -> str:
    """Return the version of the Go module that the original server was built from; empty if unknown."""
    go = shutil.which("go")
    if go is None:
        return ""
    built = subprocess.run([go, "version", "-m", str(toxiproxy_server())], capture_output=True, text=True, check=False)
    modules = [line.split() for line in built.stdout.splitlines()]
    return next((words[2] for words in modules if words[:2] == ["mod", "github.com/Shopify/toxiproxy/v2"]), "")


def _ping_beside_bulk(place: Place, line: Line, streams: int) -> tuple[list[float], float]:
    """Return the round trips in seconds, and the bytes a second of the streams."""
    with peer("pour", line.drain, streams, ENDLESS, SECONDS) as load:
        heard(load)  # all streams are connected
        pings = run("ping", line.echo, PINGS)
        load.wait()
    size, seconds = heard(place.drained)
    return pings, size / seconds
