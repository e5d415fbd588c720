"""Client of a running drill: requests over the control socket of its runner or guardian."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gameday.drill.control.drill_registry import guardian_socket_path

ServerAnswer = Mapping[str, Any]
RESPONSE_TIMEOUT_S = 2.0
RESPONSE_MARGIN_S = 0.5
"""Time to wait for an answer after the request has expired: the answer needs time on its way back."""
STOP_CONFIRMATION = "STOP: reverting all faults"
MAX_ANSWER_BYTES = 1 << 20
GUARDIAN_IS_REVERTING = "The guardian is reverting all faults and verifies that none comes back"
GUARDIAN_GRACE_S = 8.0
"""Time for a guardian to revert what a killed runner left; after it the client starts `gameday halt`."""


class NoResponse(Exception):
    """Nothing listens on the socket, or no answer arrived in time."""


class ResponseUnknown(NoResponse):
    """The request was sent, and no answer arrived."""


def send_request(path: Path, request: Mapping[str, Any], seconds: float) -> ServerAnswer:
    """Send one request and return its answer.

    Raises NoResponse, and of that ResponseUnknown where the request may still be read.
    """
    is_connected = False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(str(path))
            is_connected = True
            connection.sendall(json.dumps(request).encode() + b"\n")
            return parse_object(connection.makefile("rb").readline(MAX_ANSWER_BYTES))
    except (OSError, ValueError) as error:
        raise (ResponseUnknown if is_connected else NoResponse)(str(error)) from error


def send_request_with_deadline(path: Path, request: Mapping[str, Any], seconds: float) -> ServerAnswer:
    """Send a request that expires: a drill that was suspended does not record it once its sender has left.

    The times are CLOCK_MONOTONIC, which all processes of one boot share.
    """
    now = time.monotonic()
    return send_request(path, {**request, "sent_at": now, "expires_at": now + seconds}, seconds + RESPONSE_MARGIN_S)


def parse_object(line: bytes) -> Mapping[str, Any]:
    """Return the JSON object on one line. Raises ValueError."""
    content = json.loads(line)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    return content


@dataclass(frozen=True, slots=True)
class DrillClient:
    """Client for the screens: every call returns one sentence, and none raises.

    `token` makes its holder the facilitator; empty for everybody else.
    """

    drill: str
    socket_path: Path
    token: str = ""

    def send_statement(self, kind: str, text: str, role: str | None, seconds_ago: float) -> str:
        """Record a statement of a participant."""
        return self._send(
            {"request": "statement", "kind": kind, "text": text, "role": role, "seconds_ago": seconds_ago}
        )

    def send_intervention(self, intervention: str, fields: Mapping[str, Any]) -> str:
        """Request an intervention of the facilitator."""
        return self._send({"request": "intervention", "token": self.token, "intervention": intervention, **fields})

    def request_action(self, action: str) -> str:
        """Request an action of the environment."""
        return self._send({"request": "action", "action": action})

    def list_actions(self) -> list[str]:
        """Return the names of the environment's actions."""
        try:
            answer = send_request(self.socket_path, {"request": "action"}, RESPONSE_TIMEOUT_S)
        except NoResponse:
            return []
        return [str(name) for name in answer.get("actions", ())]

    def list_records(self) -> list[tuple[int, str]]:
        """Return number and text of the latest records that can be retracted."""
        try:
            answer = send_request(self.socket_path, {"request": "retract"}, RESPONSE_TIMEOUT_S)
        except NoResponse:
            return []
        return [(int(entry), str(text)) for entry, text in answer.get("records", ())]

    def retract(self, entry: int) -> str:
        """Retract the record with this number in the log."""
        return self._send({"request": "retract", "entry": entry})

    def stop(self, *, on_page: bool = False) -> str:
        """Revert all faults; the drill then waits for a decision to end or to resume.

        `on_page`: it was pressed in a browser. Starts `gameday stop` if the runner does not respond, because that
        finds the guardian."""
        request = {"request": "stop", "resumable": True, "on_page": on_page}
        try:
            send_request(self.socket_path, request, RESPONSE_TIMEOUT_S)
        except NoResponse:
            start_detached_command("stop")
            return "The runner does not respond; started `gameday stop`, which asks its guardian"
        return STOP_CONFIRMATION

    def end(self) -> str:
        """End the drill after STOP."""
        return self._send({"request": "end"})

    def leave_to_guardian_or_halt(self) -> tuple[str, bool]:
        """Leave a drill without a runner to its guardian, or start `gameday halt`; return the message.

        The second value is False while the guardian is reverting: it may watch for long after the last revert.
        """
        if guardian_responds(self.socket_path):
            return GUARDIAN_IS_REVERTING, False
        start_detached_command("halt")
        return "Neither runner nor guardian responds; started `gameday halt`, which reverts all faults", True

    def _send(self, request: Mapping[str, Any]) -> str:
        try:
            answer = send_request_with_deadline(self.socket_path, request, RESPONSE_TIMEOUT_S)
        except ResponseUnknown:
            return "NOT recorded in time; the request has expired. Check the log before you repeat it"
        except NoResponse:
            return "NOT recorded: the drill does not respond"
        return describe_answer(answer)


def describe_answer(answer: ServerAnswer) -> str:
    """Return an answer as a sentence for a screen."""
    if not answer.get("accepted"):
        return f"Rejected: {answer.get('reason', '')}. {answer.get('remedy', '')}".strip()
    text = str(answer.get("confirmation", ""))
    return f"Recorded: {text}" if answer.get("is_record") else text[:1].upper() + text[1:]


def guardian_responds(socket_path: Path) -> bool:
    """Return True if the guardian of the drill with this control socket responds."""
    try:
        answer = send_request(guardian_socket_path(socket_path), {"request": "ping"}, RESPONSE_TIMEOUT_S)
    except NoResponse:
        return False
    return bool(answer.get("accepted"))


def start_detached_command(command: str) -> None:
    """Start a gameday command in a session of its own, so that it outlives this screen."""
    import subprocess

    subprocess.Popen(
        [sys.executable, "-m", "gameday", command],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
