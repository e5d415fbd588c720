"""State of a fault as a proxy shows it: present, absent, or modified by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gameday.injectors.toxiproxy.failure_text import printable
from gameday.injectors.toxiproxy.faults import KINDS
from gameday.markers import MARK
from gameday.plugins.types import Intent, Presence

OURS = re.compile(rf"^{MARK}$")
"""Names that a drill gives to everything it leaves on a proxy."""


TOXIC_TYPE = "toxic"
"""Key in the undo of a fault that was found on a server, where its kind does not tell the type of its toxic."""


UPSTREAM = "upstream"
"""Key in the undo: the server behind the proxy. With another one the fault affects another system."""


def disables_proxy(intent: Intent) -> bool:
    """Return True if the fault disables the proxy, with its toxic only as a marker."""
    return KINDS[intent.kind].read(intent.params).disables_proxy


def toxics_of_intent(proxy: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(toxic.get("name")): toxic for toxic in proxy.get("toxics") or []}


def foreign_toxic_warnings(proxy: Mapping[str, Any], name: str) -> list[str]:
    """Return a warning for each toxic on the proxy that belongs to no drill."""
    foreign = [
        toxic if toxic.isprintable() else repr(toxic) for toxic in toxics_of_intent(proxy) if not OURS.match(toxic)
    ]
    return [f"toxic {toxic} on proxy {name} does not belong to a drill and stays active" for toxic in foreign]


def describe_replaced_toxic(proxy: Mapping[str, Any], intent: Intent) -> str:
    """Return a note if the fault's toxic was replaced by one of another type or stream; empty if not.

    No request changes these two, so such a toxic is not the one that the drill added."""
    toxic = toxics_of_intent(proxy).get(intent.marker)
    expected = KINDS[intent.kind].read(intent.params).toxic()
    type_ = intent.undo.get(TOXIC_TYPE, expected["type"])
    is_ours = toxic is None or (
        toxic.get("type") == type_ and (TOXIC_TYPE in intent.undo or toxic.get("stream") == expected["stream"])
    )
    if is_ours or toxic is None:
        return ""
    return (
        f"toxic {intent.marker} was replaced by someone else: it is now a {toxic.get('type')} on {toxic.get('stream')}"
    )


def is_present(proxy: Mapping[str, Any], intent: Intent) -> bool:
    """Return True if anything of the intent is on the proxy: its toxic, its marker, or the disabled proxy.

    The original keeps no markers; there, a proxy that is disabled and was not before counts too: a request that
    arrived after its marker toxic was removed shows in nothing else."""
    off = not intent.lease and disables_proxy(intent) and not proxy.get("enabled", True)
    own_toxic = intent.marker in toxics_of_intent(proxy) and not describe_replaced_toxic(proxy, intent)
    return off or own_toxic or proxy.get("mark") == intent.marker


def read_presence(proxy: Mapping[str, Any], intent: Intent) -> Presence:
    """Return the presence that the proxy shows; MODIFIED if the fault is there and does not do what it did."""
    if not is_present(proxy, intent):
        return Presence.ABSENT
    return Presence.PRESENT if _matches_intent(proxy, intent) else Presence.MODIFIED


def _matches_intent(proxy: Mapping[str, Any], intent: Intent) -> bool:
    if UPSTREAM in intent.undo and printable(proxy.get("upstream")) != intent.undo[UPSTREAM]:
        return False
    if disables_proxy(intent):
        return proxy.get("enabled") is False
    expected, toxic = KINDS[intent.kind].read(intent.params).toxic(), toxics_of_intent(proxy).get(intent.marker)
    if toxic is None or proxy.get("enabled") is False:
        return False
    attributes = toxic.get("attributes") or {}
    same = all(attributes.get(key) == value for key, value in expected.get("attributes", {}).items())
    whole = toxic.get("toxicity", 1.0) == 1.0 and toxic.get("type") == expected["type"]
    return same and whole and toxic.get("stream") == expected["stream"]
