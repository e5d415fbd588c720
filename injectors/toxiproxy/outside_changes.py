"""Changes of a proxy by somebody outside the drill: toxics of theirs, a disabled proxy, other addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.toxiproxy.api_client import Conflict, NotFound, ServerError
from gameday.injectors.toxiproxy.failure_text import printable
from gameday.injectors.toxiproxy.planning import server_of_intent
from gameday.injectors.toxiproxy.proxy_state import OURS, disables_proxy, toxics_of_intent
from gameday.markers import drill_of
from gameday.model import Json
from gameday.plugins.injector import ChangeDetector
from gameday.plugins.types import Deadline, Intent

ADDRESSES = ("listen", "upstream")
EFFECT = ("type", "stream", "toxicity", "attributes")
"""Fields of a toxic that decide what clients see."""
WITHOUT_EFFECT = "noop"


class ProxyChangeDetector(ChangeDetector):
    """Detector of what somebody else impairs on a proxy."""

    @override
    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        name = str(intent.address["proxy"])
        try:
            proxy = server_of_intent(intent).proxy(name, deadline)
        except (NotFound, Conflict, ServerError) as error:
            raise Refused(f"cannot read proxy {name}: {error}", UNREACHABLE_REMEDY) from error
        is_disabled_by_drill = any(disables_proxy(fault) for fault in own if fault.address == intent.address)
        enabled: dict[str, Json] = {} if is_disabled_by_drill else {"enabled": bool(proxy.get("enabled", True))}
        addresses: dict[str, Json] = {key: printable(proxy.get(key)) for key in ADDRESSES}
        return {"proxy": name, "toxics": _toxics(proxy, drill_of(intent.marker)), **enabled, **addresses}

    @override
    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        return frozenset(f"proxy {now['proxy']}: {clause}" for clause in _clauses(before, now))


def _toxics(proxy: Mapping[str, Any], drill: str) -> dict[str, Json]:
    """Return the toxics of others that may have an effect, by their names."""
    return {
        printable(name): {key: toxic.get(key) for key in EFFECT}
        for name, toxic in toxics_of_intent(proxy).items()
        if not (OURS.match(name) and drill_of(name) == drill) and toxic.get("type") != WITHOUT_EFFECT
    }


def _clauses(before: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    if before.get("enabled") and now.get("enabled") is False:
        yield "it was disabled"
    yield from (f"its {key} address was changed" for key in ADDRESSES if before.get(key) != now.get(key))
    known, toxics = before["toxics"], now["toxics"]
    assert isinstance(known, dict) and isinstance(toxics, dict)
    for name, toxic in toxics.items():
        if toxic != known.get(name) and isinstance(toxic, dict):
            yield f"toxic '{name}' ({printable(toxic.get('type'))}) was {'changed' if name in known else 'added'}"
