"""Which proxy an address means, however it is written: two targets may name one in other words."""

from __future__ import annotations

import ipaddress
import socket

from gameday.injectors.toxiproxy.address import Address, read_address
from gameday.model import Binding


def proxy_identities(binding: Binding) -> frozenset[str]:
    """Everything that the address leads to now; asks the names' server. Empty where nobody knows the name."""
    url, proxy = binding.settings.get("url"), binding.settings.get("proxy")
    if not isinstance(url, str):
        return frozenset()
    try:
        at = read_address(url)
        found = socket.getaddrinfo(at.host.strip("[]"), at.port, type=socket.SOCK_STREAM)
    except (ValueError, OSError):
        return frozenset()
    hosts = {str(entry[4][0]) for entry in found}
    named = [canonical_address(Address(f"[{host}]" if ":" in host else host, at.port)) for host in hosts]
    return frozenset(f"proxy {proxy} at {one.host}:{one.port}" for one in named)


def canonical_address(at: Address) -> Address:
    """127.1, 0x7f.1 and ::ffff:127.0.0.1 are one address, and so is every name of a machine for itself."""
    host = at.host.strip("[]")
    if host in ("localhost", socket.gethostname().casefold()):
        return Address("127.0.0.1", at.port)
    try:
        found = _number(host)
    except (ValueError, OSError):
        return at
    itself = found.is_loopback or found.is_unspecified
    return Address("127.0.0.1" if itself else str(found), at.port)


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Raises ValueError or OSError for a name."""
    if ":" not in host:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    found = ipaddress.IPv6Address(host)
    return found.ipv4_mapped or found
