"""The glossary: the vocabulary, and the moments of a drill from their table."""

from __future__ import annotations

from reference_pages.markdown import sentence, table
from reference_pages.vocabulary import VOCABULARY

from gameday.moments import MOMENTS


def generate() -> str:
    """Return the table of words in alphabetical order and the table of moments."""
    words = table(("word", "meaning"), [(f"**{word}**", VOCABULARY[word]) for word in sorted(VOCABULARY)])
    moments = table(
        ("moment", "meaning", "recorded by"),
        [(f"`{moment}`", sentence(info.means), _recorder(info.human)) for moment, info in MOMENTS.items()],
    )
    return f"## Words\n\n{words}\n\n## Moments\n\n{moments}"


def _recorder(human: bool) -> str:
    return "a person" if human else "the program"
