"""Host and port of a server, in a form in which equal addresses are equal."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port. `host`: as in a URL, in lower case, IPv6 in brackets."""

    host: str
    port: int


def canonical_address(address: Address) -> Address:
    """Return one form of an address: 127.1, 0x7f.1 and ::ffff:127.0.0.1 are equal, as are all names of this machine."""
    host = address.host.strip("[]")
    if host in ("localhost", socket.gethostname().casefold()):
        return Address("127.0.0.1", address.port)
    try:
        ip = _ip_address(host)
    except (ValueError, OSError):
        return address
    is_this_machine = ip.is_loopback or ip.is_unspecified
    return Address("127.0.0.1" if is_this_machine else str(ip), address.port)


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an IP address. Raises ValueError or OSError for a name."""
    if ":" not in host:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    address = ipaddress.IPv6Address(host)
    return address.ipv4_mapped or address
