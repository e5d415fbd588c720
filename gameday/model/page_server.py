"""Where a drill's pages are served, and what must protect the links to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DEFAULT_PORTS = {"http": 80, "https": 443}
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, and refused without a name to open


def parse_host_and_port(text: str) -> tuple[str, int]:
    """Parse `HOST:PORT`; an IPv6 address is in brackets. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and int(port) <= 65535) or not host.strip("[]"):
        raise ValueError(f"{text!r} is not HOST:PORT, as in 127.0.0.1:8480 (port 0: any free port)")
    return host.strip("[]"), int(port)


def parse_public_url(text: str) -> str:
    """Return the address without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is not an address such as https://drill.example.com, without a path")
    if parts.username is not None:
        raise ValueError(f"{text!r} has a user name or password; leave it out")
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class PageServer:
    """Where the pages are served, and under which address people open them. `url` is empty for the default."""

    host: str = "127.0.0.1"
    port: int = 8480
    url: str = ""
    certificate: Path | None = None
    """TLS certificate with its chain, PEM; `key` is its private key."""
    key: Path | None = None
    behind_proxy: bool = False
    """A proxy in front has TLS."""

    @property
    def is_secure(self) -> bool:
        """True if browsers reach the pages over TLS."""
        return self.certificate is not None or self.behind_proxy

    def obstacle(self) -> tuple[str, str]:
        """Return what is wrong, and what to do; empty texts if links never travel unencrypted over a network."""
        if (self.certificate is None) != (self.key is None):
            return "certificate and key belong together", "set both, or neither"
        if self.behind_proxy and not self.url.startswith("https://"):
            return "behind a proxy, the address that people open must be known", "set url to https://HOST"
        if self.host not in LOOPBACK and not self.is_secure:
            remedy = "set certificate and key, or, if a proxy in front has TLS, that it is behind a proxy"
            return f"on {self.host}, links would travel unencrypted", remedy
        if self.host in EVERY_ADDRESS and not self.url:
            return f"{self.host} is no address that people can open", "set url to https://HOST:PORT"
        return "", ""

    def base_url(self, port: int) -> str:
        """Return the address that links begin with; `port` is the one that is listened on."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"{'https' if self.certificate else 'http'}://{host}:{port}"

    def accepted_hosts(self, port: int) -> frozenset[str]:
        """Return the values of the Host header that are answered."""
        parts = urlsplit(self.base_url(port))
        public = {parts.netloc.lower()}
        if parts.port in (None, DEFAULT_PORTS[parts.scheme]):  # browsers leave it out, some proxies add it
            name = parts.netloc.lower().removesuffix(f":{parts.port}")
            public |= {name, f"{name}:{DEFAULT_PORTS[parts.scheme]}"}
        own = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")} if self.host in LOOPBACK else set()
        return frozenset(public | own)
