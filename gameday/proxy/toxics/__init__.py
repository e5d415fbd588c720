"""One toxic a file; here they are by the names that the API knows them by."""

from __future__ import annotations

from gameday.proxy.toxics.bandwidth import Bandwidth
from gameday.proxy.toxics.base import ToxicStage
from gameday.proxy.toxics.latency import Latency
from gameday.proxy.toxics.limit_data import LimitData
from gameday.proxy.toxics.noop import Noop
from gameday.proxy.toxics.refuse import Refuse
from gameday.proxy.toxics.reset_peer import ResetPeer
from gameday.proxy.toxics.slicer import Slicer
from gameday.proxy.toxics.slow_close import SlowClose
from gameday.proxy.toxics.stall import Stall
from gameday.proxy.toxics.timeout import Timeout

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
