"""refuse: new connections are refused with a TCP reset; those that are there live on.

With toxicity 1 the proxy does not listen, and the client's connect() fails. With less, the connections that the dice
hit are reset as soon as they are made: nobody can refuse one of two callers before it knows them apart."""

from __future__ import annotations

from gameday.proxy.toxics.base import ToxicStage


class Refuse(ToxicStage):
    """Passes all on: what it does is done by the proxy, before a connection has stages."""

    refuses = True
