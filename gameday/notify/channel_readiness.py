"""Readiness of a channel: whether it could deliver a message now, without one."""

from __future__ import annotations

from gameday.errors import Refused
from gameday.model import ChannelBinding
from gameday.plugins.registry import create_channel
from gameday.printable import single_line


def channel_obstacle(binding: ChannelBinding) -> str:
    """Return why a channel could deliver nothing now; empty if nothing is known. Sends nothing, and holds no secret."""
    try:
        return single_line(create_channel(binding.channel).find_obstacle(binding))
    except Refused as refused:
        return refused.wrong
    except Exception as error:  # a plugin must not end a check
        return f"the channel failed ({type(error).__name__})"
