"""docs/reference/databases.md has every database fault, every parameter and every key of a target."""

from __future__ import annotations

import re

import yaml
from support.docs_pages import ROOT

from gameday.injectors.postgres.connection import CLIENT_CHECK_INTERVAL
from gameday.injectors.postgres.errors import NO_SLOT
from gameday.injectors.postgres.faults import KINDS, LOCK_WAIT, MAX_SESSIONS, MODES
from gameday.injectors.postgres.planning import LEASE
from gameday.injectors.postgres.server_info import OLDEST_SERVER_VERSION
from gameday.injectors.postgres.target_settings import KNOWN, find_problems
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/databases.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return TEXT.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_kinds_has_each_in_order() -> None:
    kinds = section("The kinds")
    assert re.findall(r"^\| `([\w-]+)` \|", kinds, re.MULTILINE) == list(KINDS)
    assert all(f"`{mode}`" in kinds for mode in (*MODES, *MODES.values()))
    assert f"SQLSTATE {NO_SLOT}" in kinds


def test_every_key_of_a_target_is_documented() -> None:
    assert re.findall(r"^\| `(\w+)` \|", section("Which server"), re.MULTILINE) == list(KNOWN)


def test_the_addresses_on_the_page_are_valid() -> None:
    example = yaml.safe_load(TEXT.split("```yaml\n")[1].split("```")[0])
    settings = example["environments"]["staging"]["targets"]["database"]
    del settings["injector"]
    assert not list(find_problems(settings))
    [conninfo] = re.findall(r"^\| `conninfo` \| .*`(.+)`\. \|$", TEXT, re.MULTILINE)
    assert not list(find_problems({"conninfo": conninfo}))


def test_the_figures_are_those_of_the_code() -> None:
    reverts = section("What guarantees the revert")
    assert (
        f"not renewed for {format_duration(LEASE)}." in reverts
        and f"idle, for another {format_duration(LEASE)}" in reverts
    )
    assert f"checks its client every {CLIENT_CHECK_INTERVAL.replace('ms', ' ms')}" in reverts
    assert f"within {LOCK_WAIT} s is refused" in TEXT and f"opens at most {MAX_SESSIONS} sessions" in TEXT
    assert (
        f"older than {OLDEST_SERVER_VERSION // 10000}," in TEXT
        and f"Versions from {OLDEST_SERVER_VERSION // 10000} on" in TEXT
    )
