"""The facilitator's token: short, read aloud without doubt, taken whole with a double click."""

from __future__ import annotations

import math

from gameday.drill.control.facilitator_token import ALPHABET, create_token, digest_token, matches_digest


def test_token_is_short_and_hard_to_guess() -> None:
    made = {create_token() for _ in range(200)}
    assert len(made) == 200
    assert {len(token) for token in made} == {10}
    assert math.log2(len(set(ALPHABET))) * 10 >= 50 - 1e-9 or len(set(ALPHABET)) >= 32


def test_token_has_no_ambiguous_letters() -> None:
    assert ALPHABET.isalnum()
    assert ALPHABET.islower()
    assert not set(ALPHABET) & set("l1o0-_")


def test_only_the_exact_token_matches() -> None:
    assert matches_digest("k7fq2m9xwp", digest_token("k7fq2m9xwp"))
    assert not matches_digest("", digest_token("k7fq2m9xwp"))
