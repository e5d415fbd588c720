"""The peer: chaostoolkit in an environment of its own, and the same drill as its experiment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.stack import Stack

VERSION = "1.19.0"
NAME = f"chaostoolkit {VERSION}"


def chaos() -> str:
    """Return the command `chaos`, installed at the first call into the user's cache."""
    return str(install("chaostoolkit", VERSION))


def install(package: str, version: str, *more: str) -> Path:
    """Return the command `chaos` of an environment with this package and more, made at the first call."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    name = "-".join([f"{package}-{version}", *(each.replace("==", "-") for each in more)])
    home = cache / "gameday-bench" / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    if not (home / "done").exists():
        print(f"installing {package} {version} into {home} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"{package}=={version}", *more], check=True)
        (home / "done").touch()
    return home / "bin" / "chaos"


def experiment(stack: Stack) -> Path:
    """Write the same drill: a steady state by HTTP, one HTTP action that adds the toxic, one that removes it."""
    toxics = f"{stack.proxy}/proxies/line/toxics"
    toxic = {"name": "late", "type": "latency", "stream": "downstream", "attributes": {"latency": 100}}
    body = {
        "title": "bench",
        "description": "The line may be late.",
        "steady-state-hypothesis": {
            "title": "answers",
            "probes": [{"type": "probe", "name": "stats", "tolerance": 200, "provider": _http(f"{stack.stats}/stats")}],
        },
        "method": [{"type": "action", "name": "late", "provider": _http(toxics, "POST", toxic)}],
        "rollbacks": [{"type": "action", "name": "back", "provider": _http(f"{toxics}/late", "DELETE")}],
    }
    path = stack.folder / "experiment.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def _http(url: str, method: str = "GET", arguments: Mapping[str, object] | None = None) -> dict[str, object]:
    provider: dict[str, object] = {"type": "http", "url": url, "method": method, "timeout": 5}
    if arguments is not None:
        provider |= {"arguments": arguments, "headers": {"Content-Type": "application/json"}}
    return provider
