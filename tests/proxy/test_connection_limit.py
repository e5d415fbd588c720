"""The connection limit: clients wait, the API responds, and the log says it once."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys

import httpx
import pytest
from support.proxy import PATIENCE, Server, read_exactly, ready_to_read

from gameday.proxy import address, connection_limit, listener, sockets
from gameday.proxy.event_loop import ProxyLoop
from gameday.proxy.proxy_collection import ProxyCollection

LIMIT = 128
MOST = (LIMIT - 64) // 2


def test_api_responds_at_limit_and_waiting_client_connects_later() -> None:
    script = f"ulimit -n {LIMIT}; exec {sys.executable} -m gameday.proxy --port 0"
    pipe = subprocess.PIPE
    with subprocess.Popen(["bash", "-c", script], stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, timeout=PATIENCE) as http:
            _fill(Server(process, http))
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE)
    lines = [line for line in said.splitlines() if "cannot accept" in line]
    assert len(lines) == 1, said
    assert f"{LIMIT} file descriptors allow only {MOST} connections" in said.splitlines()[0]
    assert f"connection limit reached ({MOST} connections with {LIMIT} file descriptors)" in lines[0]
    assert "ulimit -n" in lines[0]


def _fill(server: Server) -> None:
    with contextlib.ExitStack() as stack, server.proxied() as proxy:
        pairs = [stack.enter_context(proxy.pair()) for _ in range(MOST)]
        waiting = stack.enter_context(proxy.client())
        waiting.sendall(b"hello")
        assert not ready_to_read(proxy.backend, seconds=1.0)
        for _ in range(5):
            with httpx.Client(base_url=server.http.base_url, timeout=PATIENCE) as another:
                assert another.get("/proxies").status_code == 200
        pairs[0].client.close()
        pairs[0].upstream.close()
        came, _ = proxy.backend.accept()
        stack.enter_context(came)
        came.settimeout(PATIENCE)
        assert read_exactly(came, 5) == b"hello"


def test_waiting_client_is_accepted_without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not with some timer, one for each turn of it: many that had given up would keep out who comes after them."""
    monkeypatch.setattr(listener, "RETRY_S", 3600.0)
    monkeypatch.setattr(connection_limit, "_raise_descriptor_limit", lambda: connection_limit.RESERVED_DESCRIPTORS + 2)
    with asyncio.Runner(loop_factory=ProxyLoop) as runner:
        assert runner.run(asyncio.wait_for(_echoed(clients=20), PATIENCE)) == [b"hello"] * 20


async def _echoed(clients: int) -> list[bytes]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(5))
        writer.close()

    async def hello(host: str, port: int) -> bytes:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"hello")
        heard = await reader.read()
        writer.close()
        return heard

    backend = await asyncio.start_server(echo, "127.0.0.1", 0)
    upstream = sockets.bound_address(backend.sockets[0])
    proxies = ProxyCollection()
    entry = await proxies.create({"name": "db", "upstream": upstream})
    at = address.split_host_port(entry.proxy.listen)
    heard = await asyncio.gather(*(hello(*at) for _ in range(clients)))
    proxies.close()
    backend.close()
    return heard
