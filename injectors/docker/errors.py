"""Why an engine cannot be asked, and what to do about it: the SDK's words in ours, one sentence each."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gameday.injectors.docker.engine_address import SCHEMES


class EngineError(Exception):
    """The engine cannot be asked, or refused. `todo`: what a person could do about it."""

    def __init__(self, why: str, *, todo: str = "") -> None:
        super().__init__(why)
        self.todo = todo


class NotFound(EngineError):
    """No such container, network, image or volume."""


class Conflict(EngineError):
    """The engine refuses in this state: name taken, paused, not running, already done."""


def engine_error(failure: ConnectionFailure) -> EngineError:
    return EngineError(failure.why, todo=failure.todo)


IN_FILE = "`engine` in gameday.yaml, "
HOW_TO_NAME_ENGINE = f"{IN_FILE}DOCKER_HOST, or `docker context use`"
_ADDRESS = f"Correct its address: {HOW_TO_NAME_ENGINE}."
_START = f"Start it, or name another one: {HOW_TO_NAME_ENGINE}."


@dataclass(frozen=True, slots=True)
class ConnectionFailure:
    """Failure to connect, and what a person could do about it."""

    why: str
    todo: str


def version_failure(url: str, speaks: str) -> ConnectionFailure:
    why = f"the engine at {url} speaks API {speaks}: too old, 1.40 (Docker 19.03) is needed"
    return ConnectionFailure(why, f"Update it, or name another one: {HOW_TO_NAME_ENGINE}.")


def podman_failure(url: str) -> ConnectionFailure:
    """Return the failure of an engine that imitates Docker's API, with other answers where a revert rests on them."""
    why = f"the engine at {url} is Podman; gameday needs Docker's own engine, because it was not tested with Podman"
    return ConnectionFailure(why, f"Name a Docker engine: {HOW_TO_NAME_ENGINE}.")


def timeout_failure(url: str) -> ConnectionFailure:
    """Return the failure of an engine that did not answer in time."""
    todo = "Is it overloaded, or does something in between drop what is sent to it? See `docker info`."
    return ConnectionFailure(f"the engine at {url} gave no answer in time", todo)


def explain_connection_error(url: str, error: Exception) -> ConnectionFailure:
    """Return the failure that an error of the SDK means."""
    text = str(error)
    if "Permission denied" in text:
        todo = f"Join the group docker and log in again, or name an engine that you may use: {HOW_TO_NAME_ENGINE}."
        return ConnectionFailure(f"no permission to use the engine at {url}", todo)
    if "No such file" in text or "refused" in text:
        return ConnectionFailure(f"no engine answers at {url}", _START)
    if "timed out" in text.lower():
        return timeout_failure(url)
    failure = _address_failure(url, text) or _tls_failure(url, text) or _not_docker_failure(url, text)
    return failure or ConnectionFailure(f"the engine at {url} cannot be asked: {text}", "See `docker info`.")


def _address_failure(url: str, text: str) -> ConnectionFailure | None:
    """Addresses that lead nowhere from here."""
    if "bind address" in text or "is not implemented" in text:
        written = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        what = f"{url!r} is no address of an engine"
        return ConnectionFailure(
            what, f"Write it with one of {written}, and all but a socket with a port: {HOW_TO_NAME_ENGINE}."
        )
    if "paramiko" in text:
        todo = (
            "Install it beside gameday (pip install paramiko), or forward its socket: ssh -L PATH:/var/run/docker.sock"
        )
        return ConnectionFailure(f"an engine over ssh, as {url}, needs the package paramiko, which is not here", todo)
    if "Failed to resolve" in text or "Name or service not known" in text:
        return ConnectionFailure(f"nobody here knows the machine of the engine at {url}", _ADDRESS)
    return None


def _tls_failure(url: str, text: str) -> ConnectionFailure | None:
    folder = os.environ.get("DOCKER_CERT_PATH", "")
    if "to an HTTPS server" in text:
        return ConnectionFailure(
            f"the engine at {url} asks for TLS", "Say where its certificates lie: DOCKER_CERT_PATH."
        )
    if "WRONG_VERSION_NUMBER" in text:
        what = f"what answers at {url} speaks no TLS"
        return ConnectionFailure(what, f"Unset DOCKER_CERT_PATH, or correct its address: {HOW_TO_NAME_ENGINE}.")
    if "certificate" in text and folder:
        what = f"the certificates in {folder} do not open the engine at {url}: {text}"
        return ConnectionFailure(what, "Correct DOCKER_CERT_PATH: cert.pem, key.pem and ca.pem lie there.")
    return None


def _not_docker_failure(url: str, text: str) -> ConnectionFailure | None:
    """Something else answers: a page, a file, another protocol."""
    if any(sign in text for sign in ("Expecting value", "ApiVersion", "BadStatusLine", "/version: Not Found")):
        return ConnectionFailure(f"what answers at {url} is no Docker engine", _ADDRESS)
    return None
