"""docs/reference/containers.md has every kind of fault on a container, every parameter and every key of a target."""

from __future__ import annotations

import re

from support.docs_pages import ROOT

from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.disk_fill import LEFT
from gameday.injectors.docker.sidecars import LEASE
from gameday.injectors.docker.target_settings import KNOWN
from gameday.plugins.parameters import Parameter
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/containers.md").read_text(encoding="utf-8")


def default(one: Parameter) -> str:
    return "needed" if one.default is None else "none" if one.default == [] else str(one.default)


def test_the_table_of_parameters_is_what_is_read() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (kind, key, one.written, default(one)) for kind, read in KINDS.items() for key, one in read.parameters.items()
    ]


def test_the_table_of_kinds_has_each_in_order() -> None:
    told = TEXT.split("## The kinds")[1].split("## Parameters")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", told, re.MULTILINE) == list(KINDS)


def test_every_key_of_a_target_is_told() -> None:
    told = TEXT.split("## Which containers")[1].split("## The kinds")[0]
    rows = re.findall(r"^\| (`.+?`) \|", told, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(KNOWN)


def test_the_seconds_of_a_lease_and_what_stays_free_are_told() -> None:
    assert f"holds it for {format_duration(LEASE)} at a time" in TEXT
    assert f"leaves {LEFT // 1_000_000} GB of the engine's own disk" in TEXT
