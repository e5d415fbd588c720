"""Times, shares and sizes as people write them: `400ms`, `1h30m`, `97%`, `3x baseline`, `impact+2m`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gameday.command_text import format_command
from gameday.model import Comparison, Expectation, Json, Limit, Number, Role, SignalKind, TimeExpression

DURATION_PATTERN = r"([0-9]+\.[0-9]+(us|ms|s|m|h)|(?=[0-9])([0-9]+h)?([0-9]+m(?!s))?([0-9]+s)?([0-9]+ms)?([0-9]+us)?)"
"""A decimal number with one unit, or whole numbers with each unit once, the largest first."""
_DURATION = re.compile(DURATION_PATTERN)
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(us|ms|s|m|h)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_RELATIVE = re.compile(r"^(\d+(?:\.\d+)?)\s*x\s+baseline$")
_NUMBER = re.compile(r"^\d+(\.\d+)?$")
_SHARE = re.compile(r"^(\d+(?:\.\d+)?)%$")
_RATE = re.compile(r"^(\d+(?:\.\d+)?)/s$")
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)$")
_BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_BANDWIDTH = re.compile(r"^(\d+(?:\.\d+)?)\s*(KB|MB)/s$")


def parse_duration(text: str) -> float:
    """Return the seconds in `400ms`, `2m` or `1h30m`. Raises ValueError with an example."""
    stripped = text.strip()
    if not _DURATION.fullmatch(stripped):
        raise ValueError(f"{text!r} is not a duration: write numbers with h, m, s or ms, as in 400ms, 2m or 1h30m")
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(stripped))


def write_duration(seconds: float) -> str:
    """Return seconds as a file has them, such as `10m` or `90.5s`; `parse_duration` reads it."""
    return f"{seconds / 60:.0f}m" if seconds % 60 == 0 else f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


@dataclass(frozen=True, slots=True)
class QuantityRange:
    """From `low` to `high`, both included; `of` is the kind of quantity (`a duration`)."""

    low: float
    high: float
    of: str

    def contains(self, text: str) -> bool:
        """Return True if `text` is a quantity of this kind in the range. Raises ValueError for no quantity."""
        kind, value = parse_quantity(text)
        return kind == self.of and self.low <= value <= self.high


def parse_quantity(text: str) -> tuple[str, float]:
    """Return the kind and the value of `400ms`, `30%`, `100KB/s`, `5/s`, `64KB` or `12`. Raises ValueError."""
    for kind, read in _QUANTITIES.items():
        try:
            return kind, read(text.strip())
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a quantity: write it as 400ms, 30%, 100KB/s, 64KB or 12")


def parse_quantity_range(text: str) -> QuantityRange:
    """Return the range in `100ms..800ms` or `10%..50%`. Raises ValueError."""
    low, dots, high = text.partition("..")
    if not dots:
        raise ValueError(f"{text!r} is not a range: write it as 100ms..800ms or 10%..50%")
    (kind, first), (other, last) = parse_quantity(low), parse_quantity(high)
    if kind != other:
        raise ValueError(f"{text!r} goes from {kind} to {other}: write both ends alike, as in 100ms..800ms")
    if first > last:
        raise ValueError(f"{text!r} is reversed: write the smaller value first")
    return QuantityRange(first, last, kind)


def parse_rate(text: str) -> float:
    """Parse `5/s` into events a second."""
    match = _RATE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a rate: write it as 5/s")
    return float(match[1])


def parse_bandwidth(text: str) -> int:
    """Parse `100KB/s` or `2MB/s` into kilobytes (1000 bytes) a second."""
    match = _BANDWIDTH.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a bandwidth: write it as 100KB/s or 2MB/s")
    return round(float(match[1]) * (1000 if match[2] == "MB" else 1))


def parse_size(text: str) -> int:
    """Parse `512B`, `64KB` (64000) or `2MB` into bytes."""
    match = _SIZE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size: write it as 512B, 64KB or 2MB")
    return round(float(match[1]) * _BYTES[match[2]])


def parse_percentage(text: str) -> float:
    """Parse `30%` into 0.3; `250%` is more than 1."""
    match = _SHARE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a percentage: write it as 30%")
    return float(match[1]) / 100


def parse_limit(text: str | Number) -> Limit:
    """Parse a limit: `97%` (0.97), `400ms` (0.4 s), `3x baseline`, or a bare number (a count)."""
    if isinstance(text, int | float):
        return Limit(float(text), relative=False, text=f"{text:g}")
    stripped = text.strip()
    if match := _RELATIVE.match(stripped):
        return Limit(float(match[1]), relative=True, text=stripped)
    if match := _SHARE.match(stripped):
        return Limit(float(match[1]) / 100, relative=False, text=stripped)
    try:
        return Limit(parse_duration(stripped), relative=False, text=stripped)
    except ValueError:
        pass
    try:
        return Limit(float(stripped), relative=False, text=stripped)
    except ValueError:
        raise ValueError(f"{text!r} is not a limit: write 97%, 400ms, 12 or 3x baseline") from None


def parse_number(text: str) -> float:
    """Return the number in `12` or `0.5`."""
    if _NUMBER.match(text.strip()) is None:
        raise ValueError(f"{text!r} is not a number: write it as 12")
    return float(text)


_QUANTITIES = {
    "a duration": parse_duration,
    "a percentage": parse_percentage,
    "a bandwidth": parse_bandwidth,
    "a rate": parse_rate,
    "a size": parse_size,
    "a number": parse_number,
}


def format_expectation(expectation: Expectation) -> str:
    """Format as `journey-success at least 97% over 1 min` or `journey-slow fires, by impact + 3 min`."""
    parts = (("over", expectation.over), ("for", expectation.hold))
    times = "".join(f" {word} {format_duration(seconds)}" for word, seconds in parts if seconds)
    since = f" from {format_time(expectation.at)}" if expectation.at else ""
    return f"{expectation}{times}{since}" + (f", by {format_time(expectation.by)}" if expectation.by else "")


def format_time(time: TimeExpression) -> str:
    """Format a time for a person: `impact`, `impact + 2 min`, `start + 0 s to 3 min`."""
    if not time.latest:
        return time.moment.value
    until = f" to {format_duration(time.latest)}" if time.spread else ""
    return f"{time.moment} + {format_duration(time.after)}{until}"


def format_parameters(params: Mapping[str, Json], between: str = ", ") -> str:
    """Format a fault's parameters as in `delay 400ms, connect true`; a command as in a shell, without secrets."""
    return between.join(f"{key} {_format_value(value)}" for key, value in params.items())


