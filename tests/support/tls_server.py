"""An HTTPS server on loopback with an authority of its own, which may require client certificates."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override


@dataclass(frozen=True)
class Certificates:
    """PEM files: the authority, a server's and a client's certificate that it signed, and a server's own."""

    folder: Path

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.crt")

    def pair(self, name: str) -> tuple[str, str]:
        """Return certificate and key of `server`, `client` or `self-signed`."""
        return str(self.folder / f"{name}.crt"), str(self.folder / f"{name}.key")


def create_certificates(folder: Path) -> Certificates:
    """Create all of them with openssl."""
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    for name in ("ca", "self-signed"):
        extensions = ["-addext", "basicConstraints=critical,CA:TRUE"] if name == "ca" else ["-addext", names]
        _openssl(folder, "req", "-x509", *_key(name), "-subj", f"/CN=gameday test {name}", *extensions,
                 "-days", "2", "-out", f"{name}.crt")  # fmt: skip
    (folder / "names").write_text(names)
    for name in ("server", "client"):
        _openssl(folder, "req", *_key(name), "-subj", f"/CN={name}", "-out", f"{name}.csr")
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                 "-days", "2", "-extfile", "names", "-out", f"{name}.crt")  # fmt: skip
    _openssl(folder, "pkcs8", "-topk8", "-in", "client.key", "-out", "encrypted.key", "-passout", "pass:test")
    return Certificates(folder)


def _key(name: str) -> list[str]:
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True)


@dataclass
class TlsServer:
    """`answers`: a body by path; `headers`: those of each request so far."""

    url: str
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@contextmanager
def serve_tls(
    certificates: Certificates, certificate: str = "server", *, wants_client: bool = False
) -> Iterator[TlsServer]:
    """Run the server; with `wants_client` it accepts only clients that the authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.pair(certificate))
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates.ca)
    found = TlsServer("")
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    listening.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are what is tested
    listening.socket = context.wrap_socket(listening.socket, server_side=True, do_handshake_on_connect=False)
    found.url = f"https://localhost:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def _handler(server: TlsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            content = json.dumps(server.answers.get(self.path.partition("?")[0], {})).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    return Handler
