"""Toxics that pass all data: `noop`, and `refuse`, which the proxy applies to new connections."""

from __future__ import annotations

from gameday.proxy.toxics.base import ToxicStage


class Noop(ToxicStage):
    """No effect; visible in the API, so it can serve as a marker."""


class Refuse(ToxicStage):
    """New connections are refused; open ones continue.

    With toxicity 1 the proxy does not listen, and the client's connect() fails. With less, the connections that are
    hit are reset once accepted: the kernel cannot refuse one client and accept another."""

    refuses_connections = True
