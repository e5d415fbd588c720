"""The contract of a toxic at work: one stage in the chain of one direction of one connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import ClassVar, Protocol

from typing_extensions import override

Attributes = Mapping[str, int]

MAX_ATTRIBUTE = 2**31 - 1
"""The largest attribute: 24 days in milliseconds, 2 TB/s in KB/s."""


class Target(Protocol):
    """Where a stage's bytes go: the next stage, or the socket at the end."""

    def feed(self, data: bytes) -> None: ...
    def eof(self) -> None: ...


class StageContext(Protocol):
    """What a stage may ask of the direction it works in."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...
    @property
    def rng(self) -> random.Random: ...
    @property
    def arrived(self) -> float:
        """When what is fed just now came in, by the loop's clock."""
        ...

    @property
    def is_backpressured(self) -> bool:
        """The peer at the end has no room: a stage that holds lets go later."""
        ...

    def settle(self) -> None:
        """Read on from the source, or stop reading: a stage's `full` has changed."""

    def close(self) -> None:
        """Close the connection, both ways, now."""

    def reset(self) -> None:
        """Close the connection with a TCP reset, both ways, now."""

    def half_close_both(self) -> None:
        """The end that is passed on in this direction is the end of both."""


class ToxicStage(Target):
    """A toxic that does nothing; the others change one verb or two. All of them return at once: none may wait."""

    attributes: ClassVar[tuple[str, ...]] = ()
    """The names of the attributes; all are whole numbers from 0 to MOST, 0 when not given."""
    flags: ClassVar[tuple[str, ...]] = ()
    """Attributes that are true or false; one that is false is not there, and so not shown."""
    most: ClassVar[Mapping[str, int]] = {}
    """Attributes that may not be as large as MOST."""

    reads_ahead: ClassVar[bool] = False
    """Keeps bytes while the peer has no room, so that reading goes on until the stage is `full`."""

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        self.flow = flow
        self.values = values
        self.next_stage = then
        """The next stage, or the socket. The flow changes it when a neighbour comes or goes."""

    refuses: ClassVar[bool] = False
    """New connections are refused, by toxicity; those that are there live on."""

    @classmethod
    def handshake(cls, values: Attributes, rng: random.Random) -> float:  # noqa: ARG003 - for those that delay it
        """Seconds that a new connection waits before its upstream is dialled."""
        return 0.0

    @classmethod
    def wrong(cls, values: Attributes) -> str:  # noqa: ARG003 - for those that look at them together
        """Why these attributes, each of them allowed, are not allowed together; empty when they are."""
        return ""

    @property
    def full(self) -> bool:
        """Holds so much that nothing more should be read from the source."""
        return False

    def start(self) -> None:
        """The stage is in the chain now."""

    @override
    def feed(self, data: bytes) -> None:
        self.next_stage.feed(data)

    @override
    def eof(self) -> None:
        """The source has ended; comes after its last bytes."""
        self.next_stage.eof()

    def change(self, values: Attributes) -> None:
        """New attributes, at once."""
        self.values = values

    def resume(self) -> None:
        """The peer has room again."""

    def flush(self) -> None:
        """The toxic is removed: pass on what is held, in order, now."""

    def drop(self) -> None:
        """The connection is gone: hold nothing, wake no more."""
