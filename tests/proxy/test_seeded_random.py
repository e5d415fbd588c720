"""The seed: the same connections are hit, whatever the other traffic."""

from __future__ import annotations

from support.proxy import ours, read_exactly, reset_on_arrival

from gameday.proxy.toxic import SeededRandom


def _hits(*args: str, busy: bool = False) -> list[bool]:
    with ours(*args) as server, server.proxied() as proxy:
        if busy:
            with server.proxied("other") as other, other.pair() as pair:
                other.toxic("latency", attributes={"latency": 1, "jitter": 1})
                pair.upstream.sendall(b"x")
                read_exactly(pair.client, 1)
        proxy.toxic("refuse", toxicity=0.5)
        return [reset_on_arrival(proxy) for _ in range(30)]


def test_same_seed_hits_same_connections_despite_other_traffic() -> None:
    first = _hits("--seed", "7")
    assert first == _hits("--seed", "7", busy=True)
    assert first != _hits("--seed", "8")
    assert _hits() != _hits()


def test_draws_are_uniform_and_independent() -> None:
    rolls = [SeededRandom(1).draw("db", number, "late", 0) for number in range(4000)]
    assert all(0 <= roll < 1 for roll in rolls)
    assert 1800 < sum(roll < 0.5 for roll in rolls) < 2200
    assert (
        len({SeededRandom(1).draw(*what) for what in [("a", "bc"), ("ab", "c"), ("abc",), ("a", 1), ("a", "1")]}) == 5
    )
