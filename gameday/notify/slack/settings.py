"""Settings of a Slack channel, as gameday.yaml has them, and its endpoint with the secrets to read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from gameday.clients.connection import Connection, Secret, connection_problems, read_connection
from gameday.clients.http_proxy_variables import is_local
from gameday.clients.server_address import url_problem
from gameday.model import ChannelBinding, Json
from gameday.notify.slack.commands import COMMANDS, REACTIONS, REPLIES
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean, one_of
from gameday.variables import has_variable, substitute

KEYS = ("bot_token", "app_token", "conversation", "private", "archive", "reactions", "replies", "api_url", "ca")
API_URL = "https://slack.com/api"
_CONVERSATION = re.compile(r"[CG][A-Z0-9]{6,}")
_SECRET = "write ${NAME} or {file: PATH}"  # noqa: S105 - a hint, not a secret


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """A workspace and what the channel does there. `app_token` None: it only sends.

    `conversation`: the id of an existing channel, empty if each drill gets its own; `reactions` and `replies`: the
    command of each emoji and of each beginning of a text."""

    api_url: str
    bot_token: Connection
    app_token: Connection | None
    conversation: str
    is_private: bool
    archives: bool
    reactions: Mapping[str, str]
    replies: Mapping[str, str]


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield what is wrong with the settings as written."""
    for key in settings:
        if key not in KEYS:
            wrong = f"unknown key {key!r} for channel slack"
            yield SettingsProblem((key,), wrong, did_you_mean(key, KEYS), key_is_unexpected=True)
    if "bot_token" not in settings:
        yield SettingsProblem((), "missing key 'bot_token', required by channel slack", _SECRET)
    for key in ("bot_token", "app_token"):
        yield from _token_problems(key, settings.get(key))
    yield from _text_problems(settings)
    for key in ("private", "archive"):
        if not isinstance(settings.get(key, True), bool):
            yield SettingsProblem((key,), f"{key} must be true or false")
    for key in ("reactions", "replies"):
        yield from _table_problems(key, settings.get(key))
    for keys, wrong, todo in connection_problems({"ca": settings["ca"]} if "ca" in settings else {}):
        yield SettingsProblem(keys, wrong, todo)


def _token_problems(key: str, token: Json) -> Iterator[SettingsProblem]:
    """Yield what is wrong with a token: it never stands in the file itself."""
    is_file = isinstance(token, dict) and set(token) == {"file"} and isinstance(token["file"], str)
    if token is not None and not is_file and not (isinstance(token, str) and has_variable(token)):
        yield SettingsProblem((key,), f"{key} must not be written into the file", _SECRET)


def _text_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    conversation, url = settings.get("conversation"), settings.get("api_url")
    is_id = isinstance(conversation, str) and (has_variable(conversation) or _CONVERSATION.fullmatch(conversation))
    if conversation is not None and not is_id:
        todo = "write the ID that Slack shows at the end of the channel's details, such as C0123456789"
        yield SettingsProblem(("conversation",), "conversation must be the ID of a channel", todo)
    if url is None:
        return
    problem = url_problem(url) if isinstance(url, str) else "api_url must be an address"
    if not problem and isinstance(url, str) and url.startswith("http:") and not is_local(urlsplit(url).hostname or ""):
        problem = "api_url must begin with https://: it receives the tokens"
    if problem:
        yield SettingsProblem(("api_url",), problem, f"the default is {API_URL}")


def _table_problems(key: str, table: Json) -> Iterator[SettingsProblem]:
    if table is None:
        return
    if not isinstance(table, dict):
        yield SettingsProblem((key,), f"{key} must be a map", "such as {eyes: acknowledge}")
        return
    for name, command in table.items():
        if command is not None and command not in COMMANDS:
            todo = did_you_mean(str(command), COMMANDS) or one_of(COMMANDS)
            yield SettingsProblem((key, name), f"unknown command {command!r}", todo)


def read_endpoint(binding: ChannelBinding) -> SlackEndpoint:
    """Return the endpoint; tokens are read at each request. Raises VariableError."""
    settings = binding.settings
    return SlackEndpoint(
        substitute(str(settings.get("api_url", API_URL)), os.environ).rstrip("/"),
        _connection(binding, "bot_token"),
        _connection(binding, "app_token") if "app_token" in settings else None,
        substitute(str(settings.get("conversation", "")), os.environ),
        settings.get("private") is True,
        settings.get("archive", True) is True,
        _table(settings.get("reactions"), REACTIONS),
        _table(settings.get("replies"), REPLIES),
    )


def _connection(binding: ChannelBinding, key: str) -> Connection:
    keys = {"bearer": binding.settings[key]}
    return read_connection(
        keys | {key: binding.settings[key] for key in ("ca",) if key in binding.settings}, binding.folder
    )


def _table(written: Json, default: Mapping[str, str]) -> Mapping[str, str]:
    """Return the table with what the file changes in it; a name with null has no command."""
    changed = {**default, **(written if isinstance(written, dict) else {})}
    return {name.casefold().strip(":"): str(command) for name, command in changed.items() if command}


def secrets_of(*connections: Connection | None) -> tuple[str, ...]:
    """Return the tokens, which no message may contain. Raises CredentialError."""
    return tuple(token.read() for token in (each.bearer for each in connections if each) if isinstance(token, Secret))
