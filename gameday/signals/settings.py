"""Readers of a signal's settings. All raise BadArguments with what to correct."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from gameday.clients.connection import ANONYMOUS, CONNECTION_KEYS, Connection, CredentialError, read_connection
from gameday.clients.http_client import HttpClient, Response
from gameday.clients.server_address import UrlProblem, url_problem
from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding
from gameday.units import parse_duration
from gameday.variables import VariableError, credential_variables, substitute_all, used_variables

DEFAULT_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class ProbeEndpoint:
    """Address of a probe with its credentials."""

    web: HttpClient
    url: str
    timeout: float
    connection: Connection = ANONYMOUS

    async def get(self, query: str = "") -> Response:
        """Send a request. Raises RequestError."""
        return await self.web.get(self.url, self.timeout, query, self.connection)


def endpoint(binding: SignalBinding, web: HttpClient, path: str = "") -> ProbeEndpoint:
    """Return the endpoint of `url`, with `path` appended."""
    url = required_text(binding, "url")
    _require_url(binding, url)
    if path:
        url = url.rstrip("/") + path
    connection = _connection(binding)
    try:
        web.warm_up(url, connection)
    except CredentialError as error:
        raise settings_error(binding, str(error)) from None
    return ProbeEndpoint(web, url, read_timeout_s(binding), connection)


def _require_url(binding: SignalBinding, url: str) -> None:
    if problem := url_problem(url):
        todo = ": use `basic`" if problem is UrlProblem.CREDENTIALS else ""
        raise settings_error(binding, f"`url`: {problem}{todo}")


def _connection(binding: SignalBinding) -> Connection:
    try:
        return read_connection(binding.settings, binding.folder)
    except ValueError as error:
        raise settings_error(binding, str(error)) from None


def with_variables(binding: SignalBinding) -> SignalBinding:
    """Substitute the variables of the settings. Credentials are left to the client, which reads them when it asks."""
    try:
        settings = {
            key: value if key in CONNECTION_KEYS else substitute_all(value, os.environ)
            for key, value in binding.settings.items()
        }
    except VariableError as error:
        raise settings_error(binding, f"{error.wrong}: {error.todo}") from None
    return replace(binding, settings=settings)


def secrets_of(binding: SignalBinding) -> list[str]:
    """Return what no message about the signal may contain: its credentials, and the values of its variables.

    `binding`: as written. A variable in the host of the URL is no secret: messages name the host."""
    settings = {key: value for key, value in binding.settings.items() if key != "timeout"}
    try:
        url = str(substitute_all(settings.get("url", ""), os.environ))
        host = urlsplit(url).netloc
        credentials = read_connection(binding.settings, binding.folder).secrets()
    except ValueError:
        return []
    values = credential_variables(os.environ) | used_variables(cast("Json", settings), os.environ)
    return [*credentials, *(value for value in values.values() if value not in host)]


def settings_error(binding: SignalBinding, text: str) -> BadArguments:
    """Return the error for a wrong setting."""
    return BadArguments(
        f"signal {binding.signal}, probe {binding.probe}: {text}", "correct the signal in gameday.yaml, then try again"
    )


def required_text(binding: SignalBinding, key: str) -> str:
    """Return a required text."""
    value = optional_text(binding, key)
    if not value:
        raise settings_error(binding, f"missing key `{key}`")
    return value


def optional_text(binding: SignalBinding, key: str) -> str:
    """Return an optional text; empty if it is missing."""
    value = binding.settings.get(key, "")
    if not isinstance(value, str):
        raise settings_error(binding, f"`{key}` must be text")
    return value


def required_texts(binding: SignalBinding, key: str) -> tuple[str, ...]:
    """Return a list of at least one text: a command and its arguments."""
    value = binding.settings.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str | int | float) for item in value):
        raise settings_error(binding, f"`{key}` must be a list of strings, such as [./probe.sh, checkout]")
    return tuple(str(item) for item in value)


def optional_labels(binding: SignalBinding) -> Mapping[str, str]:
    """Return `labels`; empty if they are missing."""
    value: Json = binding.settings.get("labels", {})
    if not isinstance(value, dict):
        raise settings_error(binding, "`labels` must be a map of names to text")
    return {key: str(value) for key, value in value.items()}


def read_timeout_s(binding: SignalBinding) -> float:
    """Return the timeout in seconds, from a number of seconds or a duration."""
    value = binding.settings.get("timeout", DEFAULT_TIMEOUT)
    try:
        seconds = parse_duration(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError) as error:
        raise settings_error(binding, f"`timeout`: {error}") from None
    if not 0 < seconds <= 600:
        raise settings_error(binding, "`timeout` must be longer than 0 and at most 10m")
    return seconds
