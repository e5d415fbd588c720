"""A toxic as the API describes it: name, type, attributes, stream, toxicity, lease."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Container, Mapping
from dataclasses import dataclass

from gameday.proxy import request_fields
from gameday.proxy.change_log import format_attributes, printable_name
from gameday.proxy.errors import INVALID_STREAM, INVALID_TYPE, TOXIC_EXISTS, ApiError, bad_body
from gameday.proxy.fault_lifetime import Lease
from gameday.proxy.request_fields import Body
from gameday.proxy.toxics import TYPES
from gameday.proxy.toxics.base import MAX_ATTRIBUTE, Attributes, ToxicStage

_DRAW_BYTES = 6


class SeededRandom:
    """The draws of toxicity: with a seed, the same connections are hit in every run.

    No draw depends on another, so that jitter and other traffic do not change which connections are hit."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = secrets.randbits(63) if seed is None else seed

    def draw(self, *key: str | int) -> float:
        """Return a number from 0 up to 1, always the same for the same key."""
        digest = hashlib.blake2b(repr((self._seed, *key)).encode(), digest_size=_DRAW_BYTES).digest()
        return int.from_bytes(digest) / (1 << (8 * _DRAW_BYTES))


@dataclass(slots=True)
class Toxic:
    """A toxic of a proxy.

    `toxicity` is the share of connections it works on, 0 to 1."""

    name: str
    type_name: str
    kind: type[ToxicStage]
    stream: str
    """As the client sent it."""
    toxicity: float
    values: Attributes
    lease: Lease | None = None
    number: int = 0
    """Number of toxics that its proxy had before it: a reused name gets new draws."""

    @property
    def is_upstream(self) -> bool:
        """Return True if it works on what the client sends."""
        return self.stream.lower() == "upstream"

    @property
    def refuses_everyone(self) -> bool:
        """Return True if no new connection is accepted."""
        return self.kind.refuses_connections and self.toxicity >= 1

    def format(self) -> str:
        """Format for one line of the log."""
        toxicity = "" if self.toxicity == 1 else f", toxicity {self.toxicity:g}"
        description = f"{self.type_name} {self.stream.lower()} {format_attributes(self.values)}".rstrip()
        return f"{printable_name(self.name)} ({description}{toxicity})"

    def as_json(self) -> dict[str, object]:
        """Return it as the API does; `expires_in` only if there is a lease."""
        fields: dict[str, object] = {
            "attributes": dict(self.values),
            "name": self.name,
            "type": self.type_name,
            "stream": self.stream,
            "toxicity": int(self.toxicity) if self.toxicity in (0.0, 1.0) else self.toxicity,
        }
        return fields if self.lease is None else fields | {"expires_in": self.lease.remaining_s}


def parse_toxic(body: Body, existing: Container[str] = ()) -> Toxic:
    """Create the toxic that a body describes, checking in Toxiproxy's order.

    `existing` are the names in use on the proxy. Raises ApiError."""
    stream = request_fields.read_text(body, "stream") or "downstream"
    type_name = request_fields.read_text(body, "type") or ""
    name = request_fields.require_valid_name(request_fields.read_text(body, "name") or f"{type_name}_{stream}")
    if stream.lower() not in ("upstream", "downstream"):
        raise ApiError(*INVALID_STREAM)
    if type_name not in TYPES:
        raise ApiError(*INVALID_TYPE)
    if name in existing:
        raise ApiError(*TOXIC_EXISTS)
    kind = TYPES[type_name]
    toxicity = parse_toxicity(body)
    return Toxic(name, type_name, kind, stream, 1.0 if toxicity is None else toxicity, parse_attributes(body, kind, {}))


def parse_toxicity(body: Body) -> float | None:
    """Return the toxicity, or None if the body has none. Raises ApiError."""
    return request_fields.read_number(body, "toxicity", 0.0, 1.0)


def parse_attributes(body: Body, kind: type[ToxicStage], current: Mapping[str, int]) -> Attributes:
    """Return all attributes of the kind: from the body, or else the current value, or else 0. Raises ApiError.

    Unknown attributes are ignored, as in Toxiproxy."""
    requested = _attributes_of(body)
    values: dict[str, int] = {}
    for name in kind.attributes:
        value = request_fields.read_integer(requested, name, 0, kind.max_values.get(name, MAX_ATTRIBUTE), "attributes.")
        values[name] = current.get(name, 0) if value is None else value
    for name in kind.flags:
        is_set = request_fields.read_boolean(requested, name, "attributes.")
        if current.get(name, False) if is_set is None else is_set:
            values[name] = True
    if problem := kind.validation_error(values):
        raise bad_body(f"attributes.{problem}")
    return values


def _attributes_of(body: Body) -> Body:
    attributes = body.get("attributes")
    if attributes is not None and not isinstance(attributes, dict):
        raise bad_body("attributes must be an object")
    return request_fields.require_object(attributes)
