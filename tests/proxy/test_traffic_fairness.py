"""Fair turns: a socket with little data does not wait for all that have much."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from select import EPOLLIN

from gameday.proxy.event_loop import BULK_BYTES, TrafficSelector

Pair = tuple[socket.socket, socket.socket]


@contextmanager
def selector_with_pairs(count: int) -> Iterator[tuple[TrafficSelector, list[Pair]]]:
    """Yield a selector and connected sockets: to send by, and to watch."""
    with ExitStack() as stack:
        selector = TrafficSelector()
        stack.callback(selector.close)
        pairs = [socket.socketpair() for _ in range(count)]
        for pair in pairs:
            for end in pair:
                stack.enter_context(end)
        yield selector, pairs


class Turns:
    """The turns that sockets had, by name, in order."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def record(self, name: str, size: int) -> Callable[[int], int]:
        """Return a callback that moves `size` bytes; the socket stays readable."""

        def serve(_events: int) -> int:
            self.names.append(name)
            return size

        return serve


def test_little_data_is_served_between_two_bulk_turns() -> None:
    with selector_with_pairs(6) as (selector, [*bulk, (light_sender, light)]):
        turns = Turns()

        def serve_light(_events: int) -> int:
            turns.names.append("light")
            return len(light.recv(100))

        def serve_first(_events: int) -> int:
            turns.names.append("0")
            if turns.names.count("0") == 2:
                light_sender.send(b"ping")
            return BULK_BYTES

        selector.watch(light.fileno(), EPOLLIN, serve_light)
        for number, (sender, receiver) in enumerate(bulk):
            sender.send(b"x")
            selector.watch(receiver.fileno(), EPOLLIN, turns.record(str(number), BULK_BYTES) if number else serve_first)
        while len(turns.names) < 12:
            selector.select(0)
        assert sorted(turns.names[:5]) == ["0", "1", "2", "3", "4"], "not known as bulk before"
        assert turns.names[turns.names.index("light") - 1] == "0", turns.names


def test_bulk_sockets_take_turns() -> None:
    with selector_with_pairs(4) as (selector, pairs):
        turns = Turns()
        for number, (sender, receiver) in enumerate(pairs):
            sender.send(b"x")
            selector.watch(receiver.fileno(), EPOLLIN, turns.record(str(number), BULK_BYTES))
        while len(turns.names) < 20:
            selector.select(0)
        assert all(len(set(turns.names[start : start + 4])) == 4 for start in range(0, 20, 4)), turns.names


def test_socket_that_was_paused_is_still_bulk() -> None:
    with selector_with_pairs(2) as (selector, [(sender, receiver), (other_sender, other)]):
        turns = Turns()
        for end in (sender, other_sender):
            end.send(b"x")
        selector.watch(receiver.fileno(), EPOLLIN, turns.record("bulk", BULK_BYTES))
        selector.select(0)
        selector.watch(receiver.fileno(), 0, turns.record("bulk", BULK_BYTES))
        selector.watch(receiver.fileno(), EPOLLIN, turns.record("bulk", BULK_BYTES))
        selector.watch(other.fileno(), EPOLLIN, turns.record("light", 1))
        turns.names.clear()
        selector.select(0)
        assert turns.names[0] == "light"
