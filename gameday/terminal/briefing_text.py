"""Briefing that is read aloud before a drill starts; preview, desk and lines share it."""

from __future__ import annotations

BRIEFING_SENTENCES = (
    "This is a drill{which}. Every drill message is marked as one. A real incident takes priority.",
    "Anyone may stop it at any time, without a reason: say STOP, press !, or run gameday stop.",
    "Statements are recorded with role and time, never with names. Nobody is graded.",
    "Ignore objects named gd-*: they belong to the drill.",
)
"""`which` is the drill and its environment, once they are known."""
