"""A signal's settings, read with words for whoever wrote them. All raise BadArguments."""

from __future__ import annotations

from collections.abc import Mapping

from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding
from gameday.units import duration

DEFAULT_TIMEOUT = 2.0


def wrong(binding: SignalBinding, text: str) -> BadArguments:
    """What to raise: the signal, its probe, what is wrong."""
    return BadArguments(
        f"signal {binding.signal}, probe {binding.probe}: {text}", "correct the signal in gameday.yaml, then try again"
    )


def text(binding: SignalBinding, key: str) -> str:
    """A setting that must be there."""
    found = optional(binding, key)
    if not found:
        raise wrong(binding, f"`{key}` is missing")
    return found


def optional(binding: SignalBinding, key: str) -> str:
    """A setting that may be left out: empty then."""
    found = binding.settings.get(key, "")
    if not isinstance(found, str):
        raise wrong(binding, f"`{key}` must be a text")
    return found


def texts(binding: SignalBinding, key: str) -> tuple[str, ...]:
    """A list of texts with at least one in it: a command and its arguments."""
    found = binding.settings.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(item, str | int | float) for item in found):
        raise wrong(binding, f"`{key}` must be a list of texts, as in [./probe.sh, checkout]")
    return tuple(str(item) for item in found)


def labels(binding: SignalBinding) -> Mapping[str, str]:
    """`labels`, where there are some."""
    found: Json = binding.settings.get("labels", {})
    if not isinstance(found, dict):
        raise wrong(binding, "`labels` must be a map of names and texts")
    return {key: str(value) for key, value in found.items()}


def timeout(binding: SignalBinding) -> float:
    """Seconds an answer may take: a number of seconds, or a duration as people write it."""
    found = binding.settings.get("timeout", DEFAULT_TIMEOUT)
    try:
        seconds = duration(found) if isinstance(found, str) else float(found)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError) as error:
        raise wrong(binding, f"`timeout`: {error}") from None
    if not 0 < seconds <= 600:
        raise wrong(binding, "`timeout` must be more than nothing and at most 10m")
    return seconds
