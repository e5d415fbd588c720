"""Our proxy beside the original server, both on loopback, in turns."""

from __future__ import annotations

from collections.abc import Iterator

from bench import crowds, pings, rates
from bench.figure import Figure
from bench.lines import place


def figures() -> Iterator[Figure]:
    """Each kind of figure to servers of its own: what one left behind is not the next one's."""
    with place() as lines:
        yield from pings.free(lines)
        yield from pings.late(lines)
    with place() as lines:
        yield rates.free(lines, 1, 1.5)
        yield rates.free(lines, 64, 1.0)
        yield rates.delayed(lines)
        yield from rates.asked(lines)
    with place() as lines:
        yield from crowds.figures(lines)
