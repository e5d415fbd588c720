"""The contract of a toxic at work: a stage in one direction of a connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import ClassVar, Protocol

from typing_extensions import override

Attributes = Mapping[str, int]

MAX_ATTRIBUTE = 2**31 - 1
"""The largest attribute: 24 days in milliseconds, 2 TB/s in KB/s."""


class Sink(Protocol):
    """A receiver of bytes: the next stage, or the socket at the end."""

    def feed(self, data: bytes) -> None:
        """Accept data."""

    def feed_eof(self) -> None:
        """Accept the end of the stream; nothing is fed after it."""


class StageContext(Protocol):
    """The direction of a connection that a stage works in."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Event loop, for timers."""
        ...

    @property
    def rng(self) -> random.Random:
        """Random numbers, for jitter."""
        ...

    @property
    def arrived_at(self) -> float:
        """Loop time at which the data arrived that is being fed."""
        ...

    @property
    def is_backpressured(self) -> bool:
        """Return True if the receiving peer reads too slowly.

        A stage that holds data should keep it."""
        ...

    def update_reading(self) -> None:
        """Pause or resume reading from the source, after a stage's `is_full` has changed."""

    def close(self) -> None:
        """Close the connection now."""

    def reset(self) -> None:
        """Close the connection now with a TCP reset."""

    def mark_eof_final(self) -> None:
        """Let the end of this direction end the other one too."""


class ToxicStage(Sink):
    """A stage that passes everything on; subclasses override what their toxic changes.

    No method may wait."""

    attributes: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes: whole numbers from 0 to MAX_ATTRIBUTE, 0 by default."""
    max_values: ClassVar[Mapping[str, int]] = {}
    """Lower maximum of some attributes."""
    flags: ClassVar[tuple[str, ...]] = ()
    """Names of boolean attributes; a false one is omitted from responses."""
    buffers_under_backpressure: ClassVar[bool] = False
    """The stage holds data while the peer reads too slowly: reading goes on until the stage is full."""
    refuses_connections: ClassVar[bool] = False
    """New connections are refused, according to toxicity; open ones continue."""

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        self.context = context
        self.values = values
        self.next_stage = next_stage
        """The next stage or the socket; the flow replaces it when stages are added or removed."""

    @classmethod
    def connect_delay(cls, values: Attributes, rng: random.Random) -> float:  # noqa: ARG003 - for subclasses
        """Return the seconds to wait before the upstream of a new connection is dialled."""
        return 0.0

    @classmethod
    def validation_error(cls, values: Attributes) -> str:  # noqa: ARG003 - for subclasses
        """Return why this combination of valid attributes is not allowed; empty if it is."""
        return ""

    @property
    def is_full(self) -> bool:
        """Return True if the stage holds so much that the source must not be read."""
        return False

    def start(self) -> None:
        """Begin to work: the stage is now in the chain."""

    @override
    def feed(self, data: bytes) -> None:
        self.next_stage.feed(data)

    @override
    def feed_eof(self) -> None:
        self.next_stage.feed_eof()

    def change(self, values: Attributes) -> None:
        """Apply new attributes."""
        self.values = values

    def resume(self) -> None:
        """Continue: the receiving peer is ready again."""

    def flush(self) -> None:
        """Pass on what is held, in order: the toxic is removed."""

    def discard(self) -> None:
        """Drop what is held, and cancel timers: the connection has closed."""
