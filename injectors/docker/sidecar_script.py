"""Shell programs of sidecars, and the sandboxes they run in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_START = 'eval "$(echo "$GD" | base64 -d)"'

HostOptions = Mapping[str, Any]
"""Options of the SDK's create_host_config."""


@dataclass(frozen=True, slots=True)
class SidecarScript:
    """Bodies of three shell functions.

    `check_presence` returns 0 while the fault is present, 1 if it is absent, 2 in between, and 4 with a text if only
    something is left that somebody renamed or replaced. `revert_fault` is idempotent and safe at any time. `before`:
    definitions that they use."""

    check_presence: str
    revert_fault: str
    apply_fault: str = ":"
    before: str = ""

    def environment(self) -> dict[str, str]:
        """Return the container's environment: the program, encoded, since process lists show arguments to everyone."""
        bodies = {
            "apply_fault": self.apply_fault,
            "check_presence": self.check_presence,
            "revert_fault": self.revert_fault,
        }
        functions = "".join(f"{name}() {{\n{body}\n}}\n" for name, body in bodies.items())
        return {"GD": base64.b64encode((self.before + functions + read_shared_script()).encode()).decode()}


def sidecar_command(*words: str) -> list[str]:
    """Return the command of a sidecar: `hold SECONDS`, `lease-end`, `presence` or `once FUNCTION`."""
    return ["sh", "-c", _START, "gd", *words]


@cache
def read_shared_script() -> str:
    """Return the part that is common to all sidecars; read from disk once."""
    return files("gameday.injectors.docker").joinpath("sidecar.sh").read_text(encoding="utf-8")


def sandbox_with_mount(source: str, path: str) -> HostOptions:
    """Return a sandbox without network, and with one path of the engine's machine, or one volume, mounted at `path`.

    A path that does not exist is refused: as a `bind` the engine would create it, and leave it."""
    kind = "bind" if source.startswith("/") else "volume"
    mount = {"Type": kind, "Source": source, "Target": path}
    return {"network_mode": "none", "mounts": [mount], "cap_drop": ["ALL"], "cap_add": ["DAC_OVERRIDE"]}


def sandbox_in_network(mode: str) -> HostOptions:
    """Return a sandbox that may administer one network: its own (`none`), or a container's (`container:ID`)."""
    return {"network_mode": mode, "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW"]}
