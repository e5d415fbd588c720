"""What a proxy shows of a fault: nothing of ours, all of it as we made it, or something that people changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gameday.injectors.toxiproxy.faults import KINDS
from gameday.markers import MARK
from gameday.plugins.types import Intent, Presence

OURS = re.compile(rf"^{MARK}$")
"""What everything that a drill leaves on a proxy is called."""


def switches_proxy_off(intent: Intent) -> bool:
    """Whether the fault is the proxy switched off, with its toxic only as a note."""
    return KINDS[intent.kind].read(intent.params).disables


def toxics_of(proxy: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(toxic.get("name")): toxic for toxic in proxy.get("toxics") or []}


def foreign_toxic_warnings(proxy: Mapping[str, Any], name: str) -> list[str]:
    """Return a warning for each toxic on the proxy that belongs to no drill."""
    foreign = [toxic if toxic.isprintable() else repr(toxic) for toxic in toxics_of(proxy) if not OURS.match(toxic)]
    return [f"toxic {toxic} on proxy {name} belongs to no drill, and stays active" for toxic in foreign]


def is_present(proxy: Mapping[str, Any], intent: Intent) -> bool:
    """Whether anything of this intent is there: its toxic or note, its mark; on the original, which keeps no marks,
    also the proxy switched off, which it was not when the intent was made (a request that landed after its note was
    removed shows in nothing else)."""
    off = not intent.lease and switches_proxy_off(intent) and not proxy.get("enabled", True)
    return off or intent.marker in toxics_of(proxy) or proxy.get("mark") == intent.marker


def read_presence(proxy: Mapping[str, Any], intent: Intent) -> Presence:
    """Presence by what the proxy shows; CHANGED where something of ours is there and does not do what it did."""
    if not is_present(proxy, intent):
        return Presence.ABSENT
    return Presence.PRESENT if _matches_intent(proxy, intent) else Presence.MODIFIED


def _matches_intent(proxy: Mapping[str, Any], intent: Intent) -> bool:
    if switches_proxy_off(intent):
        return proxy.get("enabled") is False
    made, found = KINDS[intent.kind].read(intent.params).toxic(), toxics_of(proxy).get(intent.marker)
    if found is None or proxy.get("enabled") is False:
        return False
    attributes = found.get("attributes") or {}
    same = all(attributes.get(key) == value for key, value in made.get("attributes", {}).items())
    whole = found.get("toxicity", 1.0) == 1.0 and found.get("type") == made["type"]
    return same and whole and found.get("stream") == made["stream"]
