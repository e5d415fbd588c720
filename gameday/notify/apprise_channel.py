"""Message channel `apprise`: e-mail, Teams, Mattermost, Matrix, PagerDuty and a generic webhook, one way.

Apprise is imported only where such a channel exists: it takes 0.7 s. Its addresses hold secrets, and so do its logs;
nothing of either is repeated.
"""

from __future__ import annotations

import logging
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from typing_extensions import override

from gameday.clients.connection import CredentialError
from gameday.clients.foreign_text import shorten_line
from gameday.model import ChannelBinding, Json
from gameday.notify.secret_url import read_url
from gameday.notify.webhook_body import MAX_TEXT_CHARS, neutralize_mentions
from gameday.plugins.channel import MARK, ChannelMessage, DeliveryError, MessageChannel
from gameday.plugins.types import Deadline, SettingsProblem
from gameday.suggestions import did_you_mean, one_of
from gameday.units import format_duration
from gameday.variables import has_variable

if TYPE_CHECKING:
    from apprise import NotifyBase

SCHEMES = {
    "mailto": "e-mail", "mailtos": "e-mail", "workflow": "Teams", "workflows": "Teams", "mmost": "Mattermost",
    "mmosts": "Mattermost", "matrix": "Matrix", "matrixs": "Matrix", "pagerduty": "PagerDuty",
    "json": "generic JSON", "jsons": "generic JSON",
}  # fmt: skip
"""Allowed schemes: those whose messages are tested, or whose formats are documented by their makers."""
KEYS = ("url",)
_URL_HINT = "write ${NAME} or {file: PATH}: the address holds a secret"
_STATUS = re.compile(r"error=(\d{3})\b")
_LOGGER = logging.getLogger("apprise")


class AppriseChannel(MessageChannel):
    """Service that Apprise delivers to."""

    name = "apprise"

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
        for key in settings:
            if key not in KEYS:
                wrong = f"unknown key {key!r} for channel apprise"
                yield SettingsProblem((key,), wrong, did_you_mean(key, KEYS), key_is_unexpected=True)
        url = settings.get("url")
        is_file = isinstance(url, dict) and set(url) == {"file"} and isinstance(url["file"], str)
        if url is None:
            yield SettingsProblem((), "missing key 'url', required by channel apprise", _URL_HINT)
        elif not is_file and not (isinstance(url, str) and has_variable(url)):
            yield SettingsProblem(("url",), "url must not be written into the file", _URL_HINT)

    @override
    def find_obstacle(self, binding: ChannelBinding) -> str:
        try:
            _open(binding)
        except DeliveryError as error:
            return error.reason
        return ""

    @override
    def load(self) -> None:
        _import_apprise()

    @override
    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None:
        service, kind = _open(binding)
        delivery = _Delivery(service, kind, message, deadline.remaining())
        delivery.start()
        delivery.join(deadline.remaining())
        if delivery.is_alive():
            wrong = f"no response within {format_duration(binding.timeout)}; the message may have arrived"
            raise DeliveryError(wrong)
        delivery.require_success()


def _open(binding: ChannelBinding) -> tuple[NotifyBase, str]:
    """Return the service that the address names, and its kind. Raises DeliveryError without a part of the address."""
    try:
        url = read_url(binding)
    except (CredentialError, ValueError) as error:
        raise DeliveryError(str(error)) from None
    scheme = url.partition("://")[0].casefold()
    if scheme not in SCHEMES:
        raise DeliveryError(f"the scheme of the address is not allowed ({one_of(SCHEMES)})")
    apprise = _import_apprise()
    asset = apprise.AppriseAsset(async_mode=False, storage_mode="memory", secure_logging=True)
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        raise DeliveryError(f"the address is not one of {SCHEMES[scheme]}, as Apprise documents it")
    return service, SCHEMES[scheme]


@cache
def _import_apprise() -> ModuleType:
    """Import Apprise, and keep its own log from the screen: it may quote an address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # one of its 190 services uses an old module
        import apprise

        apprise.Apprise.instantiate("json://localhost")  # its services are imported with the first address
    if not _LOGGER.handlers:
        _LOGGER.addHandler(logging.NullHandler())
    _LOGGER.propagate = False
    return apprise


class _Delivery(threading.Thread):
    """One message on its way. Apprise has a time-out for each read, but none for the whole, so nobody waits longer."""

    def __init__(self, service: NotifyBase, kind: str, message: ChannelMessage, seconds: float) -> None:
        super().__init__(name="apprise", daemon=True)
        self._service, self._kind, self._message = service, kind, message
        self._log = _StatusLog()
        self._succeeded = False
        service.socket_connect_timeout = service.socket_read_timeout = max(seconds, 0.1)
        service.redirects = False
        service.service_retry = 0

    @override
    def run(self) -> None:
        self._log.thread = threading.get_ident()
        _LOGGER.addHandler(self._log)
        try:
            text = shorten_line(neutralize_mentions(self._message.line), MAX_TEXT_CHARS)
            self._succeeded = bool(
                self._service.notify(body=text, title=self._title(), body_format=_import_apprise().NotifyFormat.TEXT)
            )
        except Exception as error:  # its plugins raise what their libraries raise
            self._log.failure = type(error).__name__
        finally:
            _LOGGER.removeHandler(self._log)

    def _title(self) -> str:
        """Return the subject of an e-mail; a chat needs none."""
        if self._kind != "e-mail":
            return ""
        return neutralize_mentions(f"{MARK} {self._message.sender} ({self._message.environment})")

    def require_success(self) -> None:
        """Raise DeliveryError unless the message was accepted."""
        if self._succeeded:
            return
        status = self._log.status
        detail = f" (HTTP {status})" if status else f" ({self._log.failure})" if self._log.failure else ""
        raise DeliveryError(f"the service did not accept the message{detail}", may_retry=status >= 500 or status == 429)


class _StatusLog(logging.Handler):
    """Status of a refusal, which Apprise names only in its log. Of the text, nothing else is kept."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = 0
        self.status = 0
        self.failure = ""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread and (match := _STATUS.search(record.getMessage())):
            self.status = int(match[1])
