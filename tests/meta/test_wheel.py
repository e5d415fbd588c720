"""The wheel holds the folders that are links in the checkout; a checkout without links builds one without them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.source_tree import ROOT, tracked

NEEDED = (
    "gameday/injectors/__init__.py",
    "gameday/injectors/toxiproxy/injector.py",
    "gameday/injectors/docker/sidecar.sh",
    "gameday/scorecards/scorecard.py",
    "gameday/scenarios/db-slowdown.yaml",
    "gameday/review/page.html.j2",
    "gameday/py.typed",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built as a release is, by the build backend that is locked; from the checkout, into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return zipfile.ZipFile(folder / built.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("name", NEEDED)
def test_it_holds(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.getinfo(name).file_size >= 0
    assert name.endswith("py.typed") or wheel.read(name).strip()


def test_every_module_of_the_checkout_is_in_it(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    folders = ("injectors/", "scorecards/", "scenarios/")
    wanted = {f"gameday/{path}" for path in tracked() if str(path).startswith(folders)}
    wanted |= {str(path) for path in tracked() if str(path).startswith("gameday/")}
    assert not wanted - inside


def test_nothing_else_is_in_it(wheel: zipfile.ZipFile) -> None:
    roots = {Path(name).parts[0] for name in wheel.namelist()}
    assert all(root == "gameday" or root.endswith(".dist-info") for root in roots)


def test_it_names_the_command_and_the_injectors(wheel: zipfile.ZipFile) -> None:
    points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(points).decode()
    assert "gameday = gameday.cli.entry:main" in text
    assert "webhook = gameday.notify.webhook:WebhookChannel" in text
    assert "toxiproxy = gameday.injectors.toxiproxy:ToxiproxyInjector" in text
