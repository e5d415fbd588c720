"""Commands in a container, as `kubectl exec` runs them: one WebSocket to the API server for each command."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gameday.clients.kubernetes_errors import ClusterError, response_error

_PROTOCOL = "v5.channel.k8s.io, v4.channel.k8s.io"
_OUTPUT, _STATUS = (1, 2), 3
"""Channels of the protocol: standard output and error, and the status at the end."""
_MAX_CHARS = 400


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Result of a command. `output`: of both streams; `exit_code`: None if the command was not started or cut short.

    `error`: why, in the words of the server; empty with an exit code."""

    output: str
    exit_code: int | None
    error: str = ""


def run_command(
    configuration: Any, headers: Mapping[str, str], path: str, command: Sequence[str], timeout: float
) -> CommandResult:
    """Run a command, whose path names pod and container. `configuration`: the SDK's. Raises ClusterError."""
    import websocket

    give_up = time.monotonic() + timeout
    separator = "&" if "?" in path else "?"
    words = urlencode([("stdout", "true"), ("stderr", "true"), *(("command", word) for word in command)])
    connection = _connect(configuration, headers, f"{path}{separator}{words}", timeout)
    try:
        return _receive(connection, give_up)
    except websocket.WebSocketTimeoutException:
        raise ClusterError("a command in a container did not end in time", may_have_landed=True) from None
    except (websocket.WebSocketException, OSError):
        return CommandResult("", None, "the connection broke")
    finally:
        connection.close(timeout=0)


def _connect(configuration: Any, headers: Mapping[str, str], path: str, timeout: float) -> Any:
    """Return an open WebSocket with the credentials, the trust and the HTTP proxy of the kubeconfig."""
    import websocket
    from kubernetes.stream import ws_client

    if timeout <= 0:
        raise ClusterError("no time was left to call the API server")
    host: str = configuration.host
    url = f"{host.replace('http', 'ws', 1)}{path}"
    shown = [f"{key}: {value}" for key, value in headers.items() if key.lower() in ("authorization", "user-agent")]
    options: dict[str, Any] = {"header": [*shown, f"Sec-WebSocket-Protocol: {_PROTOCOL}"], "timeout": timeout}
    connection: Any = websocket.WebSocket(sslopt=_tls_options(configuration), suppress_origin=True)
    try:
        connection.connect(url, **ws_client.websocket_proxycare(options, configuration, url, headers))
    except websocket.WebSocketBadStatusException as error:
        raise response_error(error.status_code, error.resp_body or b"", f"GET {path}") from None
    except (websocket.WebSocketException, OSError) as error:
        raise ClusterError(f"cannot run a command through {host}: {type(error).__name__}") from None
    return connection


def _tls_options(configuration: Any) -> dict[str, Any]:
    """Return what the SDK's own requests use too."""
    if not configuration.verify_ssl:
        return {"cert_reqs": ssl.CERT_NONE, "check_hostname": False, **_client_certificate(configuration)}
    options = {
        "cert_reqs": ssl.CERT_REQUIRED, "ca_certs": configuration.ssl_ca_cert,
        "check_hostname": configuration.assert_hostname, "server_hostname": configuration.tls_server_name,
        **_client_certificate(configuration),
    }  # fmt: skip
    return {key: value for key, value in options.items() if value is not None}


def _client_certificate(configuration: Any) -> dict[str, Any]:
    files = {"certfile": configuration.cert_file, "keyfile": configuration.key_file}
    return {key: value for key, value in files.items() if value}


def _receive(connection: Any, give_up: float) -> CommandResult:
    """Read until the status of the command."""
    output = bytearray()
    while True:
        connection.settimeout(max(0.01, give_up - time.monotonic()))
        frame = bytes(connection.recv() or b"")
        if not frame:
            return CommandResult(_text(output), None, "the connection ended before the command")
        if frame[0] in _OUTPUT:
            output += frame[1:]
        if frame[0] == _STATUS:
            return _result(_text(output), json.loads(frame[1:]))


def _text(output: bytes | bytearray) -> str:
    return output.decode(errors="replace")


def _result(output: str, status: Mapping[str, Any]) -> CommandResult:
    if status.get("status") == "Success":
        return CommandResult(output, 0)
    causes = (status.get("details") or {}).get("causes") or []
    codes = [int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode"]
    return CommandResult(output, codes[0]) if codes else CommandResult(output, None, _message(status))


def _message(status: Mapping[str, Any]) -> str:
    return str(status.get("message") or "without a reason")[:_MAX_CHARS]
