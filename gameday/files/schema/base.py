"""Base of all schemas: frozen parts without unknown keys, and values as people write them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, Strict, WithJsonSchema

from gameday import units
from gameday.files.scenario_constants import CHARTER_WORD, MANUAL
from gameday.files.time_expressions import (
    RANGE_PATTERN,
    TIME_PATTERN,
    WEEK,
    parse_deadline,
    parse_time,
    parse_time_range,
)
from gameday.model import HintLevel, Limit, Role, SignalKind, TimeExpression
from gameday.moments import Moment as MomentWord
from gameday.printable import single_line
from gameday.units import DURATION_PATTERN

T = TypeVar("T")
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
WORD = r"^[a-z][a-z0-9_-]{0,63}$"
_NUMBER = r"[0-9]+(\.[0-9]+)?"


class SchemaPart(BaseModel):
    """A map in a file. Unknown keys are an error, texts are never turned into numbers or back."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=False, defer_build=True)


def make_text_validator(read: Callable[[str], T], example: str) -> Callable[[object], T]:
    """Return a validator of text whose error shows an example for anything else."""

    def from_file(value: object) -> T:
        if not isinstance(value, str):
            shown = f" {value}" if isinstance(value, int | float) else ""
            raise ValueError(f"invalid value{shown}: expected text such as {example}")
        return read(value)

    return from_file


def validate_duration(text: str) -> float:
    seconds = units.parse_duration(text)
    if not seconds <= WEEK:
        raise ValueError(f"{text!r} is longer than a week")
    return seconds


def make_range_validator(longest: float) -> Callable[[float], float]:
    """Return a validator of seconds: longer than 0, and at most `longest`."""

    def from_file(seconds: float) -> float:
        if not 0 < seconds <= longest:
            raise ValueError(f"must be longer than 0 and at most {units.format_duration(longest)}")
        return seconds

    return from_file


def _limit(value: object) -> Limit:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("invalid limit: write 97%, 400ms, 12 or 3x baseline")
    limit = units.parse_limit(value)
    if not math.isfinite(limit.value):
        raise ValueError(f"{value!r} is not a limit: write 97%, 400ms, 12 or 3x baseline")
    return limit


def _pattern(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": list(examples)})


LIMIT_PATTERN = rf"{_NUMBER}(%|us|ms|s|m|h|\s*x\s+baseline)?"
Text = Annotated[str, Field(min_length=1), AfterValidator(lambda text: single_line(text).strip())]
"""A sentence or a name for people; a text that is written on several lines is one line."""
Name = Annotated[str, Field(pattern=NAME)]
Word = Annotated[str, Field(pattern=WORD)]
Duration = Annotated[
    float,
    PlainValidator(make_text_validator(validate_duration, "400ms or 2m")),
    _pattern(DURATION_PATTERN, "400ms", "2m", "1h30m"),
]
Time = Annotated[
    TimeExpression, PlainValidator(make_text_validator(parse_time, "impact+2m")), _pattern(TIME_PATTERN, "impact+2m")
]
FaultTime = Annotated[
    TimeExpression,
    PlainValidator(make_text_validator(parse_time_range, "start+0s..3m")),
    _pattern(RANGE_PATTERN, "start+0s..3m", "declared+3m"),
]
Deadline = Annotated[
    TimeExpression,
    PlainValidator(make_text_validator(parse_deadline, "declared+3m or charter")),
    _pattern(f"({TIME_PATTERN}|{CHARTER_WORD})", "declared+3m", CHARTER_WORD),
]
MessageTime = Annotated[
    TimeExpression | None,
    PlainValidator(
        lambda value: None if value == MANUAL else make_text_validator(parse_time, "impact+2m or manual")(value)
    ),
    _pattern(f"({TIME_PATTERN}|{MANUAL})", "impact+2m", MANUAL),
]
Rate = Annotated[float, PlainValidator(make_text_validator(units.parse_rate, "5/s")), _pattern(rf"{_NUMBER}/s", "5/s")]
AnyLimit = Annotated[
    Limit,
    PlainValidator(_limit),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": f"^{LIMIT_PATTERN}$"}, {"type": "number"}],
            "examples": ["97%", "400ms", "3x baseline", 12],
        }
    ),
]
Moment = Annotated[MomentWord, Strict(False)]
Kind = Annotated[SignalKind, Strict(False)]
AnyRole = Annotated[Role, Strict(False)]
AnyRung = Annotated[HintLevel, Strict(False)]
Version = Annotated[int, Field(ge=1, le=1, description="Version of the file format: 1.")]
