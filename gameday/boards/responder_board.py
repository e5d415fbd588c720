"""What responders may see of a running drill. A kind of event that is not listed here is never shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gameday.events import PAGES
from gameday.events.access import flag, text
from gameday.model import Event, Role
from gameday.units import format_role

MAX_MESSAGES = 40


@dataclass(frozen=True, slots=True)
class ResponderMessage:
    """One message or statement; `at` is CLOCK_MONOTONIC."""

    at: float
    who: str
    what: str


class ResponderBoard:
    """The responders' view. `pages` and `messages` are sent to responders, `statements` come from them."""

    def __init__(self) -> None:
        self.pages: list[ResponderMessage] = []
        self.messages: deque[ResponderMessage] = deque(maxlen=MAX_MESSAGES)
        self.statements: deque[ResponderMessage] = deque(maxlen=MAX_MESSAGES)
        self.roles: dict[Role, float] = {}
        self.last_update: float | None = None
        self.prediction_count = 0
        """Only the number of predictions is shown before the end."""
        self.offered_hint: int | None = None
        """Index of the hint that was offered and not sent yet."""

    def event(self, event: Event) -> ResponderMessage | None:
        """Return the message that the event gives responders, or None."""
        self._update(event)
        if event.kind in PAGES:
            self.pages.append(ResponderMessage(event.happened, _to(event), text(event.data, "say")))
            return self.pages[-1]
        if event.kind in _MESSAGES:
            self.messages.append(ResponderMessage(event.happened, *_MESSAGES[event.kind](event)))
            return self.messages[-1]
        if event.kind in _SAID:
            who = format_role(event.role) if event.role else "-"
            self.statements.append(ResponderMessage(event.happened, who, _SAID[event.kind](event)))
            return self.statements[-1]
        return None

    def _update(self, event: Event) -> None:
        match event.kind:
            case "claimed" | "ic-announced" if event.role:
                self.roles.setdefault(event.role, event.happened)
            case "handed-over" if event.role:
                self.roles[event.role] = event.happened
            case "update":
                self.last_update = event.happened
            case "prediction":
                self.prediction_count += 1
            case "offered":
                entry = event.data.get("entry")
                self.offered_hint = entry if isinstance(entry, int) else None
            case "hint" | "whispered":
                self.offered_hint = None
            case _:
                pass


def _to(event: Event) -> str:
    return f"to {text(event.data, 'to')} too" if event.kind == "escalated" else ""


_MESSAGES: Mapping[str, Callable[[Event], tuple[str, str]]] = {
    "cue": lambda event: (text(event.data, "persona"), text(event.data, "say")),
    "hint": lambda event: ("facilitator", text(event.data, "say")),
    "asked": lambda event: ("gameday", text(event.data, "say")),
    "revealed": lambda event: ("facilitator", f"Revealed: {text(event.data, 'say')}"),
    "paused": lambda _: ("facilitator", "PAUSE: everything stands still"),
    "resumed": lambda _: ("facilitator", "It goes on"),
    "extended": lambda _: ("facilitator", "Five more minutes"),
    "stop": lambda event: ("STOP", text(event.data, "say") or "Everything is being put back"),
    "halt": lambda _: ("gameday", "Halted: everything is being put back"),
    "end": lambda _: ("gameday", "ENDEX: the drill is over"),
}


def _words(prefix: str) -> Callable[[Event], str]:
    return lambda event: f"{prefix}: {said}" if (said := text(event.data, "say")) else prefix


def _action(event: Event) -> str:
    name = text(event.data, "action")
    return f"{name} is done" if flag(event.data, "ok") else f"{name} did NOT work: {text(event.data, 'say')}"


_SAID: Mapping[str, Callable[[Event], str]] = {
    "acknowledged": _words("Page acknowledged"), "declared": _words("Declared: this is an incident"),
    "ic-announced": _words("IC announced"), "assembled": _words("All needed roles are there"),
    "update": _words("Update"), "theory": _words("Theory"), "help": _words("Help is asked for"),
    "said-mitigated": _words("Users are served again, says the team"), "note": _words("Note"),
    "decision": _words("Decision"), "claimed": _words("Takes the role"), "handed-over": _words("Hands the role over"),
    "answer": _words("Answer"), "takes": lambda event: f"Takes {text(event.data, 'action')}", "action": _action,
}  # fmt: skip
