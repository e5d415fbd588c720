"""How the parameter of a fault is written, read and kept in its range. The ranges are those that both servers bear:
the original takes any number, and some end it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from gameday.model import Json
from gameday.plugins.types import ParamProblem
from gameday.units import bandwidth, duration, percentage, size

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`written`: what may stand there, for a person; `default`: as written, None where it has to be given; `read`:
    key and what stands there to a value (raises ParamProblem)."""

    written: str
    default: Json
    read: Callable[[str, Json], Any]


class Params:
    """Parameters of one kind of fault; the fields of a subclass have the names of its parameters."""

    __slots__ = ()
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        """Read what the scenario says. Raises ParamProblem."""
        return cls(**read_parameters(raw, cls.parameters))


def read_parameters(raw: Mapping[str, Json], parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """All of them, by name. Raises ParamProblem."""
    for key in raw:
        if key not in parameters:
            raise ParamProblem(key, f"unknown parameter {key!r}; {_unknown_key_hint(key, parameters)}")
    for key, one in parameters.items():
        if key not in raw and one.default is None:
            raise ParamProblem(key, f"{key} is missing")
    return {key: one.read(key, raw.get(key, one.default)) for key, one in parameters.items()}


def duration_parameter(default: str | None = None, *, highest: str = "1h", finest: str = "1ms") -> Parameter:
    """Seconds, `finest` or more unless it is 0."""
    least = duration(finest)

    def read(key: str, given: Json) -> float:
        value = _parse_quantity(key, given, duration, "400ms or 2m")
        if 0 < value < least or value > duration(highest):
            raise ParamProblem(key, f"{given} is out of range: {key} is 0s, or {finest} to {highest}")
        if abs(value / least - round(value / least)) > 1e-6:
            raise ParamProblem(key, f"{given} is finer than can be had: {key} counts in steps of {finest}")
        return value

    return Parameter(f"0s, or {finest} to {highest}", default, read)


def size_parameter(lowest: str, highest: str, default: str | None = None) -> Parameter:
    """Bytes."""
    return _ranged(size, lowest, highest, "512B or 64KB", default)


def rate_parameter(lowest: str, highest: str) -> Parameter:
    """Kilobytes a second."""
    return _ranged(bandwidth, lowest, highest, "100KB/s", None)


def choice_parameter(default: str, *words: str) -> Parameter:
    listed = f"{', '.join(words[:-1])} or {words[-1]}"

    def read(key: str, given: Json) -> str:
        if given not in words:
            raise ParamProblem(key, f"{key} is {listed}, not {_describe_value(given)}")
        return str(given)

    return Parameter(listed, default, read)


def text_parameter(written: str, default: str | None = None) -> Parameter:
    """Words that only the engine can judge."""

    def read(key: str, given: Json) -> str:
        if not isinstance(given, str) or not given:
            raise ParamProblem(key, f"{key} is {written}, not {_describe_value(given)}")
        return given

    return Parameter(written, default, read)


def command_parameter(written: str, default: Sequence[str] | None = None) -> Parameter:
    """A command: its words, one by one."""

    def read(key: str, given: Json) -> tuple[str, ...]:
        if not isinstance(given, list | tuple) or not all(isinstance(word, str) for word in given):
            raise ParamProblem(key, f"{key} is {written}: a list of words, as [pg_ctl, reload]")
        return tuple(str(word) for word in given)

    return Parameter(written, list(default) if default is not None else None, read)


def integer_parameter(lowest: int, highest: int, default: int | None = None) -> Parameter:
    written = f"a whole number, {lowest} to {highest}"

    def read(key: str, given: Json) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not lowest <= given <= highest:
            raise ParamProblem(key, f"{key} is {written}, not {_describe_value(given)}")
        return given

    return Parameter(written, default, read)


def percentage_parameter(lowest: str, highest: str, default: str | None = None) -> Parameter:
    """A part of 1, written as a percentage."""
    low, high = percentage(lowest), percentage(highest)

    def read(key: str, given: Json) -> float:
        value = _parse_quantity(key, given, percentage, "30%")
        if not low <= value <= high:
            raise ParamProblem(key, f"{given} is out of range: {key} is {lowest} to {highest}")
        return value

    return Parameter(f"{lowest} to {highest}", default, read)


def boolean_parameter() -> Parameter:
    def read(key: str, given: Json) -> bool:
        if not isinstance(given, bool):
            raise ParamProblem(key, f"{key} is true or false, not {_describe_value(given)}")
        return given

    return Parameter("true or false", False, read)


def _ranged(read: Callable[[str], int], lowest: str, highest: str, example: str, default: str | None) -> Parameter:
    low, high = read(lowest), read(highest)

    def in_range(key: str, given: Json) -> int:
        value = _parse_quantity(key, given, read, example)
        if not low <= value <= high:
            raise ParamProblem(key, f"{given} is out of range: {key} is {lowest} to {highest}")
        return value

    return Parameter(f"{lowest} to {highest}", default, in_range)


def _parse_quantity(key: str, given: Json, read: Callable[[str], T], example: str) -> T:
    """`example`: how it is written, for whoever wrote a number or a list."""
    if not isinstance(given, str):
        raise ParamProblem(key, f"{_describe_value(given)} is not written as it should be: write it as in {example}")
    try:
        return read(given)
    except ValueError as error:
        raise ParamProblem(key, str(error)) from error


def _describe_value(given: Json) -> str:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return repr(given)
    return "nothing" if given is None else f"{given}" if isinstance(given, int | float) else "this"


def _unknown_key_hint(key: str, parameters: Mapping[str, Parameter]) -> str:
    return did_you_mean(key, parameters) or f"known are: {', '.join(parameters)}"


def did_you_mean(key: str, known: Iterable[str]) -> str:
    """What was meant by a word that is not known; empty where nothing is like it."""
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else ""
