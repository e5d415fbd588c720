"""Changes of a container that Kubernetes itself acts on: a probe that always fails, other requests or limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.base import FieldValue
from gameday.injectors.kubernetes.fields import Segment
from gameday.injectors.kubernetes.quantities import UNITS, canonical_quantity

_NOBODY_LISTENS = {"tcpSocket": {"port": 1}}
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_PROBE_DEFAULTS = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
"""Settings that the API server adds: the field is compared with what it returns."""
_RESOURCE = re.compile(r"(?P<part>requests|limits)\.(?P<name>[\w./-]+)=(?P<number>\d+)(?P<unit>[a-zA-Z]*)")
_SECRET_NAME = re.compile(r"passw|passphrase|secret|token|credential|api_?-?key|private_?-?key", re.IGNORECASE)
_OTHER = {"requests": "limits", "limits": "requests"}


def failing_probe(container: Mapping[str, Any], place: tuple[Segment, ...], which: str) -> FieldValue:
    """Return the probe of a container, with its own timing, asking a port on which nobody listens."""
    name = f"{which}Probe"
    timing = {key: value for key, value in (container.get(name) or {}).items() if key not in _HANDLERS}
    return (*place, name), ({**_PROBE_DEFAULTS, **timing, **_NOBODY_LISTENS},)


def is_resource(text: str) -> bool:
    """Return True for `requests.NAME=QUANTITY` or `limits.NAME=QUANTITY` with a unit of Kubernetes."""
    match = _RESOURCE.fullmatch(text)
    return match is not None and any(match["unit"] in units for units in UNITS)


def other_resource(container: Mapping[str, Any], place: tuple[Segment, ...], text: str) -> list[FieldValue]:
    """Return the request or limit, and its counterpart where there is one: a request may not exceed its limit."""
    match = _RESOURCE.fullmatch(text)
    assert match is not None
    part, name, quantity = match["part"], match["name"], canonical_quantity(match["number"], match["unit"])
    resources = container.get("resources") or {}
    parts = [part, *([_OTHER[part]] if name in (resources.get(_OTHER[part]) or {}) else [])]
    return [_set(container, place, each, name, quantity) for each in parts]


def _set(
    container: Mapping[str, Any], place: tuple[Segment, ...], part: str, name: str, quantity: str
) -> FieldValue:  # fmt: skip
    """Return the change of one quantity, or of the nearest map that has to be created for it."""
    if "resources" not in container:
        return (*place, "resources"), ({part: {name: quantity}},)
    if part not in container["resources"]:
        return (*place, "resources", part), ({name: quantity},)
    return (*place, "resources", part, name), (quantity,)


def require_no_secret_name(target: str, what: str) -> None:
    """Raise Refused for a variable or key that probably holds a secret: the undo record would store its value."""
    if _SECRET_NAME.search(what):
        raise Refused(
            f"target {target}: {what} may be a secret by its name, and the undo record would hold its value",
            "Change another one, such as an address or a limit.",
        )
