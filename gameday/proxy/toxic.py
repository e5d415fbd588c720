"""A toxic as the API knows it: what it is called, what it does, to which connections, and for how long."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from gameday.proxy import request_fields
from gameday.proxy.change_log import printable_name, written
from gameday.proxy.errors import INVALID_STREAM, INVALID_TYPE, TOXIC_EXISTS, ApiError, bad_body
from gameday.proxy.lease import Lease
from gameday.proxy.request_fields import Body
from gameday.proxy.toxics import TYPES
from gameday.proxy.toxics.base import MAX_ATTRIBUTE, Attributes, ToxicStage


@dataclass(slots=True)
class Toxic:
    """`toxicity` is the share of connections it works on, 0 to 1. `stream` stays as it was sent."""

    name: str
    label: str
    """The type, as the API calls it."""
    kind: type[ToxicStage]
    stream: str
    toxicity: float
    values: Attributes
    lease: Lease | None = field(default=None)
    number: int = 0
    """How many toxics its proxy had before it: a name that comes again has new dice."""

    @property
    def is_upstream(self) -> bool:
        return self.stream.lower() == "upstream"

    @property
    def refuses_all(self) -> bool:
        """No new connection is let in."""
        return self.kind.refuses and self.toxicity >= 1

    def told(self) -> str:
        """On one line of the log."""
        share = "" if self.toxicity == 1 else f", toxicity {self.toxicity:g}"
        return (
            f"{printable_name(self.name)} ({self.label} {self.stream.lower()} {written(self.values)}".rstrip()
            + f"{share})"
        )

    def shown(self) -> dict[str, object]:
        """As the API answers; `expires_in` only where there is a lease."""
        whole = int(self.toxicity) if self.toxicity in (0.0, 1.0) else self.toxicity
        shown: dict[str, object] = {
            "attributes": dict(self.values),
            "name": self.name,
            "type": self.label,
            "stream": self.stream,
            "toxicity": whole,
        }
        return shown if self.lease is None else shown | {"expires_in": self.lease.left}


def toxic_of(body: Body, taken: Container[str] = ()) -> Toxic:
    """The toxic that a body asks for, in the original's order of complaints. `taken` are the names that are there."""
    stream = request_fields.text(body, "stream") or "downstream"
    label = request_fields.text(body, "type") or ""
    name = request_fields.name_of(request_fields.text(body, "name") or f"{label}_{stream}")
    if stream.lower() not in ("upstream", "downstream"):
        raise ApiError(*INVALID_STREAM)
    if label not in TYPES:
        raise ApiError(*INVALID_TYPE)
    if name in taken:
        raise ApiError(*TOXIC_EXISTS)
    kind = TYPES[label]
    toxicity = toxicity_of(body)
    return Toxic(name, label, kind, stream, 1.0 if toxicity is None else toxicity, values_of(body, kind, {}))


def toxicity_of(body: Body) -> float | None:
    return request_fields.number(body, "toxicity", 0.0, 1.0)


def values_of(body: Body, kind: type[ToxicStage], before: Mapping[str, int]) -> Attributes:
    """All attributes of the kind: as the body says, else as before, else 0. Others are passed over, as ever."""
    given = body.get("attributes")
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise bad_body("attributes must be an object")
    given = request_fields.body_of(given)
    values: dict[str, int] = {}
    for name in kind.attributes:
        value = request_fields.whole(given, name, 0, kind.most.get(name, MAX_ATTRIBUTE), "attributes.")
        values[name] = before.get(name, 0) if value is None else value
    for name in kind.flags:
        is_set = request_fields.flag(given, name, "attributes.")
        if before.get(name, False) if is_set is None else is_set:
            values[name] = True
    if why := kind.wrong(values):
        raise bad_body(f"attributes.{why}")
    return values
