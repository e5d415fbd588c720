"""The small shell programs of our side containers: how a fault is made, looked at and taken back there."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_START = 'eval "$(echo "$GD" | base64 -d)"'


@dataclass(frozen=True, slots=True)
class Script:
    """Bodies of three shell functions. `shows` ends with 0 while the fault stands, 1 when nothing of it is there,
    2 in between. `put_back` is safe at any time, and twice. `before`: functions that they call."""

    shows: str
    put_back: str
    apply: str = ":"
    before: str = ""

    def environment(self) -> dict[str, str]:
        """For the container: packed, as a process list shows it to everybody."""
        functions = "".join(f"{name}() {{\n{getattr(self, name)}\n}}\n" for name in ("apply", "shows", "put_back"))
        return {"GD": base64.b64encode((self.before + functions + program()).encode()).decode()}


def command(*verb: str) -> list[str]:
    """What is called in a side container: `hold SECONDS`, `leased`, `shows`, `once FUNCTION`."""
    return ["sh", "-c", _START, "gd", *verb]


@cache
def program() -> str:
    """What they all run, read once."""
    return files("gameday.injectors.docker").joinpath("sidecar.sh").read_text(encoding="utf-8")
