"""Briefing that is read aloud before a drill starts; preview, desk and lines share it."""

from __future__ import annotations

_SENTENCES = (
    "This is a drill{which}. Every drill message is marked as one. A real incident takes priority.",
    "Anyone may stop it at any time, without a reason: say STOP, {stop}run gameday stop.",
    "Statements are recorded with role and time, never with names. Nobody is graded.",
    "Ignore objects named gd-*: they belong to the drill.",
)
"""`which` is the drill and its environment, once they are known; `stop` names the key, where there is one."""
STOP_KEY_HINT = "press !, or "


def briefing_sentences(which: str = "", *, has_keys: bool = True) -> list[str]:
    """Return the sentences of a briefing on a screen, or in lines without keys."""
    stop = STOP_KEY_HINT if has_keys else "or "
    return [sentence.format(which=which, stop=stop) for sentence in _SENTENCES]
