"""Kinds of fault on a TCP connection. What a client sees of each: docs/reference/faults.md."""

from __future__ import annotations

from gameday.injectors.common.proxy_faults.connection_faults import Outage, Reset, SlowClose, Timeout
from gameday.injectors.common.proxy_faults.response_faults import Bandwidth, Jitter, Latency, Limit, Slice
from gameday.injectors.common.proxy_faults.toxic import RequiredExtension, ToxiproxyFaultKind
from gameday.plugins.parameters import index_classes_by_kind

__all__ = ["KINDS", "RequiredExtension", "ToxiproxyFaultKind"]

KINDS: dict[str, type[ToxiproxyFaultKind]] = index_classes_by_kind(
    Latency, Jitter, Bandwidth, Outage, Reset, Timeout, Slice, Limit, SlowClose
)
