"""Our proxy beside the original server, both on loopback, in turns."""

from __future__ import annotations

from collections.abc import Iterator

from bench import many_connections, noisy_neighbour, proxy_latency, throughput
from bench.figure import Figure
from bench.proxy_lines import place


def figures() -> Iterator[Figure]:
    """Each kind of figure to servers of its own: what one left behind is not the next one's."""
    with place() as lines:
        yield from proxy_latency.free(lines)
        yield from proxy_latency.late(lines)
    with place() as lines:
        yield throughput.free(lines, 1, 1.5)
        yield throughput.free(lines, 64, 1.0)
        yield throughput.cost(lines)
        yield throughput.delayed(lines)
        yield from throughput.asked(lines)
    with place() as lines:
        yield many_connections.accepted(lines)
        yield from many_connections.figures(lines)
    with place() as lines:
        yield from noisy_neighbour.figures(lines)
