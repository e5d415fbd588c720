"""Name resolution: one query for each name, and none delays another or the shutdown."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import pytest

from gameday.proxy.address import resolve_host


class Names:
    """The system's resolver: `silent` names never come, until they are let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.over = threading.Event()

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        if host.startswith("silent"):
            self.over.wait()
        if host == "unknown":
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", port))] * 2


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


def test_unanswered_name_delays_no_other_and_no_shutdown(names: Names) -> None:
    async def many() -> list[str]:
        for _ in range(40):
            waiting.add(asyncio.ensure_future(resolve_host("silent.test", 5432)))
        return await resolve_host("db.test", 5432)

    waiting: set[asyncio.Future[list[str]]] = set()
    assert asyncio.run(many()) == ["127.0.0.9"]
    assert sorted(names.asked) == ["db.test", "silent.test"], "once for all who ask"
    assert all(one.cancelled() for one in waiting)
    names.over.set()


def test_unknown_name_fails_each_time(names: Names) -> None:
    for _ in range(2):
        with pytest.raises(OSError, match="not known"):
            asyncio.run(resolve_host("unknown", 1))
    assert names.asked == ["unknown", "unknown"]
