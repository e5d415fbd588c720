"""Readers of a signal's settings. All raise BadArguments with what to correct."""

from __future__ import annotations

from collections.abc import Mapping

from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding
from gameday.units import parse_duration

DEFAULT_TIMEOUT = 2.0


def settings_error(binding: SignalBinding, text: str) -> BadArguments:
    """Return the error for a wrong setting."""
    return BadArguments(
        f"signal {binding.signal}, probe {binding.probe}: {text}", "correct the signal in gameday.yaml, then try again"
    )


def required_text(binding: SignalBinding, key: str) -> str:
    """Return a required text."""
    value = optional_text(binding, key)
    if not value:
        raise settings_error(binding, f"missing key `{key}`")
    return value


def optional_text(binding: SignalBinding, key: str) -> str:
    """Return an optional text; empty if it is missing."""
    value = binding.settings.get(key, "")
    if not isinstance(value, str):
        raise settings_error(binding, f"`{key}` must be a text")
    return value


def required_texts(binding: SignalBinding, key: str) -> tuple[str, ...]:
    """Return a list of at least one text: a command and its arguments."""
    value = binding.settings.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str | int | float) for item in value):
        raise settings_error(binding, f"`{key}` must be a list of texts, such as [./probe.sh, checkout]")
    return tuple(str(item) for item in value)


def optional_labels(binding: SignalBinding) -> Mapping[str, str]:
    """Return `labels`; empty if they are missing."""
    value: Json = binding.settings.get("labels", {})
    if not isinstance(value, dict):
        raise settings_error(binding, "`labels` must be a map of names and texts")
    return {key: str(value) for key, value in value.items()}


def read_timeout_s(binding: SignalBinding) -> float:
    """Return the timeout in seconds, from a number of seconds or a duration."""
    value = binding.settings.get("timeout", DEFAULT_TIMEOUT)
    try:
        seconds = parse_duration(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError) as error:
        raise settings_error(binding, f"`timeout`: {error}") from None
    if not 0 < seconds <= 600:
        raise settings_error(binding, "`timeout` must be longer than 0 and at most 10m")
    return seconds
