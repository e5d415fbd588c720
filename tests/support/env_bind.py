"""What the tests of `gameday env bind` stand on: a scenario, files that lack something for it, and answers."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from support.epoll_pair import Person
from support.proxy import Proxied

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.project import read_project
from gameday.model import Environment

SCENARIO = """\
gameday: 1
id: late
timebox: 10m
requires:
  targets: {db: "what {journey} writes to"}
  signals: {order-time: {kind: duration}, orders: {kind: ratio}}
  actions: {reads: read what is stored}
  terms: {journey: ordering}
hypothesis: {statement: "Orders go on.", expect: [{signal: order-time, at_most: 2s, over: 60s}]}
steady_state: [{signal: order-time, is: healthy}]
mitigations: [reads]
faults: [{id: slow, kind: latency, target: db, delay: 200ms}]
guardrails: [{signal: orders, below: 50%, for: 30s}]
rehearsal:
  responders: [{at: fault+10s, do: declared}]
"""
HEAD = """\
# ours: nobody's else  \t
gameday:   1
default_env: staging
environments:
  staging:
    charter: {swarm: 5m}     # as we promised
"""
ORDERS = '      orders: {kind: ratio, probe: process, run: [sh, -c, "echo 1 100"]}   # all of them\n'
TIME = ["process", "sh -c 'echo 0.2 12'", "keep", "at_most 500ms"]
READS = ["true", "true", "keep"]


def bound_already(proxied: Proxied) -> str:
    return HEAD + (
        f'    targets:\n      db: {{injector: toxiproxy, url: "{proxied.http.base_url}", proxy: shop-db}}\n'
        f"    signals:\n{ORDERS}"
    )


def bind(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Exit:
    monkeypatch.setattr("sys.stdin", Person(*answers))
    return run_command(["env", "bind", "late.yaml"])


def staging() -> Environment:
    return read_project(Path("gameday.yaml")).environments["staging"]


def only_added(before: str) -> bool:
    after = Path("gameday.yaml").read_bytes().decode()
    return not [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] == "-"]