def _format_value(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return format_command(value) if isinstance(value, list | tuple) else str(value)


def format_duration(seconds: float) -> str:
    """Format seconds as `400 ms`, `14 s`, `2 min 5 s` or `1 h 3 min`."""
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if 0 < seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".rstrip("0").rstrip(".") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def format_value(value: float | None, kind: str) -> str:
    """Format a signal's value for people: `97.2%`, `410 ms`, `12`; `-` when there is none."""
    if value is None:
        return "-"
    if kind == SignalKind.RATIO:
        return f"{value * 100:.{_percent_decimals(value)}f}".rstrip("0").rstrip(".") + "%"
    if kind == SignalKind.DURATION:
        return format_duration(round(value, 4))
    if kind == SignalKind.ALERT:
        return "firing" if value else "silent"
    return f"{value:g}"


def format_measured(value: float | None, kind: str, *, is_lower_bound: bool) -> str:
    """Format a value, or `more than 2 s` for the lower bound of one that was not known."""
    return f"{'more than ' if is_lower_bound else ''}{format_value(value, kind)}"


def format_missing(missing: int, readings: int) -> str:
    """Format `3 of 40 readings are missing`."""
    return f"{missing} of {readings} readings {'is' if missing == 1 else 'are'} missing"


def _percent_decimals(value: float) -> int:
    """Return 2 above 99%, and where one decimal would show a whole number, as limits are, that the value is not."""
    looks_whole = round(value * 100, 1) == round(value * 100) and abs(value * 100 - round(value * 100)) >= 0.005
    return 2 if value > 0.99 or looks_whole else 1


def format_limit(kind: str, test: Comparison, limit: Limit, bound: float) -> str:
    """Format as `at most 3x baseline (1.1 s)`; `bound` is the number that the limit comes to."""
    resolved = f" ({format_value(bound, kind)})" if limit.relative else ""
    return f"{test.text} {limit.text}{resolved}"


def format_elapsed(seconds: float) -> str:
    """Format elapsed time: `0:07`, `12:40`, `1:02:03`; `-0:05` before the reference time."""
    return _clock_text(math.floor(abs(seconds) + 1e-6), "-" if seconds <= -1 else "")


def format_remaining(seconds: float) -> str:
    """Format remaining time, rounded up: `0:01` until it is over, then `0:00`."""
    return _clock_text(math.ceil(max(0.0, seconds) - 1e-6), "")


def _clock_text(seconds: int, sign: str) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def format_role(role: Role) -> str:
    """Format a role as people write it."""
    return "IC" if role is Role.IC else role.value
