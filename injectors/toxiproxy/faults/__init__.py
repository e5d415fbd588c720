"""Kinds of fault on a TCP connection. What a client sees of each: docs/reference/faults.md."""

from __future__ import annotations

from gameday.injectors.toxiproxy.faults.base import RequiredExtension, ToxiproxyFaultKind
from gameday.injectors.toxiproxy.faults.connection_faults import Outage, Reset, SlowClose
from gameday.injectors.toxiproxy.faults.response_faults import Bandwidth, Jitter, Latency, Limit, Slice
from gameday.plugins.parameters import index_classes_by_kind

__all__ = ["KINDS", "RequiredExtension", "ToxiproxyFaultKind"]

KINDS: dict[str, type[ToxiproxyFaultKind]] = index_classes_by_kind(
    Latency, Jitter, Bandwidth, Outage, Reset, Slice, Limit, SlowClose
)
