"""Prompts of the desk's keys, and the requests that they send to the drill."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gameday.drill.control.client import DrillClient
from gameday.drill.control.facilitator_requests import facilitator_event
from gameday.drill.control.participant_requests import RequestRejected, require_question
from gameday.drill.state import DrillState
from gameday.model import Plan, Role
from gameday.moments import Moment
from gameday.terminal.desk.prompt import Prompt, PromptStep
from gameday.units import format_role

MAX_RECORDS, MAX_RECORD_LENGTH = 5, 60
"""Records to choose from, and characters of each that are shown."""
Send = Callable[[Callable[[], str], bool], None]
"""Runs a request in the background and shows its answer; True if the answer is secret."""

MOMENTS: Mapping[str, tuple[str, str, bool]] = {
    "a": ("acknowledged", "Page acknowledged", True), "d": ("declared", "Incident declared", True),
    "i": ("ic-announced", "IC announced", False), "r": ("assembled", "Team assembled", False),
    "u": ("update", "Update", True), "h": ("theory", "Theory", True), "l": ("help", "Help requested", True),
    "m": ("mitigation-reported", "Service restored", True), "n": ("note", "Note", True),
    "c": ("decision", "Decision", True),
}  # fmt: skip
"""The kind of event, the prompt's title, and True if it takes text; by key."""
NO_SPEAKER_NEEDED = frozenset({"ic-announced", "assembled"})
"""Statements that need no speaker: the speaker is obvious, or is everyone."""

ENTRY_COMMANDS: Mapping[str, tuple[str, str]] = {
    "s": ("send", "Send it now"), "x": ("skip", "Skip it"), "o": ("hold", "Hold it"),
    "j": ("whisper", "Give this hint to the IC only, through the mentor"),
}  # fmt: skip
IMMEDIATE_COMMANDS: Mapping[str, tuple[str, str]] = {
    "f": ("now", "Apply the fault now"), "e": ("extend", "Extend the timebox by 5 min"),
    "v": ("reveal", "Reveal the fault to the responders"),
}  # fmt: skip


