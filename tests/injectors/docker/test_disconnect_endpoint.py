"""Endpoint settings of a disconnected container, sent to a stand-in for a Docker 28 engine."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from typing_extensions import override

from gameday.injectors.docker import sdk_client
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, NotFound
from gameday.injectors.docker.faults.disconnect import Disconnect
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.plugins.types import Deadline

NETWORK = "a1" * 32
CHOSEN = {"com.docker.network.endpoint.ifname": "front0"}
ENDPOINT: dict[str, Any] = {
    "NetworkID": NETWORK, "EndpointID": "e1", "Aliases": ["db", "0" * 12], "Links": ["api:api"],
    "IPAMConfig": {"IPv4Address": "10.0.0.7"}, "DriverOpts": CHOSEN, "GwPriority": 7, "MacAddress": "02:42:0a:00:00:07",
}  # fmt: skip


class NewerEngine(http.server.BaseHTTPRequestHandler):
    """Engine of API 1.48: a container that left its network, and joins it as the request says."""

    joins: ClassVar[list[dict[str, Any]]] = []
    refusal = 0

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self._answer(200, {"ApiVersion": "1.48", "Components": [{"Name": "Engine"}]})
        elif "/containers/" in self.path:
            self._answer(200, container({}))
        else:
            self._answer(200, {"Id": NETWORK})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith(f"/networks/{NETWORK}/connect"):
            self.joins.append({"path": self.path, **body})
        self._answer(self.refusal or 200, {"message": "no such thing"} if self.refusal else {})

    def _answer(self, status: int, body: object) -> None:
        output = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(output)))
        self.end_headers()
        self.wfile.write(output)

    @override
    def log_message(self, format: str, *args: object) -> None: ...


def container(networks: dict[str, Any]) -> dict[str, Any]:
    """Return an inspection of a running container in these networks."""
    return {
        "Id": "0" * 64, "Name": "/db", "State": {"Running": True},
        "HostConfig": {"NetworkMode": "front", "PortBindings": {}, "PublishAllPorts": False},
        "NetworkSettings": {"Networks": networks, "Ports": {}},
    }  # fmt: skip


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineApi]:
    monkeypatch.setattr(NewerEngine, "joins", [])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), NewerEngine) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(sdk_client, "_VERSIONS", {})
        with EngineApi(f"tcp://127.0.0.1:{server.server_port}", Deadline.after(10.0)) as api:
            yield api
        server.shutdown()


def test_device_name_and_gateway_priority_of_docker_28_are_restored(engine: EngineApi) -> None:
    disconnect = Disconnect(network="all")
    state = disconnect.capture_state(container({"front": ENDPOINT}))
    disconnect.revert_container(engine, ContainerSnapshot("0" * 64, "db", "then", state))
    settings = {key: ENDPOINT[key] for key in ("Links", "IPAMConfig", "DriverOpts", "GwPriority")}
    assert NewerEngine.joins == [
        {
            "path": f"/v1.48/networks/{NETWORK}/connect",
            "Container": "0" * 64,
            "EndpointConfig": {"Aliases": ["db"], **settings},
        }
    ]


@pytest.mark.parametrize(("status", "kind"), [(403, Conflict), (409, Conflict), (404, NotFound)])
def test_refused_connection_keeps_its_kind_and_text(
    engine: EngineApi, monkeypatch: pytest.MonkeyPatch, status: int, kind: type[Exception]
) -> None:
    monkeypatch.setattr(NewerEngine, "refusal", status)
    with pytest.raises(kind, match=r"^no such thing$"):
        engine.connect("0" * 64, NETWORK, {})
