"""Production is not reached under another name, however its address is written; and nothing else is held for it."""

from __future__ import annotations

import socket

import pytest

from gameday.errors import BadFiles
from gameday.files.project import parse_project

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
    except BadFiles as bad:
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
def test_the_same_target_under_another_name_is_told(target: str, live: str) -> None:
    assert told(TEXT % ("false", target, "true", live)) == [
        "gameday.yaml:6:17: this is the target 'orders' of live, which is marked production"
        " (mark staging with production: true, or name another target)"
    ]


@pytest.mark.parametrize(
    "other",
    [LIVE.replace("8474", "8475"), LIVE.replace("orders-db", "orders-db-2"), LIVE.replace("127.0.0.1", "192.0.2.1")],
)
def test_another_target_is_fine(other: str) -> None:
    assert told(TEXT % ("false", other, "true", LIVE)) == []


@pytest.mark.parametrize("both", ["true", "false"])
def test_two_alike_of_which_neither_or_both_are_marked_are_fine(both: str) -> None:
    assert told(TEXT % (both, LIVE, both, LIVE)) == []
