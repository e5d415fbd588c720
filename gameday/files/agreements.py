"""What an environment states about people outside its drills, from its part of gameday.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.clients.connection import CONNECTION_KEYS
from gameday.model import Binding, Json
from gameday.plugins.types import SILENCE_INJECTOR

if TYPE_CHECKING:
    from gameday.files.schema.agreements import SilencePart

SILENCE_TARGET = "alerts (silence)"
"""Name of the silence among an environment's targets; no target can have it."""


def read_silence(name: str, part: SilencePart, written: dict[str, Json], folder: Path) -> Binding:
    """Return the silence of an environment. `written`: its data as written, for the secrets it refers to."""
    credentials = {key: value for key, value in written.items() if key in CONNECTION_KEYS}
    settings: dict[str, Json] = {"url": part.url, "matchers": cast("Json", list(part.matchers)), **credentials}
    return Binding(name, SILENCE_TARGET, SILENCE_INJECTOR, settings, folder=str(folder))
