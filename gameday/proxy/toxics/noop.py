"""noop: does nothing. It can be seen in the API, and so serves as a note."""

from __future__ import annotations

from gameday.proxy.toxics.base import ToxicStage


class Noop(ToxicStage):
    """Passes all on."""
