"""Announcements beside a drill's events, such as a link that must not stand in the log: delivered at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from gameday.model import ChannelBinding, MessageKind, Plan
from gameday.notify.outbox import channels_in_use
from gameday.plugins.channel import ChannelMessage, DeliveryError
from gameday.plugins.registry import create_channel
from gameday.plugins.types import Deadline

SENDER = "gameday"


def announcement_channels(plan: Plan) -> list[ChannelBinding]:
    """Return the channels of the drill that send announcements."""
    return [binding for binding in channels_in_use(plan) if MessageKind.ANNOUNCEMENT in binding.sends]


def announce(plan: Plan, text: str) -> dict[str, str]:
    """Deliver one announcement to every channel that sends them, all at the same time.

    Returns each channel with the reason why it was not delivered there; empty if it was."""
    bindings = announcement_channels(plan)
    message = ChannelMessage(plan.drill, plan.environment.name, MessageKind.ANNOUNCEMENT, SENDER, text)
    return dict(_deliver_all(bindings, message)) if bindings else {}


def _deliver_all(bindings: Iterable[ChannelBinding], message: ChannelMessage) -> Iterator[tuple[str, str]]:
    listed = list(bindings)
    with ThreadPoolExecutor(len(listed)) as pool:
        failures = pool.map(lambda binding: _deliver(binding, message), listed)
        yield from zip((binding.name for binding in listed), failures, strict=True)


def _deliver(binding: ChannelBinding, message: ChannelMessage) -> str:
    try:
        channel = create_channel(binding.channel)
        channel.load()
        channel.deliver(message, binding, Deadline.after(binding.timeout))
    except DeliveryError as error:
        return error.reason
    except Exception as error:  # a channel of another team's plugin
        return f"the channel failed ({type(error).__name__})"
    return ""
