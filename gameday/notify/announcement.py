"""Announcements beside a drill's events, such as a link that must not stand in the log: delivered at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from gameday.model import ChannelBinding, MessageKind, Plan
from gameday.notify.outbox import channels_in_use
from gameday.plugins.channel import SENDER, ChannelMessage, DeliveryError
from gameday.plugins.registry import create_channel
from gameday.plugins.types import Deadline


def announcement_channels(plan: Plan) -> list[ChannelBinding]:
    """Return the channels of the drill that send announcements."""
    return select_announcing(channels_in_use(plan))


def select_announcing(bindings: Iterable[ChannelBinding]) -> list[ChannelBinding]:
    """Return the channels that send announcements."""
    return [binding for binding in bindings if MessageKind.ANNOUNCEMENT in binding.sends]


def announce(plan: Plan, text: str) -> dict[str, str]:
    """Deliver an announcement of a drill to every channel that sends them, all at the same time.

    Returns each channel with the reason why it was not delivered there; empty if it was."""
    return announce_to(announcement_channels(plan), plan.environment.name, text, plan.drill)


def announce_to(bindings: Sequence[ChannelBinding], environment: str, text: str, drill: str = "") -> dict[str, str]:
    """Deliver an announcement to these channels, as `announce` does; `drill` empty: it is not about one drill."""
    message = ChannelMessage(drill, environment, MessageKind.ANNOUNCEMENT, SENDER, text)
    return dict(_deliver_all(bindings, message)) if bindings else {}


def _deliver_all(bindings: Sequence[ChannelBinding], message: ChannelMessage) -> Iterator[tuple[str, str]]:
    with ThreadPoolExecutor(len(bindings)) as pool:
        failures = pool.map(lambda binding: _deliver(binding, message), bindings)
        yield from zip((binding.name for binding in bindings), failures, strict=True)


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
