"""The change log: one line for each change."""

from __future__ import annotations

import re
import subprocess
import sys

import httpx
import pytest
from support.proxy import PATIENCE, eventually

from gameday.proxy.change_log import lease_suffix


def test_each_change_is_one_line() -> None:
    pipe = subprocess.PIPE
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0"]
    with subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, timeout=PATIENCE) as http:
            _changed(http)
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE)
    listen = said.split("created, ")[1].split(" ->")[0]
    timed = [re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (.*)", line) for line in said.splitlines()]
    assert [one[2] for one in timed if one] == [
        f"gameday proxy: proxy {text}"
        for text in (
            f"db: created, {listen} -> 127.0.0.1:1",
            "db: toxic late (latency downstream latency=400 jitter=0) added",
            "db: toxic late (latency downstream latency=5 jitter=0, toxicity 0.5) changed",
            "db: toxic late removed",
            'db: toxic "two\\nlines" (noop upstream) added, for 0.1 s',
            'db: toxic "two\\nlines" expired',
            "db: disabled by gd-1, for 60 s",
            "db: enabled",
            f"db: moved, {listen} -> 127.0.0.1:2",
            "db: disabled",
            f"db: moved, {listen} -> 127.0.0.1:3",
            "db: enabled",
            "db: deleted",
        )
    ]
    times = [one[1] if one else "" for one in timed]
    assert times == sorted(times) and all(times)


def _changed(http: httpx.Client) -> None:
    toxic = "/proxies/db/toxics/late"
    http.post("/proxies", json={"name": "db", "upstream": "127.0.0.1:1"})
    http.post("/proxies", json={"name": "db", "upstream": "127.0.0.1:1"})
    http.post("/proxies/db/toxics", json={"name": "late", "type": "latency", "attributes": {"latency": 400}})
    http.post(toxic, json={"expires_in": 60})
    http.post(toxic, json={"attributes": {"latency": 5}, "toxicity": 0.5})
    http.delete(toxic)
    http.delete(toxic)
    lapsing = {"name": "two\nlines", "type": "noop", "stream": "upstream", "expires_in": 0.1}
    http.post("/proxies/db/toxics", json=lapsing)
    eventually(lambda: http.get("/proxies/db/toxics").json() == [])
    http.post("/proxies/db", json={"enabled": False, "mark": "gd-1", "expires_in": 60})
    http.post("/proxies/db", json={"expires_in": 60})
    http.post("/proxies/db", json={"enabled": True})
    http.post("/proxies/db", json={"enabled": True})
    http.post("/proxies/db", json={"upstream": "127.0.0.1:2"})
    http.post("/proxies/db", json={"enabled": False})
    taken = f"127.0.0.1:{http.base_url.port}"
    assert http.post("/proxies/db", json={"listen": taken, "enabled": True}).status_code == 500
    http.post("/proxies/db", json={"upstream": "127.0.0.1:3", "enabled": True})
    http.delete("/proxies/db")


@pytest.mark.parametrize(
    ("seconds", "said"), [(57.3396, "57.3"), (60, "60"), (0.1, "0.1"), (0.0504, "0.05"), (2_000_000.0, "2000000")]
)
def test_lease_is_rounded_to_readable_precision(seconds: float, said: str) -> None:
    assert lease_suffix(seconds) == f", for {said} s"
