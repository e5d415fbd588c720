"""Encoding of plans for a drill's log, so that a screen can show a drill without its files.

Settings of injectors, probes, channels and incident sources are left out: no address or secret enters the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from gameday.errors import BadArguments
from gameday.model import Binding, Environment, Json, Plan, SignalBinding

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def encode_plan(plan: Plan) -> dict[str, Json]:
    """Encode a plan as JSON, for the event `planned`."""
    faults = tuple(replace(fault, binding=_redact_binding(fault.binding)) for fault in plan.faults)
    encoded = _plain(replace(plan, environment=_redact_environment(plan.environment), faults=faults))
    assert isinstance(encoded, dict)
    return encoded


def decode_plan(data: Mapping[str, Any]) -> Plan:
    """Decode a plan. Raises BadArguments if it was written by another version, or is missing."""
    from pydantic import ValidationError

    try:
        return _plans().validate_python(data)
    except ValidationError:
        raise BadArguments("this drill was recorded without its plan, so it cannot be replayed") from None


@cache
def _plans() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


def _redact_environment(environment: Environment) -> Environment:
    signals = {name: _redact_signal(binding) for name, binding in environment.signals.items()}
    return replace(
        environment,
        project="",
        targets={},
        signals=signals,
        actions={},
        load=None,
        channels={},
        incidents={},
        approvals=(),
        silence=_redact_binding(environment.silence) if environment.silence else None,
        runbooks={},
    )


def _redact_binding(binding: Binding) -> Binding:
    return replace(binding, settings={}, folder="")


def _redact_signal(binding: SignalBinding) -> SignalBinding:
    settings = {key: value for key, value in binding.settings.items() if key == "timeout"}
    return replace(binding, settings=settings, folder="")


def _plain(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return [_plain(item) for item in sorted(value)]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    assert value is None or isinstance(value, int | float)
    return value
