"""Canonical identity of a proxy: two targets may name one proxy by different addresses."""

from __future__ import annotations

import socket

from gameday.injectors.common.network_address import Address, canonical_address
from gameday.injectors.toxiproxy.address import read_address
from gameday.model import Binding


def proxy_identities(binding: Binding) -> frozenset[str]:
    """Return all that the address resolves to now, by DNS; empty for an unknown name."""
    url, proxy = binding.settings.get("url"), binding.settings.get("proxy")
    if not isinstance(url, str):
        return frozenset()
    try:
        at = read_address(url)
        entries = socket.getaddrinfo(at.host.strip("[]"), at.port, type=socket.SOCK_STREAM)
    except (ValueError, OSError):
        return frozenset()
    hosts = {str(entry[4][0]) for entry in entries}
    named = [canonical_address(Address(f"[{host}]" if ":" in host else host, at.port)) for host in hosts]
    return frozenset(f"proxy {proxy} at {address.host}:{address.port}" for address in named)
