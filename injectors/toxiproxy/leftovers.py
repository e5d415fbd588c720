"""Faults of any drill on a proxy, found from the server alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.toxiproxy.api_client import ToxiproxyServer
from gameday.injectors.toxiproxy.planning import record_connection
from gameday.injectors.toxiproxy.proxy_state import OURS, TOXIC_TYPE, toxics_of_intent
from gameday.model import Binding
from gameday.plugins.types import Intent

_MARKER_TOXIC = "noop"
"""Type of the toxic that only marks a proxy which a drill has disabled."""


def find_leftovers(server: ToxiproxyServer, proxy: Mapping[str, Any], binding: Binding) -> list[Intent]:
    """Return an intent for each marker on the proxy."""
    types = {name: str(toxic.get("type")) for name, toxic in toxics_of_intent(proxy).items() if OURS.match(name)}
    if OURS.match(str(proxy.get("mark", ""))):
        types.setdefault(str(proxy["mark"]), _MARKER_TOXIC)
    return [_leftover(server, binding, marker, toxic_type) for marker, toxic_type in types.items()]


def _leftover(server: ToxiproxyServer, binding: Binding, marker: str, toxic_type: str) -> Intent:
    """Return the intent of an outage: the server does not tell the kind, and its revert reverts every kind."""
    disabled, name = toxic_type == _MARKER_TOXIC, str(binding.settings["proxy"])
    return IntentBuilder("toxiproxy", binding).build(
        marker,
        "outage",
        address={"url": server.url, "proxy": name},
        params={"seen_as": "refused" if disabled else "silent"},
        undo={"enabled": True, TOXIC_TYPE: toxic_type, **record_connection(binding)},
        target_text=f"{toxic_type} on proxy {name} at {server.url}",
        revert_text=f"enable proxy {name}, remove the marker toxic" if disabled else "remove the toxic",
    )
