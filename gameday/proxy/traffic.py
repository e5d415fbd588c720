"""Bytes counted: of one connection while it lives, and of a proxy over all its connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counted:
    """One direction: what came from the source, and what was passed on to the other side."""

    received: int = 0
    sent: int = 0

    def add(self, other: Counted) -> None:
        self.received += other.received
        self.sent += other.sent


@dataclass(slots=True)
class Traffic:
    """Both directions, named as the streams of toxics are."""

    upstream: Counted
    downstream: Counted

    @classmethod
    def none(cls) -> Traffic:
        return cls(Counted(), Counted())

    def add(self, other: Traffic) -> None:
        self.upstream.add(other.upstream)
        self.downstream.add(other.downstream)

    def items(self) -> list[tuple[str, Counted]]:
        return [("upstream", self.upstream), ("downstream", self.downstream)]
