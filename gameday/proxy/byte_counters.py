"""Bytes counted: of one connection while it lives, and of a proxy over all its connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class DirectionBytes:
    """One direction: what came from the source, and what was passed on to the other side."""

    received: int = 0
    sent: int = 0

    def add(self, other: DirectionBytes) -> None:
        self.received += other.received
        self.sent += other.sent


@dataclass(slots=True)
class ByteCounters:
    """Both directions, named as the streams of toxics are."""

    upstream: DirectionBytes
    downstream: DirectionBytes

    @classmethod
    def none(cls) -> ByteCounters:
        return cls(DirectionBytes(), DirectionBytes())

    def add(self, other: ByteCounters) -> None:
        self.upstream.add(other.upstream)
        self.downstream.add(other.downstream)

    def items(self) -> list[tuple[str, DirectionBytes]]:
        return [("upstream", self.upstream), ("downstream", self.downstream)]
