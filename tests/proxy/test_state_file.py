"""The state file: saved on request, restored with the time left, without ended faults."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from support.proxy import PATIENCE, eventually, ours

from gameday.proxy.errors import ApiError
from gameday.proxy.proxy_collection import ProxyCollection
from gameday.proxy.state_file import StateFile

DB = {"name": "db", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
LATE = {"name": "late", "type": "latency", "attributes": {"latency": 5}}


def passing(seconds: float, file: Path, before: Callable[[ProxyCollection], Awaitable[None]]) -> dict[str, Any]:
    """Return what a second server restores `later` seconds after the state was saved at 1000."""

    async def both() -> dict[str, Any]:
        first, second = ProxyCollection(), ProxyCollection()
        await before(first)
        StateFile(first, file, lambda: 1000.0).save()
        first.close()
        await StateFile(second, file, lambda: 1000.0 + seconds).restore()
        shown = second.as_json()
        second.close()
        return shown

    return asyncio.run(both())


async def _leased(proxies: ProxyCollection) -> None:
    await proxies.create(DB)
    proxies.add_toxic("db", LATE | {"name": "short", "expires_in": 60})
    proxies.add_toxic("db", LATE | {"name": "long", "expires_in": 600, "toxicity": 0.5, "stream": "upstream"})
    proxies.add_toxic("db", LATE | {"name": "ever"})
    proxies.add_toxic("db", {"name": "gd-note", "type": "noop"})
    proxies.add_toxic("db", LATE | {"name": "gd-7f3a00000001", "expires_in": 600})
    await proxies.create(DB | {"name": "off"})
    await proxies.update("off", {"enabled": False, "mark": "mine", "expires_in": 60})
    await proxies.create(DB | {"name": "drilled"})
    await proxies.update("drilled", {"enabled": False, "mark": "gd-7f3a00000002", "expires_in": 600})


def test_remaining_time_is_restored_and_expired_faults_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    soon = passing(20, tmp_path / "state", _leased)
    assert {toxic["name"]: toxic.get("expires_in") for toxic in soon["db"]["toxics"]} == {
        "short": pytest.approx(40, abs=1),
        "long": pytest.approx(580, abs=1),
        "ever": None,
    }
    assert (soon["off"]["enabled"], soon["off"]["mark"]) == (False, "mine")
    assert (soon["drilled"]["enabled"], "mark" in soon["drilled"]) == (True, False), "a drill counts it as gone"
    assert soon["off"]["expires_in"] == pytest.approx(40, abs=1)
    assert "proxy db: toxic gd-note not restored: a drill's toxics end with the server" in caplog.messages
    late = passing(100, tmp_path / "state", _leased)
    assert "proxy db: toxic short not restored: it has expired" in caplog.messages
    assert {toxic["name"] for toxic in late["db"]["toxics"]} == {"long", "ever"}
    assert (late["off"]["enabled"], "mark" in late["off"]) == (True, False)
    assert next(each for each in late["db"]["toxics"] if each["name"] == "long")["toxicity"] == 0.5


def test_clock_set_back_extends_no_lease(tmp_path: Path) -> None:
    back = passing(-500, tmp_path / "state", _leased)
    assert max(toxic.get("expires_in", 0) for toxic in back["db"]["toxics"]) <= 600


def test_ports_are_kept_through_restart(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with ours("--state", str(file)) as server:
        made = server.http.post("/proxies", json=DB).json()
        server.http.post("/proxies/db/toxics", json=LATE)
        server.http.post("/proxies", json=DB | {"name": "off", "enabled": False})
        assert server.http.post("/state").json() == {"file": str(file), "proxies": 2}
    with ours("--state", str(file)) as server:
        shown = server.http.get("/proxies").json()
        assert shown["db"]["listen"] == made["listen"]
        assert [toxic["name"] for toxic in shown["db"]["toxics"]] == ["late"]
        assert shown["off"]["enabled"] is False


@pytest.mark.parametrize("end", ["toxic", "reset", "proxy", "enabled", "lapse"])
def test_fault_ended_since_save_is_not_restored(tmp_path: Path, end: str) -> None:
    file = tmp_path / "state"
    with ours("--state", str(file)) as server:
        server.http.post("/proxies", json=DB)
        server.http.post("/proxies/db/toxics", json=LATE | ({"expires_in": 0.3} if end == "lapse" else {}))
        server.http.post("/proxies/db", json={"enabled": False})
        assert server.http.post("/state").status_code == 200
        if end in ("toxic", "proxy"):
            server.http.delete("/proxies/db/toxics/late" if end == "toxic" else "/proxies/db")
        elif end != "lapse":
            server.http.post("/reset" if end == "reset" else "/proxies/db", json={"enabled": True})
        saved: Callable[[], Any] = lambda: json.loads(file.read_text())["proxies"]  # noqa: E731 - shorter than a def
        if end == "proxy":
            eventually(lambda: saved() == [])
        elif end in ("reset", "enabled"):
            eventually(lambda: saved()[0]["enabled"] is True)
        if end in ("toxic", "reset", "lapse"):
            eventually(lambda: saved()[0]["toxics"] == [])


def test_nothing_is_written_before_first_save(tmp_path: Path) -> None:
    with ours("--state", str(tmp_path / "state")) as server:
        server.http.post("/proxies", json=DB)
        server.http.delete("/proxies/db")
    assert list(tmp_path.iterdir()) == []


def test_save_without_file_names_the_flag() -> None:
    with ours() as server:
        answer = server.http.post("/state")
    assert (answer.status_code, "--state FILE" in answer.json()["error"]) == (409, True)


def test_unwritable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="cannot save the state"):
        StateFile(ProxyCollection(), tmp_path / "none" / "state").save()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"proxies": 5}', '{"saved": "x"}', '{"proxies": [{"name": "x"}]}'])
def test_invalid_state_file_is_reported(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state"
    file.write_text(content)
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0", "--state", str(file)]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, "cannot restore" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


def test_port_in_use_at_restore_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        file.write_text(json.dumps({"saved": 1, "proxies": [DB | {"listen": listen}]}))
        line = [sys.executable, "-m", "gameday.proxy", "--port", "0", "--state", str(file)]
        ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, "in use" in ended.stderr, "Free the port" in ended.stderr) == (3, True, True), (
        ended.stderr
    )
