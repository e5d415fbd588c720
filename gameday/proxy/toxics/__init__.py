"""Toxics at work, by the type names of the API."""

from __future__ import annotations

from gameday.proxy.toxics.bandwidth import Bandwidth
from gameday.proxy.toxics.base import ToxicStage
from gameday.proxy.toxics.closing import LimitData, ResetPeer, SlowClose, Timeout
from gameday.proxy.toxics.delaying import Latency, Stall
from gameday.proxy.toxics.passive import Noop, Refuse
from gameday.proxy.toxics.slicer import Slicer

TYPES: dict[str, type[ToxicStage]] = {
    "noop": Noop,
    "latency": Latency,
    "timeout": Timeout,
    "bandwidth": Bandwidth,
    "reset_peer": ResetPeer,
    "slow_close": SlowClose,
    "slicer": Slicer,
    "limit_data": LimitData,
    "refuse": Refuse,
    "stall": Stall,
}
