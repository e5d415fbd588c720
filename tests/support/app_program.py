"""Runs of app_drill.py in a process of their own: whole drills through the use cases alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support import app_drill
from support.proxy_drill import Place

TIMEOUT_S = 180.0


def run_program(place: Place, name: str) -> dict[str, Any]:
    """Run the drill of that name in the place; return what it saw."""
    support = Path(app_drill.__file__)
    done = subprocess.run(
        [sys.executable, str(support), name], cwd=place.folder, env=place.env,
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen
