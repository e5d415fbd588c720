"""TLS passes through untouched: the client checks the upstream's certificate, with toxics too."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.proxy import PATIENCE, Proxied, noise, ours, read_exactly

NAME = "db.example"
SIZE = 300_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of NAME in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2"]
    subprocess.run([*made, *named, "-keyout", file, "-out", f"{file}.crt"], capture_output=True, check=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.mark.parametrize("toxic", [None, ("latency", {"latency": 20}), ("slicer", {"average_size": 1000})])
def test_client_sees_upstreams_certificate(certificate: Path, toxic: tuple[str, dict[str, int]] | None) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with ours() as server, server.proxied() as proxy, _echoing_tls(proxy, certificate):
        if toxic is not None:
            for stream in ("upstream", "downstream"):
                proxy.toxic(toxic[0], stream, attributes=toxic[1])
        with proxy.client() as plain, trusting.wrap_socket(plain, server_hostname=NAME) as client:
            client.sendall(noise(SIZE))
            assert read_exactly(client, SIZE) == noise(SIZE)
            theirs = client.getpeercert(binary_form=True)
    assert theirs == ssl.PEM_cert_to_DER_cert(Path(f"{certificate}.crt").read_text())


@contextmanager
def _echoing_tls(proxy: Proxied, certificate: Path) -> Iterator[None]:
    """Serve one TLS client as the proxy's upstream, and echo its bytes."""
    serving = threading.Thread(target=_echo, args=(proxy.backend, certificate))
    serving.start()
    try:
        yield
    finally:
        serving.join(PATIENCE)
        assert not serving.is_alive()


def _echo(backend: socket.socket, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain, _ = backend.accept()
    plain.settimeout(PATIENCE)
    with context.wrap_socket(plain, server_side=True) as peer:
        peer.sendall(read_exactly(peer, SIZE))
        assert peer.recv(1) == b""
