"""docs/reference/containers.md has every container fault, every parameter and every key of a target."""

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


def default(parameter: Parameter) -> str:
    value = parameter.default
    return "needed" if value is None else "none" if value == [] else str(value)


def test_the_table_of_parameters_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (name, key, parameter.written, default(parameter))
        for name, kind in KINDS.items()
        for key, parameter in kind.parameters.items()
    ]


def test_the_table_of_kinds_has_each_in_order() -> None:
    section = TEXT.split("## The kinds")[1].split("## Parameters")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE) == list(KINDS)


def test_every_key_of_a_target_is_documented() -> None:
    section = TEXT.split("## Which containers")[1].split("## The kinds")[0]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(KNOWN)


def test_the_lease_and_the_free_disk_space_are_documented() -> None:
    assert f"holds it for {format_duration(LEASE)} at a time" in TEXT
    assert f"leaves {LEFT // 1_000_000} GB of the engine's own disk free" in TEXT
