"""docs/reference/containers.md has every container fault, every parameter and every key of a target."""

from __future__ import annotations

import re

from support.docs_pages import ROOT

from gameday.injectors.docker.faults.disk_fill import RESERVED_KB
from gameday.injectors.docker.sidecars import LEASE
from gameday.injectors.docker.target_settings import KNOWN
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/containers.md").read_text(encoding="utf-8")


def test_every_key_of_a_target_is_documented() -> None:
    section = TEXT.split("## Which containers")[1].split("## The kinds")[0]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(KNOWN)


def test_the_lease_and_the_free_disk_space_are_documented() -> None:
    assert f"holds it for {format_duration(LEASE)} at a time" in TEXT
    assert f"leaves {RESERVED_KB // 1_000_000} GB of the engine's own disk free" in TEXT
