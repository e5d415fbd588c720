"""Commands as text for people, without the secrets in their arguments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import zip_longest

HIDDEN = "***"
_VARIABLE = re.compile(r"\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*(?::?-[^{}]*)?\}")
_NEEDS_ESCAPE = re.compile(r"[\\\"`$]")
_SENSITIVE_NAME = (
    r"[\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)"
)
_SECRET_FLAG = re.compile(rf"--?{_SENSITIVE_NAME}", re.IGNORECASE)
_USER_FLAGS = frozenset({"-u", "--user", "--proxy-user"})
"""Flags, as curl's, whose value may be `user:password`."""
_ASSIGNMENT = re.compile(
    rf"(?<![\w.-])(-{{0,2}}{_SENSITIVE_NAME}\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'&;|]+)", re.IGNORECASE
)
_FLAG_IN_TEXT = re.compile(
    rf"((?<!\S)--?{_SENSITIVE_NAME}\s+)(\"[^\"]*\"|'[^']*'|[^\s\"'&;|-][^\s\"'&;|]*)", re.IGNORECASE
)
_HEADER = re.compile(r"((?:proxy-)?authorization\s*:\s*)[^\"'\n]+", re.IGNORECASE)
_URL_USER = re.compile(r"([a-z][a-z0-9+.-]*://)[^\s/@\"']+@", re.IGNORECASE)


def format_command(words: Iterable[object]) -> str:
    """Format a command as in a shell, with `***` for what looks like a secret."""
    return " ".join(word if word == HIDDEN else _quote(word) for word in redact_words([str(w) for w in words]))


def _quote(word: str) -> str:
    """Quote a word for a shell that fills in the variables of gameday.yaml: `${NAME}`, and `$$` for a `$`."""
    if not _VARIABLE.search(word):
        return shlex.quote(word)
    parts = [_NEEDS_ESCAPE.sub(r"\\\g<0>", part) for part in _VARIABLE.split(word)]
    references = ["\\$" if match == "$$" else match for match in _VARIABLE.findall(word)]
    return f'"{"".join(text for pair in zip_longest(parts, references, fillvalue="") for text in pair)}"'


def redact_words(words: Sequence[str]) -> list[str]:
    """Replace the values of options, variables, headers and URLs that look like secrets."""
    redacted: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if _SECRET_FLAG.fullmatch(before) and not word.startswith("-"):
            redacted.append(HIDDEN)
        elif before in _USER_FLAGS and ":" in word:
            redacted.append(f"{word.partition(':')[0]}:{HIDDEN}")
        else:
            redacted.append(redact_text(word))
    return redacted


def redact_text(text: str) -> str:
    """Replace the values that look like secrets in one word, which may be a script of its own."""
    for pattern, replacement in (
        (_URL_USER, rf"\1{HIDDEN}@"),
        (_HEADER, rf"\1{HIDDEN}"),
        (_ASSIGNMENT, rf"\1{HIDDEN}"),
        (_FLAG_IN_TEXT, rf"\1{HIDDEN}"),
    ):
        text = pattern.sub(replacement, text)
    return text
