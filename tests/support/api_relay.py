"""A relay before the API server of a real cluster, which can refuse, lose or interleave single requests.

It passes everything on with its own credentials. So a test decides what `gameday` sees of a real server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from kubernetes import config
from support.api_server import KUBECONFIG, QuietServer
from support.api_server_objects import Failure
from support.websocket_commands import is_command, pass_on
from typing_extensions import override

_PASSED_ON = ("Content-Type", "Accept", "User-Agent")


class ApiRelay:
    """`hook`: called with each request before it is passed on, and may raise Failure.

    `is_away`: True if every connection breaks without a response. `loses_response`: called after a request was passed
    on; True breaks the connection without a response."""

    def __init__(self, kubeconfig: Path, context: str, folder: Path) -> None:
        self.hook: Callable[[str, str], None] = lambda method, path: None
        self.loses_response: Callable[[str, str], bool] = lambda method, path: False
        self.is_away = False
        self._folder = folder
        self._api: Any = config.new_client_from_config(str(kubeconfig), context, persist_config=False)
        self._http = QuietServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"relay": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def write_kubeconfig(self) -> Path:
        """Return a kubeconfig whose context `test` leads through the relay."""
        path = self._folder / "relayed.kubeconfig"
        path.write_text(KUBECONFIG.format(port=self._http.server_address[1], token="any"))
        return path

    def pass_on(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self._api.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        url = f"{self._api.configuration.host}{path}"
        pool = self._api.rest_client.pool_manager
        answer = pool.request(method, url, body=body or None, headers=headers, retries=False)
        return answer.status, answer.data

    def run_command(self, handler: BaseHTTPRequestHandler) -> None:
        """Pass a command in a container on."""
        headers: dict[str, str] = {}
        self._api.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        pass_on(handler, self._api.configuration, headers)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    relay: ApiRelay
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        if self.relay.is_away:
            self.close_connection = True
            return
        path, _, _ = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {key: value for key in _PASSED_ON if (value := self.headers.get(key))}
        try:
            self.relay.hook(self.command, path)
            if is_command(self):
                self.relay.run_command(self)
                return
            status, text = self.relay.pass_on(self.command, self.path, body, headers)
        except Failure as failure:
            content = {"kind": "Status", "message": failure.message, "code": failure.status}
            status, text = failure.status, json.dumps(content).encode()
        if self.relay.loses_response(self.command, path):
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _answer

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
