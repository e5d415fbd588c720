"""One demo per proxy server for the whole session; only our own where Toxiproxy is not installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.available_engines import toxiproxy_server

from gameday.demo import lifecycle
from gameday.demo.demo_record import Demo


def path_with(kind: str) -> str:
    """Return a PATH on which a demo finds the proxy server `kind`; skip, or fail where it is required."""
    path = os.environ["PATH"].split(os.pathsep)
    folders = [folder for folder in path if not (Path(folder) / "toxiproxy-server").exists()]
    if kind == "toxiproxy-server":
        folders.insert(0, str(toxiproxy_server().parent))
    return os.pathsep.join(folders)


@pytest.fixture(scope="session")
def demo_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Demo]]:
    """Return a function that starts, once, the demo on a kind of proxy server."""
    homes: dict[str, Path] = {}

    def start(kind: str) -> Demo:
        homes.setdefault(kind, tmp_path_factory.mktemp(f"demo-{kind}") / "home")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", path_with(kind))
            return lifecycle.start_demo(homes[kind], say=lambda _: None)

    yield start
    for home in homes.values():
        lifecycle.stop_demo(home)


@pytest.fixture(scope="session")
def demo(demo_on: Callable[[str], Demo]) -> Demo:
    """Return the demo on our own proxy."""
    return demo_on("gameday")
