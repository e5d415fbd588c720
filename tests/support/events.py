"""Event bodies for tests: from a few fields, with the rest filled in; and every kind with any content."""

from __future__ import annotations

import enum
import json
import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from gameday.events import EVENT_TYPES, Body, Event, decode_body_strictly
from gameday.model import Json, Role, Source
from gameday.plugins.types import Intent, RevertGuarantee

MARKER = "gd-7f3a5be90c21"


def sample_intent(**fields: Any) -> Intent:
    known: dict[str, Any] = {
        "marker": MARKER, "drill": "gd-7f3a", "fault": "slow", "kind": "latency", "injector": "toxiproxy",
        "environment": "demo", "target": "database", "address": {}, "params": {}, "undo": {},
        "target_text": "proxy orders-db at 127.0.0.1:8474", "revert_text": f"DELETE toxic {MARKER}",
        "guarantee": RevertGuarantee.LEASE, "lease": 5.0,
    }  # fmt: skip
    return Intent(**{**known, **fields})


def body(kind: str, data: Mapping[str, Json] | None = None) -> Body:
    """Return the typed body; raises ValueError for a kind or a field that no event class has."""
    content = dict(data or {})
    fields = {field.name: field for field in msgspec.structs.fields(EVENT_TYPES[kind])}
    if unknown := set(content) - set(fields):
        raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")
    hints = get_type_hints(EVENT_TYPES[kind])
    for name, field in fields.items():
        if field.required and name not in content:
            content[name] = _filler(hints[name])
    if isinstance(intent := content.get("intent"), dict):
        content["intent"] = {**sample_intent().encode(), **intent}
    return decode_body_strictly(kind, json.dumps(content))


def _filler(hint: Any) -> Any:
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint)).value
    if get_origin(hint) is tuple:
        return ()
    return {str: "", bool: False, int: 0, float: 0.0, Intent: {}}[hint]


def event(
    kind: str, data: Mapping[str, Json] | None = None, at: float = 0.0, source: Source = Source.RUNNER,
    role: Role | None = None, seq: int = 1,
) -> Event:  # fmt: skip
    """Return an event with that body, which happened at that time of the monotonic clock."""
    return Event(seq, "gd-7f3a", at, at, at, source, role, 1, "boot", body(kind, data))


def bodies(texts: st.SearchStrategy[str], *kinds: str) -> st.SearchStrategy[Body]:
    """Every kind, or these, with such texts wherever a text may stand."""
    return st.sampled_from(sorted(kinds or EVENT_TYPES)).flatmap(lambda kind: _body(EVENT_TYPES[kind], texts))


def _body(cls: type[Any], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{name: _content(hints[name], texts) for name in cls.__struct_fields__})


def _content(hint: Any, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_content(one, texts) for one in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return st.lists(_content(args[0], texts), max_size=2).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        values = texts if args[1] is Any else _content(args[1], texts)
        return st.dictionaries(texts, values, max_size=2)
    if hint is Intent:
        return st.builds(sample_intent, fault=texts, target=texts, kind=texts, target_text=texts, revert_text=texts)
    if issubclass(hint, msgspec.Struct):
        return _body(hint, texts)
    if issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: texts, bool: st.booleans(), int: st.integers(0, 10_000), float: numbers, types.NoneType: st.none(),
    }  # fmt: skip
    return plain[hint]
