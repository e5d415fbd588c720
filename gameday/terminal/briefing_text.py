"""Briefing that is read aloud before a drill starts; preview, desk and lines share it."""

from __future__ import annotations

BRIEFING_SENTENCES = (
    "This is a drill{which}. Every message of it says so. A real incident takes priority at once.",
    "Anyone may stop it at any moment, without a reason: say STOP, press !, or type: gameday stop",
    "What is said and when is recorded by role, never by name. This team reads it; nobody is graded.",
    "Ignore objects named gd-*: they belong to the drill.",
)
"""`which` is the drill and its environment, once they are known."""
