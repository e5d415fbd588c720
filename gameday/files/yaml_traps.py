"""Common YAML traps, and what the author meant."""

from __future__ import annotations

import re

import yaml

_TEXT_KEYS = frozenset({"id", "kind", "target", "signal", "when", "from", "hint", "unless", "say", "at", "by", "take"})
"""Keys whose value is a word: true or false is never meant."""
_CLOCK = re.compile(r"[0-9]+(:[0-9]+)+")
_NO_SPACE = re.compile(r"[ ]*(?:-[ ]+)*(?P<key>[a-z_]+):(?P<value>[^\s/:][^:]*)$")
_BARE_VARIABLE = re.compile(r"[{\[,:][ ]*(?P<start>[^\s\"',\[\]{}]*\$\{)")
_OPEN_BRACE = re.compile(r":[ ]+\{[a-z][a-z0-9_-]*\}[ ]*[^\s,}#]")


def explain_retyped_word(word: str, key: str = "") -> tuple[str, str]:
    """Return what is wrong with a word that YAML reads as another value, and what to write."""
    quoted = f'put it in quotes: "{word}"'
    if word.lower() in ("yes", "no", "on", "off"):
        reads = "true" if word.lower() in ("yes", "on") else "false"
        return f"YAML reads {word} as {reads}", quoted if key in _TEXT_KEYS else f"{quoted}, or write {reads}"
    if _CLOCK.fullmatch(word):
        return f"YAML reads {word} as {yaml.safe_load(word)}", "write a duration as 12m30s, a time as impact+2m"
    try:
        return f"YAML reads {word} as {yaml.safe_load(word)}", quoted
    except (ValueError, yaml.YAMLError):
        return f"YAML would change {shorten(word)}", quoted


def find_missing_space(key: str) -> tuple[str, str] | None:
    """Return key and value of `at:impact+2m`, or None for any other key."""
    name, colon, value = key.partition(":")
    is_meant = colon and value and name.replace("_", "").isalpha() and not value.startswith("/")
    return (name, value) if is_meant else None


def find_trap_near(text: str, line: int) -> tuple[int, int, str, str] | None:
    """Return line, column, fault and remedy of a known trap in a line that YAML cannot read, or in the one before."""
    lines = text.splitlines()
    for number in (line - 1, line):
        content = lines[number - 1] if 0 < number <= len(lines) else ""
        if match := _NO_SPACE.fullmatch(content):
            key, value = match["key"], match["value"].strip()
            column = match.start("key") + 1
            return (
                number,
                column,
                f"missing space after the colon in {shorten(f'{key}:{value}')!r}",
                f"write {key}: {value}",
            )
        if bare := _BARE_VARIABLE.search(content):
            column = bare.start("start") + 1
            return number, column, "a variable between { } or [ ] needs quotes", 'write "${NAME}"'
        if brace := _OPEN_BRACE.search(content):
            column = brace.start() + brace[0].index("{") + 1
            return number, column, "YAML reads text that starts with { as a map", "put the text in quotes"
    return None


def shorten(text: str) -> str:
    """Cut a text that is too long for a message."""
    return text if len(text) <= 40 else text[:37] + "..."
