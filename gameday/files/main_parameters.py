"""The main parameter of each fault kind that `new` offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MainParameter:
    """How much of a fault kind: its parameter, what is asked, a good default, and how it reads in the hypothesis."""

    key: str
    asked: str
    default: str
    says: str


MAIN_PARAMETERS: Mapping[str, MainParameter] = {
    "latency": MainParameter("delay", "How late do its answers come?", "200ms", "With the {target} {amount} slower"),
    "jitter": MainParameter(
        "delay", "Up to how late are its answers?", "400ms", "With the {target} up to {amount} slower"
    ),
    "bandwidth": MainParameter(
        "rate", "How much comes through to its clients?", "100KB/s", "With the {target} at {amount}"
    ),
    "outage": MainParameter(
        "seen_as", "How is it gone: refused, silent or new-refused?", "refused", "With the {target} gone ({amount})"
    ),
    "reset": MainParameter(
        "after", "After how long is each connection reset?", "0s", "With connections to the {target} reset"
    ),
    "slice": MainParameter(
        "size", "In what pieces do its answers come?", "100B", "With the {target} in pieces of {amount}"
    ),
    "limit": MainParameter(
        "bytes",
        "After how much of its answers does a connection close?",
        "64KB",
        "With connections to the {target} closed after {amount}",
    ),
    "slow-close": MainParameter(
        "delay", "How late is the end of a connection?", "10s", "With the {target} closing {amount} late"
    ),
    "stop": MainParameter(
        "grace", "How long may it take to end, before it is killed?", "1s", "With the {target} stopped"
    ),
    "restart": MainParameter(
        "grace", "How long may it take to end, before it is killed?", "1s", "With the {target} started again"
    ),
    "loss": MainParameter(
        "rate", "How many of its packets are lost?", "30%", "With {amount} of the {target}'s packets lost"
    ),
    "cpu": MainParameter(
        "limit", "How much of a processor is left to it?", "20%", "With {amount} of a core for the {target}"
    ),
    "memory": MainParameter(
        "limit", "How much memory is left to it?", "64MB", "With {amount} of memory for the {target}"
    ),
}
