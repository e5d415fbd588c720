"""Suggestions for a misspelt word: `did you mean 'faults'?`."""

from __future__ import annotations

from collections.abc import Iterable

MAX_KNOWN_WORDS = 100
MAX_WORD_CHARS = 100
"""Limits of the search for a similar word, which takes time in proportion to both."""
MAX_LISTED_WORDS = 30
CUTOFF = 0.6
"""Similarity from which on a word is suggested, from 0 to 1."""


def closest_words(word: object, known: Iterable[str], *, count: int = 1, cutoff: float = CUTOFF) -> list[str]:
    """Return the most similar known words, the closest first; none where the search would take long."""
    words, text = list(known), str(word)
    if not words or len(words) > MAX_KNOWN_WORDS or len(text) > MAX_WORD_CHARS:
        return []
    import difflib  # most words are spelt right

    return difflib.get_close_matches(text, words, n=count, cutoff=cutoff)


def did_you_mean(word: object, known: Iterable[str], *, cutoff: float = CUTOFF) -> str:
    """Return `did you mean 'faults'?`, or nothing if no known word is similar."""
    close = closest_words(word, known, cutoff=cutoff)
    return f"did you mean {close[0]!r}?" if close else ""


def suggest_word(word: object, known: Iterable[str]) -> str:
    """Return `Did you mean 'faults'?` as a sentence, or nothing if no known word is similar."""
    suggestion = did_you_mean(word, known)
    return suggestion[:1].upper() + suggestion[1:]


def one_of(known: Iterable[str]) -> str:
    """Return `one of: a, b, c`; of many, the first."""
    words = list(known)
    more = f" and {len(words) - MAX_LISTED_WORDS} more" if len(words) > MAX_LISTED_WORDS else ""
    return f"one of: {', '.join(words[:MAX_LISTED_WORDS])}{more}"
