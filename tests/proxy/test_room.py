"""File descriptors: when they run out it is said once, who comes waits, and the API answers all the while."""

from __future__ import annotations

import contextlib
import select
import subprocess
import sys

import httpx
from proxy_rig import PATIENCE, Server, read_exactly

LIMIT = 128
MOST = (LIMIT - 64) // 2


def test_the_api_stays_reachable_and_who_waits_comes_in_when_one_leaves() -> None:
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
    assert f"{MOST} connections are as many as {LIMIT} file descriptors allow" in lines[0]
    assert "ulimit -n" in lines[0]


def _fill(server: Server) -> None:
    with contextlib.ExitStack() as stack, server.proxied() as proxy:
        pairs = [stack.enter_context(proxy.pair()) for _ in range(MOST)]
        waiting = stack.enter_context(proxy.client())
        waiting.sendall(b"hello")
        assert select.select([proxy.backend], [], [], 1.0)[0] == []
        for _ in range(5):
            with httpx.Client(base_url=server.http.base_url, timeout=PATIENCE) as another:
                assert another.get("/proxies").status_code == 200
        pairs[0].client.close()
        pairs[0].upstream.close()
        came, _ = proxy.backend.accept()
        stack.enter_context(came)
        came.settimeout(PATIENCE)
        assert read_exactly(came, 5) == b"hello"
