"""Kinds of fault as classes: their parameters, and all that other parts of the program need to know of a kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from gameday.model import Json
from gameday.plugins.types import ParamProblem
from gameday.suggestions import did_you_mean
from gameday.units import parse_bandwidth, parse_duration, parse_percentage, parse_size

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind.

    `allowed`: valid values, for a person; `default`: as written, None if the parameter is required; `read`: from key
    and written value to the value; raises ParamProblem."""

    allowed: str
    default: Json
    read: Callable[[str, Json], Any]


@dataclass(frozen=True, slots=True)
class MainParameter:
    """Parameter that says how much of a kind; `gameday new` asks for it.

    `default`: the amount it proposes; `statement`: the condition as the hypothesis words it, with {target} and
    {amount}."""

    key: str
    question: str
    default: str
    statement: str


class Params:
    """One kind of fault. The fields of a subclass have the names of its parameters."""

    __slots__ = ()
    kind: ClassVar[str]
    """Word of the kind in a scenario."""
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    main: ClassVar[MainParameter | None] = None
    """Parameter that `gameday new` asks for; None where it does not offer the kind."""
    adjustable: ClassVar[tuple[str, ...]] = ()
    """Parameters that the facilitator may change while the fault is present."""
    apply_timeout: ClassVar[float] = 5.0
    """Seconds that one apply may take."""
    peer_parameter: ClassVar[str] = ""
    """Parameter that names another target; empty where there is none."""
    effect: ClassVar[str] = ""
    """Two cells of the kind's row in its reference page: what a client sees, and a note."""
    note: ClassVar[str] = ""

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        """Read what the scenario says. Raises ParamProblem."""
        return cls(**read_parameters(raw, cls.parameters))


P = TypeVar("P", bound=Params)


def index_classes_by_kind(*classes: type[P]) -> dict[str, type[P]]:
    """Return the classes by their kinds, in this order."""
    return {params.kind: params for params in classes}


