"""Somebody who types `gameday proxy ...`, at either server, and a proxy there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from support.proxy import Proxied, Server

from gameday.cli.main import run_command
from gameday.errors import Exit


@dataclass
class Fingers:
    """Somebody who types `gameday proxy ...` at one server."""

    server: Server
    is_ours: bool
    capsys: pytest.CaptureFixture[str]

    def type(self, *words: str, ends: Exit = Exit.HELD) -> str:
        """Return the text on stdout after a success, else on stderr."""
        assert run_command(["proxy", *words]) is ends, self.capsys.readouterr()
        said = self.capsys.readouterr()
        assert not (said.err if ends is Exit.HELD else said.out)
        return said.err or said.out


@pytest.fixture
def fingers(
    server: tuple[Server, bool], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Fingers]:
    monkeypatch.setenv("GAMEDAY_PROXY", str(server[0].http.base_url))
    monkeypatch.delenv("GAMEDAY_PROXY_TOKEN", raising=False)
    yield Fingers(*server, capsys)
    for name in server[0].http.get("/proxies").json():
        server[0].http.delete(f"/proxies/{name}")


@pytest.fixture
def db(fingers: Fingers) -> Iterator[Proxied]:
    with fingers.server.proxied() as proxied:
        yield proxied