class KeyCommands:
    """Prompts of the keys. In a `solo` drill nobody is asked who said something."""

    def __init__(self, client: DrillClient, plan: Plan, send: Send, *, solo: bool) -> None:
        self._client = client
        self._plan = plan
        self._send = send
        self._solo = solo

    def prompt(self, key: str, state: DrillState, entry: int | None) -> Prompt | None:
        """Return the prompt of a key; None for a key without one.

        Raises RequestRejected if the drill would reject it now: nobody is asked for nothing.
        """
        if key in MOMENTS:
            kind, title, has_text = MOMENTS[key]
            is_early = kind == Moment.ACKNOWLEDGED and Moment.PAGED not in state.moments
            return self._statement(kind, f"{title} (no page is recorded yet)" if is_early else title, has_text)
        if key in ENTRY_COMMANDS or key == "w":
            return self._entry_prompt(key, state, entry)
        if key in IMMEDIATE_COMMANDS:
            intervention, title = IMMEDIATE_COMMANDS[key]
            self._require_possible(intervention, {}, state)
            return self._confirmation(title, intervention, {}, secret=intervention != "extend")
        if key == "p":
            paused = state.interventions.paused_at is not None
            return self._confirmation("Resume" if paused else "Pause the drill", "resume" if paused else "pause", {})
        return self._text_prompt_of(key, state)

    def _require_possible(self, intervention: str, fields: Mapping[str, Any], state: DrillState) -> None:
        """Raise RequestRejected if the drill would reject the intervention now."""
        facilitator_event({"intervention": intervention, **fields}, self._plan, state)

    def _entry_prompt(self, key: str, state: DrillState, entry: int | None) -> Prompt:
        """Return the prompt of a key for one message. Raises RequestRejected."""
        if entry is None:
            raise RequestRejected("every message was already sent or skipped")
        if key != "w":
            return self._entry_confirmation(key, state, entry)
        prompt = self._text_prompt(f"New text of message {entry + 1}", "reword", "text", {"message": entry})
        prompt.text = self._message_text(state, entry)
        return prompt

    def _entry_confirmation(self, key: str, state: DrillState, entry: int) -> Prompt:
        """Return the confirmation of a key for one message, with the message's whole text."""
        intervention, title = ENTRY_COMMANDS[key]
        if key == "o" and entry in state.interventions.held:
            intervention, title = "release", "Release it"
        self._require_possible(intervention, {"message": entry}, state)
        message = f'Message {entry + 1}: "{self._message_text(state, entry)}"'
        return self._confirmation(f"{message} {title}", intervention, {"message": entry}, secret=True)

    def _message_text(self, state: DrillState, entry: int) -> str:
        return state.interventions.reworded.get(entry, self._plan.scenario.messages[entry].say)

    def _adjustment(self, state: DrillState) -> Prompt:
        """Return the prompt for a new value. Raises RequestRejected if no active fault can be adjusted."""
        active = [planned.fault for planned in self._plan.faults if planned.fault.id in state.adjustable]
        ranges = ", ".join(f"{key}={text}" for fault in active for key, text in fault.adjust.items())
        if not ranges:
            raise RequestRejected("no adjustable fault is active")
        return self._text_prompt(f"Adjust the fault ({ranges}) to", "adjust", "value", {}, confirms=True)

    def _text_prompt_of(self, key: str, state: DrillState) -> Prompt | None:
        match key:
            case "t":
                return self._adjustment(state)
            case "k":
                return self._text_prompt("Private note", "private", "text", {})
            case "y":
                return Prompt(
                    "Your prediction, sealed until the end",
                    (PromptStep.SEALED,),
                    self._say("prediction"),
                    text_required=True,
                )
            case "g":
                require_question(state)
                return Prompt("Your answer", (PromptStep.WORDS,), self._say("answer"), text_required=True)
            case _:
                return None

    def action(self) -> Prompt:
        """Return the choice of the environment's actions. Raises RequestRejected if there are none."""
        actions = self._client.list_actions()[:9]
        if not actions:
            raise RequestRejected("this environment has no actions, or the drill does not respond")

        def send(prompt: Prompt) -> None:
            self._send(lambda: self._client.request_action(actions[prompt.which]), False)

        return Prompt("Run", (PromptStep.WHICH, PromptStep.SURE), send, choices=actions)

    def retraction(self) -> Prompt:
        """Return the choice of the latest records. Raises RequestRejected if there are none."""
        known = self._client.list_records()
        records = known[:MAX_RECORDS]
        if not records:
            raise RequestRejected("there are no records to retract")

        def send(prompt: Prompt) -> None:
            self._send(lambda: self._client.retract(records[prompt.which][0]), False)

        texts = [textwrap.shorten(text, MAX_RECORD_LENGTH, placeholder=" ...") for _, text in records]
        older = len(known) - len(records)
        which = f"Retract ({older} older: gameday retract)" if older else "Retract"
        return Prompt("Retract", (PromptStep.WHICH, PromptStep.SURE), send, choices=texts, titles=(which, "Retract"))

    def begin(self, roles: list[str], unfilled: Sequence[Role]) -> Prompt:
        """Return the confirmation of the start; each required role that nobody fills is confirmed by itself."""
        titles = [f"{format_role(role)} is required, and nobody fills it. Start without it" for role in unfilled]
        fields = {"roles": roles, "without": [role.value for role in unfilled]}
        prompt = self._confirmation("Start the drill", "begin", fields)
        prompt.asks, prompt.titles = (PromptStep.SURE,) * (len(unfilled) + 1), (*titles, prompt.title)
        return prompt

    def hint(self, entry: int) -> Prompt:
        """Return the prompt for the offered hint: in a solo drill the responder asks for it."""
        return self._confirmation("Request the hint", "send", {"message": entry})

    def close(self, leave: Callable[[], None], *, is_over: bool) -> Prompt:
        """Return the prompt for leaving the screen."""
        consequence = "without the debrief" if is_over else "the drill continues"
        return Prompt(f"Close this screen ({consequence})", (PromptStep.SURE,), lambda _: leave())

    def stop(self) -> None:
        """Revert all faults at once; whether the drill ends is asked afterwards."""
        self._send(self._client.stop, False)

    def stop_decision(self, key: str) -> Prompt:
        """Return the confirmation of the end, or of the resume, after STOP."""
        if key == "r":
            return self._confirmation("Resume the drill: apply the faults again", "resume", {})
        return Prompt("End the drill", (PromptStep.SURE,), lambda _: self._send(self._client.end, False))

    def _statement(self, kind: str, title: str, has_text: bool) -> Prompt:
        asks_who = not self._solo and kind not in NO_SPEAKER_NEEDED
        who, words = (PromptStep.WHO,) if asks_who else (), (PromptStep.WORDS,) if has_text else ()
        asks = (*who, *words) or (PromptStep.WHEN,)
        return Prompt(title, asks, self._say(kind), text_required=kind in ("note", "decision", "update", "theory"))

    def _say(self, kind: str) -> Callable[[Prompt], None]:
        def send(prompt: Prompt) -> None:
            role = prompt.role.value if prompt.role else None
            self._send(lambda: self._client.send_statement(kind, prompt.text, role, prompt.seconds_ago), False)

        return send

    def _confirmation(
        self, title: str, intervention: str, fields: Mapping[str, Any], *, secret: bool = False
    ) -> Prompt:
        request = partial(self._client.send_intervention, intervention, fields)
        return Prompt(title, (PromptStep.SURE,), lambda _: self._send(request, secret), secret=secret)

    def _text_prompt(
        self, title: str, intervention: str, key: str, fields: Mapping[str, Any], *, confirms: bool = False
    ) -> Prompt:
        """Return a prompt for text; all of these are the facilitator's. `confirms`: ask before it is sent."""

        def send(prompt: Prompt) -> None:
            self._send(lambda: self._client.send_intervention(intervention, {**fields, key: prompt.text}), True)

        asks = (PromptStep.WORDS, PromptStep.SURE) if confirms else (PromptStep.WORDS,)
        return Prompt(title, asks, send, text_required=True, secret=True)
