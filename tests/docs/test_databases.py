"""docs/reference/databases.md has every kind of fault inside a database, every parameter and every key of a target."""

from __future__ import annotations

import re

import yaml
from support.docs_pages import ROOT

from gameday.injectors.postgres.connection import CLIENT_CHECK_INTERVAL
from gameday.injectors.postgres.errors import NO_SLOT
from gameday.injectors.postgres.faults import KINDS, LOCK_WAIT, MAX_SESSIONS, MODES
from gameday.injectors.postgres.planning import LEASE
from gameday.injectors.postgres.server_info import OLDEST
from gameday.injectors.postgres.target_settings import KNOWN, wrongs
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/databases.md").read_text(encoding="utf-8")


def part(title: str) -> str:
    return TEXT.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_parameters_is_what_is_read() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (kind, key, one.written, str(one.default))
        for kind, read in KINDS.items()
        for key, one in read.parameters.items()
    ]


def test_the_table_of_kinds_has_each_in_order() -> None:
    told = part("The kinds")
    assert re.findall(r"^\| `([\w-]+)` \|", told, re.MULTILINE) == list(KINDS)
    assert all(f"`{mode}`" in told for mode in (*MODES, *MODES.values()))
    assert f"SQLSTATE {NO_SLOT}" in told


def test_every_key_of_a_target_is_told() -> None:
    assert re.findall(r"^\| `(\w+)` \|", part("Which server"), re.MULTILINE) == list(KNOWN)


def test_the_addresses_that_are_shown_can_be_meant() -> None:
    first = yaml.safe_load(TEXT.split("```yaml\n")[1].split("```")[0])
    assert not list(wrongs(first["environments"]["staging"]["targets"]["database"]))
    [shown] = re.findall(r"^\| `conninfo` \| .*`(.+)`\. \|$", TEXT, re.MULTILINE)
    assert not list(wrongs({"conninfo": shown}))


def test_the_figures_are_those_of_the_code() -> None:
    behind = part("What stands behind a revert")
    assert (
        f"renewed it for {format_duration(LEASE)}." in behind and f"idle for another {format_duration(LEASE)}" in behind
    )
    assert f"looks for its client every {CLIENT_CHECK_INTERVAL.replace('ms', ' ms')}" in behind
    assert f"within {LOCK_WAIT} s is refused" in TEXT and f"opens {MAX_SESSIONS} sessions at most" in TEXT
    assert f"older than {OLDEST // 10000}," in TEXT and f"Versions from {OLDEST // 10000} on" in TEXT
