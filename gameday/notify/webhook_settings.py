"""Settings of a webhook, as gameday.yaml has them. Its address often is a secret by itself, so nothing repeats it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from gameday.clients.connection import (
    CONNECTION_KEYS,
    Connection,
    CredentialError,
    connection_problems,
    read_connection,
)
from gameday.clients.server_address import UrlProblem, url_problem
from gameday.clients.tls import tls_context
from gameday.model import ChannelBinding, Json
from gameday.notify.secret_url import read_url
from gameday.notify.webhook_body import DEFAULT_BODY, PLACEHOLDERS, TEXT, has_text, unknown_placeholders
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean, one_of
from gameday.variables import VariableError, substitute_all, used_variables

KEYS = ("url", "body", *CONNECTION_KEYS)
_BASIC = "use basic: {user: ..., password: '${NAME}'}"
_ADDRESS = "write an address such as https://chat.example/hooks/..., preferably as ${NAME} or {file: PATH}"


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Address of a webhook with all secrets filled in. `secrets`: what no message may contain."""

    url: str
    body: Json
    connection: Connection
    secrets: tuple[str, ...]


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield what is wrong with the settings as written."""
    unknown = [key for key in settings if key not in KEYS]
    for key in unknown:
        wrong = f"unknown key {key!r} for channel webhook"
        yield SettingsProblem((key,), wrong, did_you_mean(key, KEYS), key_is_unexpected=True)
    if "url" not in settings and not unknown:
        yield SettingsProblem((), "missing key 'url', required by channel webhook")
    if "url" in settings:
        yield from _url_problems(settings["url"])
    if "body" in settings:
        yield from _body_problems(settings["body"])
    for keys, wrong, todo in connection_problems(settings):
        yield SettingsProblem(keys, wrong, todo)


def _url_problems(url: Json) -> Iterator[SettingsProblem]:
    if isinstance(url, dict) and set(url) == {"file"} and isinstance(url["file"], str):
        return
    if not isinstance(url, str):
        yield SettingsProblem(("url",), "url must be an address", _ADDRESS)
    elif problem := url_problem(url):
        yield SettingsProblem(("url",), problem, _BASIC if problem is UrlProblem.CREDENTIALS else _ADDRESS)


def _body_problems(body: Json) -> Iterator[SettingsProblem]:
    if not (isinstance(body, dict) and has_text(body)):
        yield SettingsProblem(
            ("body",), f"body must be a map with {TEXT} in one of its values", "such as {content: '{text}'}"
        )
    for keys, name in unknown_placeholders(body):
        todo = did_you_mean(name, PLACEHOLDERS) or one_of(PLACEHOLDERS)
        yield SettingsProblem(("body", *keys), f"unknown placeholder {{{name}}}", todo)


def find_obstacle(binding: ChannelBinding) -> str:
    """Return why nothing can be sent now: a secret or a certificate that cannot be read, an address that is none."""
    try:
        endpoint = read_endpoint(binding)
        endpoint.connection.request_headers()
        if endpoint.url.startswith("https:"):
            tls_context(endpoint.connection)
    except (CredentialError, ValueError) as error:
        return str(error)
    return ""


def read_endpoint(binding: ChannelBinding) -> WebhookEndpoint:
    """Return the endpoint, with secrets as they are now. Raises CredentialError and ValueError, without a secret."""
    url = read_url(binding)
    if problem := url_problem(url):
        raise ValueError(problem)
    connection = read_connection(binding.settings, binding.folder)
    body = binding.settings.get("body", dict(DEFAULT_BODY))
    try:
        filled = substitute_all(body, os.environ)
    except VariableError as error:
        raise ValueError(f"{error.wrong}: {error.todo}") from None
    return WebhookEndpoint(
        url, filled, connection, (*_secret_parts(url), *connection.secrets(), *_values(binding, url))
    )


def _secret_parts(url: str) -> Iterator[str]:
    """Yield the address and each part after its host: a server may quote any of them."""
    parts = urlsplit(url)
    yield from (url, url.partition("?")[0], parts.path, parts.query)
    yield from parts.path.split("/")
    yield from (pair.partition("=")[2] for pair in parts.query.split("&"))


def _values(binding: ChannelBinding, url: str) -> Iterator[str]:
    """Yield the values of all variables used; one in the host is no secret, because messages name the host."""
    host = urlsplit(url).netloc
    settings = cast("Json", dict(binding.settings))
    yield from (value for value in used_variables(settings, os.environ).values() if value not in host)