def read_parameters(raw: Mapping[str, Json], parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Return all parameters by name. Raises ParamProblem."""
    for key in raw:
        if key not in parameters:
            raise ParamProblem(key, f"unknown parameter {key!r}; {_unknown_key_hint(key, parameters)}")
    for key, parameter in parameters.items():
        if key not in raw and parameter.default is None:
            raise ParamProblem(key, f"missing parameter {key!r}")
    return {key: parameter.read(key, raw.get(key, parameter.default)) for key, parameter in parameters.items()}


def duration_parameter(
    default: str | None = None, *, highest: str = "1h", finest: str = "1ms", zero: bool = True
) -> Parameter:
    """Return a parameter in seconds: from `finest` to `highest` in steps of `finest`, or with `zero` 0."""
    least, allowed = parse_duration(finest), f"{'0s, or ' * zero}{finest} to {highest}"

    def read(key: str, raw: Json) -> float:
        value = _parse_quantity(key, raw, parse_duration, "400ms or 2m")
        if 0 < value < least or value > parse_duration(highest) or not (value or zero):
            raise ParamProblem(key, f"{raw} is out of range: {key} must be {allowed}")
        if abs(value / least - round(value / least)) > 1e-6:
            raise ParamProblem(key, f"{raw} is too fine: {key} must be a multiple of {finest}")
        return value

    return Parameter(allowed, default, read)


def size_parameter(lowest: str, highest: str, default: str | None = None) -> Parameter:
    """Return a parameter in bytes."""
    return _ranged(parse_size, lowest, highest, "512B or 64KB", default)


def bandwidth_parameter(lowest: str, highest: str) -> Parameter:
    """Return a parameter in kilobytes a second."""
    return _ranged(parse_bandwidth, lowest, highest, "100KB/s", None)


def choice_parameter(default: str, *words: str) -> Parameter:
    """Return a parameter that takes one of the words."""
    listed = f"{', '.join(words[:-1])} or {words[-1]}"

    def read(key: str, raw: Json) -> str:
        if raw not in words:
            raise ParamProblem(key, f"{key} must be {listed}, not {_describe_value(raw)}")
        return str(raw)

    return Parameter(listed, default, read)


def text_parameter(allowed: str, default: str | None = None) -> Parameter:
    """Return a parameter that only the engine can validate. `allowed`: for a person."""

    def read(key: str, raw: Json) -> str:
        if isinstance(raw, int | float):  # as YAML reads what is not quoted
            raise ParamProblem(key, f'{key} must be text: write "{json.dumps(raw)}"')
        if not isinstance(raw, str) or not raw:
            raise ParamProblem(key, f"{key} must be {allowed}, not {_describe_value(raw)}")
        return raw

    return Parameter(allowed, default, read)


def command_parameter(allowed: str, default: Sequence[str] | None = None) -> Parameter:
    """Return a parameter that holds a command as a list of words."""

    def read(key: str, raw: Json) -> tuple[str, ...]:
        if not isinstance(raw, list | tuple) or not all(isinstance(word, str) for word in raw):
            raise ParamProblem(key, f"{key} must be {allowed}: a list of words, such as [pg_ctl, reload]")
        return tuple(str(word) for word in raw)

    return Parameter(allowed, list(default) if default is not None else None, read)


def integer_parameter(lowest: int, highest: int, default: int | None = None) -> Parameter:
    """Return a parameter that takes a whole number."""
    allowed = f"a whole number, {lowest} to {highest}"

    def read(key: str, raw: Json) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not lowest <= raw <= highest:
            raise ParamProblem(key, f"{key} must be {allowed}, not {_describe_value(raw)}")
        return raw

    return Parameter(allowed, default, read)


def percentage_parameter(lowest: str, highest: str, default: str | None = None) -> Parameter:
    """Return a parameter between 0 and 1, or beyond, written as a percentage."""
    low, high = parse_percentage(lowest), parse_percentage(highest)

    def read(key: str, raw: Json) -> float:
        value = _parse_quantity(key, raw, parse_percentage, "30%")
        if not low <= value <= high:
            raise ParamProblem(key, f"{raw} is out of range: {key} must be {lowest} to {highest}")
        return value

    return Parameter(f"{lowest} to {highest}", default, read)


def boolean_parameter() -> Parameter:
    """Return a parameter that takes true or false, false by default."""

    def read(key: str, raw: Json) -> bool:
        if not isinstance(raw, bool):
            raise ParamProblem(key, f"{key} must be true or false, not {_describe_value(raw)}")
        return raw

    return Parameter("true or false", False, read)


def _ranged(read: Callable[[str], int], lowest: str, highest: str, example: str, default: str | None) -> Parameter:
    low, high = read(lowest), read(highest)

    def in_range(key: str, raw: Json) -> int:
        value = _parse_quantity(key, raw, read, example)
        if not low <= value <= high:
            raise ParamProblem(key, f"{raw} is out of range: {key} must be {lowest} to {highest}")
        return value

    return Parameter(f"{lowest} to {highest}", default, in_range)


def _parse_quantity(key: str, raw: Json, read: Callable[[str], T], example: str) -> T:
    """Read a quantity with its unit; `example` is shown to whoever wrote a number or a list."""
    if not isinstance(raw, str):
        raise ParamProblem(key, f"{key} must be text such as {example}, not {_describe_value(raw)}")
    try:
        return read(raw)
    except ValueError as error:
        raise ParamProblem(key, str(error)) from error


def _describe_value(raw: Json) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, str):
        return repr(raw)
    if isinstance(raw, int | float):
        return f"{raw}"
    return "null" if raw is None else "a map" if isinstance(raw, dict) else "a list"


def _unknown_key_hint(key: str, parameters: Mapping[str, Parameter]) -> str:
    return did_you_mean(key, parameters) or f"known parameters: {', '.join(parameters)}"
