"""Plan of a server with fixed proxies, as the environment of its container has it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gameday.errors import Refused

PLAN_VARIABLE, UPSTREAM_VARIABLE = "GAMEDAY_SERVER_PLAN", "GAMEDAY_UPSTREAM_HOST"


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What the server does.

    `ports`: the port of the upstream by the port to listen on; `toxic`: as the API takes it; `ready_port`: accepts
    connections once all others do; `drain`: seconds from SIGTERM until open connections are closed."""

    ports: Mapping[int, int]
    toxic: Mapping[str, object]
    ready_port: int
    drain: float

    def encode(self) -> str:
        """Return the plan as a variable holds it, encoded so that nobody reads it in passing."""
        return base64.b64encode(zlib.compress(json.dumps(asdict(self)).encode())).decode()

    @classmethod
    def decode(cls, text: str) -> ServerPlan:
        """Return the plan of a variable. Raises Refused."""
        try:
            data = json.loads(zlib.decompress(base64.b64decode(text)))
            ports = {int(listen): int(upstream) for listen, upstream in data["ports"].items()}
            return cls(ports, dict(data["toxic"]), int(data["ready_port"]), float(data["drain"]))
        except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
            raise Refused(f"{PLAN_VARIABLE} is missing or invalid", "This server is started by a drill.") from None
