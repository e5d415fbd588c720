"""Commands in containers over a WebSocket: answered for a stand-in, or passed on to a real API server."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

_KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NUMBERS = {"INT": 2, "QUIT": 3, "TERM": 15}
_OUTPUT, _STATUS = 1, 3


def is_command(handler: BaseHTTPRequestHandler) -> bool:
    return (handler.headers.get("Upgrade") or "").lower() == "websocket"


class Containers:
    """Containers of the stand-in's pods. `handled`: signals that end their main process.

    `failure`: why no command can be started; empty where they can."""

    def __init__(self) -> None:
        self.handled = {"TERM", "INT"}
        self.failure = ""
        self.may_signal = True
        self.signals: list[str] = []

    def run(self, pod: dict[str, Any], target: str) -> list[bytes]:
        """Run a command as the request's query has it; return the frames of the answer."""
        script = parse_qs(urlsplit(target).query)["command"][-1]
        if self.failure:
            return [_frame(_STATUS, {"status": "Failure", "reason": "InternalError", "message": self.failure})]
        if not self.may_signal:
            cause = {"reason": "ExitCode", "message": "3"}
            return [_frame(_STATUS, {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}})]
        if "/proc/1/status" in script:
            mask = sum(1 << (_NUMBERS[name] - 1) for name in self.handled)
            shown = f"SigBlk:\t{0:016x}\nSigCgt:\t{mask:016x}\n"
            return [_frame(_OUTPUT, shown), _frame(_STATUS, {"status": "Success"})]
        name = script.split()[1].removeprefix("-")
        self.signals.append(name)
        if name in self.handled:
            _end_container(pod)
        return [_frame(_STATUS, {"status": "Success"})]


def _end_container(pod: dict[str, Any]) -> None:
    """End the container as one in back-off shows it."""
    [status] = pod["status"]["containerStatuses"]
    status |= {"restartCount": status["restartCount"] + 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    pod["status"]["conditions"] = [{"type": "Ready", "status": "False"}]


def _frame(channel: int, content: Any) -> bytes:
    payload = bytes([channel]) + (content if isinstance(content, str) else json.dumps(content)).encode()
    return struct.pack("!BBH", 0x82, 126, len(payload)) + payload


def send_frames(handler: BaseHTTPRequestHandler, frames: list[bytes]) -> None:
    """Accept the WebSocket, send the frames and close."""
    key = f"{handler.headers['Sec-WebSocket-Key']}{_KEY_SUFFIX}".encode()
    accepted = base64.b64encode(hashlib.sha1(key, usedforsecurity=False).digest()).decode()
    head = (
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accepted}", "Sec-WebSocket-Protocol: v5.channel.k8s.io", "", "",
    )  # fmt: skip
    handler.wfile.write("\r\n".join(head).encode() + b"".join(frames) + b"\x88\x00")
    handler.close_connection = True


def pass_on(handler: BaseHTTPRequestHandler, configuration: Any, authorization: dict[str, str]) -> None:
    """Connect the client with the real API server, by the credentials of a kubeconfig, until one of them closes."""
    url = urlsplit(configuration.host)
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    handler.close_connection = True
    kept = {key: value for key, value in handler.headers.items() if key.lower() not in ("host", "authorization")}
    lines = [f"{key}: {value}" for key, value in {**kept, **authorization, "Host": url.netloc}.items()]
    with (
        socket.create_connection((str(url.hostname), url.port or 443)) as plain,
        context.wrap_socket(plain, server_hostname=url.hostname) as server,
    ):
        server.sendall("\r\n".join([handler.requestline, *lines, "", ""]).encode())
        threading.Thread(target=_copy, args=(handler.connection, server), daemon=True).start()
        _copy(server, handler.connection)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
