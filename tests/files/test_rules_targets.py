"""Production is not reachable under another name, however its address is written."""

from __future__ import annotations

import json
import re
import socket

import pytest

from gameday.errors import InvalidFiles, Refused
from gameday.files.project import parse_project
from gameday.injectors.docker.target_settings import read_settings
from gameday.model import Binding, Json

LIVE = '{injector: toxiproxy, url: "http://127.0.0.1:8474", proxy: orders-db}'
TEXT = """\
gameday: 1
environments:
  staging:
    production: %s
    targets:
      database: %s
  live:
    production: %s
    targets:
      orders: %s
"""


def told(text: str) -> list[str]:
    try:
        parse_project(text, "gameday.yaml")
    except InvalidFiles as bad:
        return [str(problem) for problem in bad.problems]
    return []


@pytest.mark.parametrize(
    ("target", "live"),
    [
        (LIVE, LIVE),
        (LIVE.replace("127.0.0.1", "localhost"), LIVE),
        (LIVE.replace("127.0.0.1:8474", "LOCALHOST/"), LIVE),
        (LIVE.replace("127.0.0.1", "[::1]"), LIVE),
        (LIVE.replace("127.0.0.1", "127.1"), LIVE),
        (LIVE.replace("127.0.0.1", "0x7f.1"), LIVE),
        (LIVE.replace("127.0.0.1", "2130706433"), LIVE),
        (LIVE.replace("127.0.0.1", "0.0.0.0"), LIVE),
        (LIVE.replace("127.0.0.1", "[::ffff:127.0.0.1]"), LIVE),
        (LIVE.replace("127.0.0.1", socket.gethostname()), LIVE),
        (LIVE.replace("127.0.0.1", "Db.Example"), LIVE.replace("127.0.0.1", "db.example")),
        ("{injector: other, at: [1, 2], name: x}", "{injector: other, name: x, at: [1, 2]}"),
    ],
)
def test_same_resource_under_two_names_is_reported(target: str, live: str) -> None:
    assert told(TEXT % ("false", target, "true", live)) == [
        "gameday.yaml:6:17: same resource as target 'orders' of production environment live"
        " (set production: true for staging, or use another resource)"
    ]


@pytest.mark.parametrize(
    "other",
    [LIVE.replace("8474", "8475"), LIVE.replace("orders-db", "orders-db-2"), LIVE.replace("127.0.0.1", "192.0.2.1")],
)
def test_different_resources_are_accepted(other: str) -> None:
    assert told(TEXT % ("false", other, "true", LIVE)) == []


@pytest.mark.parametrize("both", ["true", "false"])
def test_two_alike_of_which_neither_or_both_are_marked_are_fine(both: str) -> None:
    assert told(TEXT % (both, LIVE, both, LIVE)) == []


MEANT: list[dict[str, Json]] = [
    {"container": "a"}, {"project": "a", "service": "b", "count": 1}, {"labels": {"a": "b", "c": 1}, "percent": 50},
    {"engine": "tcp://a:1", "container": "a", "tools": "t", "guardian": "/s", "exec": True},
]  # fmt: skip


@pytest.mark.parametrize(
    "target",
    [
        *MEANT,
        {}, {"contaner": "a"}, {"container": 5}, {"container": ""}, {"labels": "a"}, {"labels": {}}, {"project": "a"},
        {"container": "a", "labels": {"a": "b"}}, {"container": "a", "count": 0}, {"container": "a", "percent": 101},
        {"container": "a", "count": 1, "percent": 5}, {"container": "a", "count": True}, {"container": "a", "tools": 1},
        {"container": "a", "count": 2.5}, {"container": "a", "exec": "yes"}, {"labels": {"a": 1.10}},
        {"container": "a", "engine": "tpc://b:1"},
    ],
)  # fmt: skip
def test_what_the_injector_docker_would_refuse_is_told_of_the_file_and_nothing_else(target: dict[str, Json]) -> None:
    entry: dict[str, Json] = {"engine": "unix:///nowhere", **target}
    refused = ""
    try:
        read_settings(Binding("staging", "database", "docker", entry))
    except Refused as error:
        refused = error.wrong
    problems = told(TEXT % ("false", json.dumps({"injector": "docker", **entry}), "true", LIVE))
    assert bool(problems) is bool(refused) is (target not in MEANT)
    wrong = re.sub(r"^target database: (\w+: )?", "", refused)  # a file shows the key by its place
    assert not problems or wrong in "\n".join(problems)
