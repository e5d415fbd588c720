"""Socket Mode: a WebSocket that this side opens, over which Slack sends the events of its channels.

Protocol: https://docs.slack.dev/apis/events-api/using-socket-mode. Each envelope is acknowledged by its `envelope_id`
within three seconds, so handling it happens in another thread; one that Slack sends again is handled once.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gameday.clients.connection import ANONYMOUS, Connection, CredentialError
from gameday.clients.http_proxy_variables import is_local, proxy_for
from gameday.clients.tls import tls_context
from gameday.notify.slack.commands import STOP, parse_command
from gameday.notify.slack.settings import SlackEndpoint
from gameday.notify.slack.web_api import BAD_TOKEN, SlackError, call
from gameday.plugins.channel import ChatCommand, DeliveryError
from gameday.plugins.types import Deadline

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

RETRY_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Before each further attempt to connect; the last one is repeated."""
RECEIVE_INTERVAL_S = 0.5
"""At most so long until a stop is noticed."""
MAX_ENVELOPE_BYTES = 1 << 20
MAX_REMEMBERED = 2000
"""Envelopes and events that are recognised when Slack sends them again."""
MAX_WAITING = 200
"""Commands that wait to be handled; more of them are dropped."""

_SILENT = logging.getLogger("gameday.notify.slack.websocket")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False  # its messages name addresses, which hold a ticket

Receive = Callable[[ChatCommand], None]
"""Hands a command to the drill, and shows its answer. May raise DeliveryError."""


class SocketModeListener:
    """Listener of one drill: a thread that receives, and another that hands commands over, in their order.

    `conversation`: returns the id of the drill's channel, empty while it has none. STOP waits for no other command.
    `report` is called once, for the first failure."""

    def __init__(
        self, endpoint: SlackEndpoint, timeout: float, conversation: Callable[[], str],
        receive: Receive, report: Callable[[str], None], pauses: Sequence[float] = RETRY_PAUSES_S,
    ) -> None:  # fmt: skip
        self._endpoint, self._timeout, self._conversation = endpoint, timeout, conversation
        self._receive, self._report, self._pauses = receive, report, pauses
        self._stopped = threading.Event()
        self._has_reported = False
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._commands: queue.Queue[ChatCommand | None] = queue.Queue(MAX_WAITING)

    def start(self) -> None:
        """Start both threads; neither is waited for."""
        for target, name in ((self._listen, "slack"), (self._hand_over, "slack commands")):
            threading.Thread(target=target, name=name, daemon=True).start()

    def stop(self) -> None:
        """End both threads soon; returns at once."""
        self._stopped.set()
        self._put(None)

    def _listen(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                with self._connect() as socket:
                    failures = 0
                    self._read(socket)
                self._stopped.wait(self._pauses[0])  # Slack asked for another connection
            except Exception as error:  # a chat must not end its thread
                self._report_once(_reason(error))
                if isinstance(error, SlackError) and error.code in BAD_TOKEN:
                    return
                pause = self._pauses[min(failures, len(self._pauses) - 1)]
                failures += 1
                self._stopped.wait(max(pause, getattr(error, "retry_after", 0.0)))

    def _connect(self) -> ClientConnection:
        """Ask Slack for an address, and connect to it with the same trust as every other server."""
        from websockets.sync.client import connect

        token, deadline = self._endpoint.app_token, Deadline.after(self._timeout)
        assert token is not None, "without an app token nothing is received"
        url = str(call(self._endpoint.api_url, token, "apps.connections.open", {}, deadline).get("url", ""))
        parts = urlsplit(url)
        if parts.scheme != "wss" and not (parts.scheme == "ws" and is_local(parts.hostname or "")):
            raise DeliveryError("Slack named an address without TLS")
        proxy = proxy_for(url.replace("ws", "http", 1), os.environ)
        return connect(
            url, ssl=tls_context(_trust(token)) if parts.scheme == "wss" else None, proxy=proxy or None,
            open_timeout=deadline.remaining(), close_timeout=1.0, max_size=MAX_ENVELOPE_BYTES, logger=_SILENT,
        )  # fmt: skip

    def _read(self, socket: ClientConnection) -> None:
        """Acknowledge and handle envelopes until Slack asks to reconnect. Raises when the connection breaks."""
        while not self._stopped.is_set():
            try:
                text = socket.recv(timeout=RECEIVE_INTERVAL_S)
            except TimeoutError:
                continue
            envelope = _parse(text)
            if isinstance(identifier := envelope.get("envelope_id"), str):
                socket.send(json.dumps({"envelope_id": identifier}))
            if envelope.get("type") == "disconnect":
                return
            self._handle(envelope)

    def _handle(self, envelope: Mapping[str, Any]) -> None:
        payload = envelope.get("payload")
        event = payload.get("event") if isinstance(payload, dict) else None
        if envelope.get("type") != "events_api" or not isinstance(event, dict) or not isinstance(payload, dict):
            return
        if not self._is_new(envelope.get("envelope_id")) or not self._is_new(payload.get("event_id")):
            return
        conversation = self._conversation()
        if conversation and (
            command := parse_command(event, conversation, self._endpoint.reactions, self._endpoint.replies)
        ):
            if command.name == STOP:
                threading.Thread(target=self._receive_safely, args=(command,), daemon=True).start()
            else:
                self._put(command)

    def _is_new(self, identifier: Any) -> bool:
        """Return True for an identifier that was not seen before, and remember it."""
        if not isinstance(identifier, str):
            return True
        if identifier in self._seen:
            return False
        self._seen[identifier] = None
        if len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _put(self, command: ChatCommand | None) -> None:
        try:
            self._commands.put_nowait(command)
        except queue.Full:
            self._report_once(f"more than {MAX_WAITING} commands from the chat were waiting")

    def _hand_over(self) -> None:
        while (command := self._commands.get()) is not None:
            self._receive_safely(command)

    def _receive_safely(self, command: ChatCommand) -> None:
        try:
            self._receive(command)
        except Exception as error:  # the command may be recorded all the same
            self._report_once(f"no answer could be shown: {_reason(error)}")

    def _report_once(self, reason: str) -> None:
        has_reported, self._has_reported = self._has_reported, True
        if not has_reported and not self._stopped.is_set():
            self._report(f"receiving from Slack: {reason}")


def _trust(token: Connection) -> Connection:
    """Return the authority that is trusted, without the token: the address has its own ticket."""
    return Connection(ca=token.ca) if token.ca else ANONYMOUS


def _parse(text: str | bytes) -> Mapping[str, Any]:
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return envelope if isinstance(envelope, dict) else {}


def _reason(error: Exception) -> str:
    """Return what failed, without an address: that of the WebSocket holds a ticket."""
    if isinstance(error, DeliveryError):
        return error.reason
    if isinstance(error, CredentialError):
        return str(error)
    return f"the connection failed ({type(error).__name__}); trying again"
