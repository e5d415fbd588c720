"""What is read aloud before a drill begins: in one place, so that the story, the desk and the lines say the same."""

from __future__ import annotations

BRIEFING_SENTENCES = (
    "This is a drill{which}. Every message of it says so. A real incident wins, at once.",
    "Anybody may stop it, at any moment, without a reason: say STOP, press !, or type: gameday stop",
    "Recorded is what is said and when, by role and never by name; this team reads it, nobody is graded.",
    "Anything called gd-... is scenery: leave it alone.",
)
"""`which`: the drill and where it is, once there is one."""
