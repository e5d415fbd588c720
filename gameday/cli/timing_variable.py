"""GAMEDAY_TIMING: other waits for the processes of a test, as in `quiet_period=1s revert_timeout=3s`."""

from __future__ import annotations

import os
from dataclasses import fields

from gameday.errors import BadArguments
from gameday.timing import Timing

VARIABLE = "GAMEDAY_TIMING"


def read_timing() -> Timing:
    """Return the defaults with what GAMEDAY_TIMING changes. Raises BadArguments for what is no field or no duration."""
    text = os.environ.get(VARIABLE, "")
    if not text:
        return Timing()
    from gameday.units import parse_duration

    known = [field.name for field in fields(Timing)]
    durations: dict[str, float] = {}
    for entry in text.split():
        name, _, value = entry.partition("=")
        if name not in known:
            raise BadArguments(f"{VARIABLE}: unknown name {name!r}", f"Known names: {', '.join(known)}")
        try:
            durations[name] = parse_duration(value)
        except ValueError as error:
            raise BadArguments(f"{VARIABLE}: {name}: {error}", "Example: GAMEDAY_TIMING='quiet_period=2s'") from error
    return Timing(**durations)
