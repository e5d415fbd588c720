"""Authentication and trusted CAs of clients: the same keys for every server in gameday.yaml.

A secret is `${NAME}` or `{file: PATH}`. It is read when a request is sent and held by no setting, intent or log.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gameday.model import Json
from gameday.regular_file import read_regular_file
from gameday.variables import VariableError, has_variable, substitute

CONNECTION_KEYS = ("headers", "bearer", "basic", "cert", "key", "ca", "verify")
MAX_SECRET_BYTES = 64_000
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CREDENTIAL_NAME = re.compile(r"auth|cookie|token|key|secret|password|session", re.IGNORECASE)
_SECRET_HINT = "write ${NAME} or {file: PATH}"  # noqa: S105  # a hint, not a secret

ConnectionProblem = tuple[tuple[str, ...], str, str]
"""Path of the key, what is wrong, and what to write."""


class CredentialError(Exception):
    """A secret, certificate or key that cannot be read. The text is for people, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text with variables, or the path of a file that holds the secret."""

    text: str = ""
    file: str = ""

    def read(self) -> str:
        """Return the secret. Raises CredentialError."""
        if self.file:
            value = _read_file(self.file)
        else:
            try:
                value = substitute(self.text, os.environ)
            except VariableError as error:
                raise CredentialError(f"{error.wrong}: {error.todo}") from None
        if not value:
            raise CredentialError(f"the secret {self.file or self.text} is empty")
        if not value.isprintable() or not value.isascii():
            raise CredentialError(
                f"the secret {self.file or self.text} contains characters that are not allowed in a header"
            )
        return value


@dataclass(frozen=True, slots=True)
class Connection:
    """Credentials and trust of one server. `cert`, `key`, `ca`: absolute paths, empty if not set."""

    headers: tuple[tuple[str, Secret], ...] = ()
    bearer: Secret | None = None
    basic: tuple[str, Secret] | None = None
    cert: str = ""
    key: str = ""
    ca: str = ""
    verify: bool = True

    def request_headers(self) -> dict[str, str]:
        """Return the headers of a request, secrets included. Raises CredentialError."""
        headers = {name: value.read() for name, value in self.headers}
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer.read()}"
        if self.basic is not None:
            user, password = self.basic
            pair = f"{_expand(user)}:{password.read()}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return headers

    def has_credentials(self) -> bool:
        """Return True if requests carry a credential in a header."""
        names = {name.lower() for name, _ in self.headers}
        return bool(self.bearer or self.basic or "authorization" in names)

    def secrets(self) -> list[str]:
        """Return every secret in each form that a server could repeat, for redaction; unreadable ones are left out."""
        secrets = [value for _, value in self.headers]
        secrets += [self.bearer] if self.bearer else []
        secrets += [self.basic[1]] if self.basic else []
        try:
            values = [secret.read() for secret in secrets]
            sent = [value.removeprefix("Basic ") for value in self.request_headers().values()]
        except CredentialError:
            return []
        return [*values, *sent]


ANONYMOUS = Connection()


def read_connection(settings: Mapping[str, Json], folder: str = "") -> Connection:
    """Read the connection of a server; relative paths start from `folder`. Raises ValueError."""
    for _, wrong, todo in connection_problems(settings):
        raise ValueError(f"{wrong}; {todo}" if todo else wrong)
    at = resolve_connection_settings(settings, folder)
    basic = cast("dict[str, Json]", at.get("basic"))
    return Connection(
        headers=tuple((name, _secret(value)) for name, value in cast("dict[str, Json]", at.get("headers", {})).items()),
        bearer=_secret(at["bearer"]) if "bearer" in at else None,
        basic=(str(basic["user"]), _secret(basic["password"])) if basic else None,
        cert=_expand(str(at.get("cert", ""))),
        key=_expand(str(at.get("key", ""))),
        ca=_expand(str(at.get("ca", ""))),
        verify=at.get("verify", True) is True,
    )


def resolve_connection_settings(settings: Mapping[str, Json], folder: str) -> dict[str, Json]:
    """Return the settings of the connection alone, with absolute paths and secrets as written."""
    return {
        key: _absolute(value, folder, is_path=key in ("cert", "key", "ca"))
        for key, value in settings.items()
        if key in CONNECTION_KEYS
    }


def connection_problems(settings: Mapping[str, Json]) -> Iterator[ConnectionProblem]:
    """Yield what is wrong with the settings of a connection."""
    for name, value in _map(settings.get("headers")).items():
        yield from _header_problems(name, value)
    if "headers" in settings and not isinstance(settings["headers"], dict):
        yield ("headers",), "headers must be a map", "such as headers: {X-Scope-OrgID: shop}"
    if "bearer" in settings:
        yield from _secret_problems(("bearer",), settings["bearer"])
    if "basic" in settings:
        yield from _basic_problems(settings["basic"])
    if "bearer" in settings and "basic" in settings:
        yield ("basic",), "'basic' cannot be combined with 'bearer'", "keep one of them"
    yield from _tls_problems(settings)


def _header_problems(name: str, value: Json) -> Iterator[ConnectionProblem]:
    if not _HEADER_NAME.fullmatch(name):
        yield ("headers", name), f"invalid header name {name!r}", ""
    elif isinstance(value, str) and not _CREDENTIAL_NAME.search(name):
        if not value.isprintable() or not value.isascii():
            yield ("headers", name), f"header {name} contains characters that are not allowed in a header", ""
    else:
        yield from _secret_problems(("headers", name), value)


def _secret_problems(path: tuple[str, ...], value: Json) -> Iterator[ConnectionProblem]:
    is_file = isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str)
    if isinstance(value, str) and not has_variable(value):
        yield path, f"{path[-1]} holds a secret in the file", _SECRET_HINT
    elif not isinstance(value, str) and not is_file:
        yield path, f"{path[-1]} must be a secret", _SECRET_HINT


def _basic_problems(value: Json) -> Iterator[ConnectionProblem]:
    pair = _map(value)
    if set(pair) != {"user", "password"} or not isinstance(pair["user"], str):
        yield ("basic",), "basic needs 'user' and 'password'", "write {user: NAME, password: ...}"
        return
    yield from _secret_problems(("basic", "password"), pair["password"])


def _tls_problems(settings: Mapping[str, Json]) -> Iterator[ConnectionProblem]:
    for key in ("cert", "key", "ca"):
        if key in settings and not (isinstance(settings[key], str) and settings[key]):
            yield (key,), f"{key} must be the path of a PEM file", ""
    if "key" in settings and "cert" not in settings:
        yield ("key",), "'key' without 'cert'", "add the client certificate: cert: PATH"
    if not isinstance(settings.get("verify", True), bool):
        yield ("verify",), "verify must be true or false", ""
    elif settings.get("verify") is False and "ca" in settings:
        yield ("verify",), "'ca' has no effect with 'verify: false'", "remove one of them"


def _map(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _secret(value: Json) -> Secret:
    return Secret(file=_expand(str(value["file"]))) if isinstance(value, dict) else Secret(text=str(value))


def _absolute(value: Json, folder: str, *, is_path: bool) -> Json:
    if isinstance(value, dict):
        return {key: _absolute(item, folder, is_path=key == "file") for key, item in value.items()}
    if is_path and isinstance(value, str) and folder and not value.startswith("${"):
        return str(Path(folder, value))
    return value


def _expand(text: str) -> str:
    try:
        return substitute(text, os.environ)
    except VariableError as error:
        raise ValueError(f"{error.wrong}: {error.todo}") from None


def _read_file(path: str) -> str:
    try:
        content = read_regular_file(Path(path), MAX_SECRET_BYTES)
    except OSError as error:
        raise CredentialError(f"cannot read the secret file {path}: {error.strerror}") from None
    return content.decode("utf-8", "replace").strip()
