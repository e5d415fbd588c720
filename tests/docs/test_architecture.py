"""Every file and name in docs/explanation/architecture.md exists."""

from __future__ import annotations

import re

import pytest
from support.docs_pages import ROOT

from gameday.plugins.injector import Checkable, Injector, Leased, SettingsChecker, Sweepable

TEXT = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
FOLDERS = (ROOT, ROOT / "gameday")
WORDS = re.findall(r"`([^`]+)`", TEXT)
FILES = sorted({word for word in WORDS if "/" in word and " " not in word and not re.search(r"NAME|:", word)})
NAMES = {
    "KINDS": ("injectors/toxiproxy/faults/__init__.py", "injectors/docker/faults/__init__.py"),
    "Statement": ("gameday/events/people.py",),
    "TYPES": ("gameday/proxy/toxics/__init__.py",),
    "PROBES": ("gameday/signals/probe_registry.py",),
    "PROBE_KEYS": ("gameday/signals/probe_table.py",),
    "MOMENTS": ("gameday/moments.py",),
    "COMMANDS": ("gameday/cli/command_table.py",),
    "CHECKS": ("gameday/app/doctor/host_checks.py",),
    "View": ("gameday/drill/view.py",),
    "Exit": ("gameday/errors.py",),
    "Section": ("gameday/review/document.py",),
}


def test_the_page_names_many_files() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("file", FILES)
def test_the_file_exists(file: str) -> None:
    assert any((folder / file).exists() for folder in FOLDERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_in_its_file(name: str) -> None:
    assert f"`{name}`" in TEXT
    for file in NAMES[name]:
        assert re.search(rf"^(class )?{name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), file


def test_the_page_fits_on_two_screens() -> None:
    assert len(TEXT.splitlines()) <= 84


def test_the_table_has_each_kind_of_addition() -> None:
    rows = "\n".join(re.findall(r"^\| (.+?) \|", TEXT.split("## Where do I add")[1], re.MULTILINE))
    for addition in ("fault kind", "signal probe", "message channel", "exit code", "section of the review", "moment"):
        assert addition in rows


def test_contributing_lists_every_member_of_the_injector_protocols() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Write an injector")[1].split("\n## ")[0]
    members = [
        name
        for protocol in (Injector, Leased, Sweepable, Checkable, SettingsChecker)
        for name in {*vars(protocol), *getattr(protocol, "__annotations__", {})}
        if not name.startswith("_")
    ]
    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == sorted(members)
