"""Two demos side by side for the whole session, one on each proxy server; where the original is not here, one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.available_engines import toxiproxy_server

from gameday.demo import lifecycle
from gameday.demo.demo_record import Demo


def path_with(kind: str) -> str:
    """A PATH on which `kind` is the proxy server that a demo takes. Skips, or fails where it was required."""
    folders = [one for one in os.environ["PATH"].split(os.pathsep) if not (Path(one) / "toxiproxy-server").exists()]
    if kind == "toxiproxy-server":
        folders.insert(0, str(toxiproxy_server().parent))
    return os.pathsep.join(folders)


@pytest.fixture(scope="session")
def demo_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Demo]]:
    """The demo on the proxy server of that kind, brought up when first asked for."""
    homes: dict[str, Path] = {}

    def bring(kind: str) -> Demo:
        homes.setdefault(kind, tmp_path_factory.mktemp(f"demo-{kind}") / "home")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", path_with(kind))
            return lifecycle.start_demo(homes[kind], say=lambda _: None)

    yield bring
    for home in homes.values():
        lifecycle.stop_demo(home)


@pytest.fixture(scope="session")
def demo(demo_on: Callable[[str], Demo]) -> Demo:
    """The demo on our own proxy."""
    return demo_on("gameday")
