"""A misspelt word gets a suggestion, and the search is bounded."""

from __future__ import annotations

from gameday.suggestions import MAX_KNOWN_WORDS, MAX_WORD_CHARS, closest_words, did_you_mean, one_of, suggest_word


def test_the_closest_word_is_suggested_and_a_strange_one_is_not() -> None:
    assert did_you_mean("fault", ["faults", "files"]) == "did you mean 'faults'?"
    assert suggest_word("fault", ["faults"]) == "Did you mean 'faults'?"
    assert did_you_mean("zzz", ["faults"]) == suggest_word("zzz", ["faults"]) == ""
    assert did_you_mean("faulzz", ["faults"], cutoff=0.9) == ""
    assert did_you_mean(5, ["55"]) == "did you mean '55'?"


def test_the_search_is_bounded_in_words_and_in_length() -> None:
    known = [f"name-{number}" for number in range(MAX_KNOWN_WORDS)]
    assert closest_words("name-x", known) and not closest_words("name-x", [*known, "one-more"])
    assert closest_words("a" * MAX_WORD_CHARS, ["a" * 90]) and not closest_words("a" * 101, ["a" * 90])


def test_a_long_list_is_cut() -> None:
    assert one_of(["a", "b"]) == "one of: a, b"
    assert one_of(map(str, range(40))).endswith("29 and 10 more")
