"""Choice of the view for a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from gameday.drill.view import View
from gameday.terminal.plain_view import PlainView
from gameday.terminal.screen_state import WatchCaption
from gameday.terminal.threaded_view import ThreadedView


def create_view(
    stdout_is_tty: bool, environ: Mapping[str, str], token: str = "", caption: WatchCaption | None = None
) -> View:
    """Return a full-screen view if the terminal supports it, else lines, in a thread.

    `environ`: TERM, CI, NO_COLOR and the locale are read. `token` is shown for the facilitator's other terminals.
    """
    if not uses_screen(stdout_is_tty, environ):
        return ThreadedView(PlainView(caption=caption))
    from gameday.terminal.live_view import LiveView

    return ThreadedView(LiveView(environ=environ, token=token, caption=caption))


def uses_screen(stdout_is_tty: bool, environ: Mapping[str, str]) -> bool:
    """Return True if a drill is shown on a full screen, and not as lines."""
    return stdout_is_tty and supports_screen(environ) and not environ.get("CI")


def supports_screen(environ: Mapping[str, str]) -> bool:
    """Return True if a screen can be drawn on the terminal."""
    return environ.get("TERM", "dumb") not in ("dumb", "unknown", "")
