"""Errors of the Docker SDK as one sentence each, with the remedy."""

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
_START = f"Start it, or use another one: {HOW_TO_NAME_ENGINE}."


@dataclass(frozen=True, slots=True)
class ConnectionFailure:
    """Failure to connect, and what a person could do about it."""

    why: str
    todo: str


def version_failure(url: str, speaks: str) -> ConnectionFailure:
    why = f"the engine at {url} has API version {speaks}: 1.40 (Docker 19.03) or newer is required"
    return ConnectionFailure(why, f"Upgrade it, or use another one: {HOW_TO_NAME_ENGINE}.")


def podman_failure(url: str) -> ConnectionFailure:
    """Return the failure of an engine that imitates Docker's API, with other answers where a revert rests on them."""
    why = f"the engine at {url} is Podman; gameday was not tested with it and requires Docker"
    return ConnectionFailure(why, f"Use a Docker engine: {HOW_TO_NAME_ENGINE}.")


def timeout_failure(url: str) -> ConnectionFailure:
    """Return the failure of an engine that did not answer in time."""
    todo = "Is it overloaded, or does a firewall drop the packets? Check with `docker info`."
    return ConnectionFailure(f"the engine at {url} did not respond in time", todo)


def explain_connection_error(url: str, error: Exception) -> ConnectionFailure:
    """Return the failure that an error of the SDK means."""
    text = str(error)
    if "Permission denied" in text:
        todo = f"Join the group docker and log in again, or use another engine: {HOW_TO_NAME_ENGINE}."
        return ConnectionFailure(f"no permission to use the engine at {url}", todo)
    if "No such file" in text or "refused" in text:
        return ConnectionFailure(f"no engine responds at {url}", _START)
    if "timed out" in text.lower():
        return timeout_failure(url)
    failure = _address_failure(url, text) or _tls_failure(url, text) or _not_docker_failure(url, text)
    return failure or ConnectionFailure(f"cannot call the engine at {url}: {text}", "Check with `docker info`.")


def _address_failure(url: str, text: str) -> ConnectionFailure | None:
    """Addresses that lead nowhere from here."""
    if "bind address" in text or "is not implemented" in text:
        written = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        what = f"{url!r} is not the address of an engine"
        return ConnectionFailure(
            what, f"Use one of {written}, with a port unless it is a socket: {HOW_TO_NAME_ENGINE}."
        )
    if "paramiko" in text:
        todo = "Install it (pip install paramiko), or forward the engine's socket: ssh -L PATH:/var/run/docker.sock"
        return ConnectionFailure(
            f"an engine over ssh ({url}) requires the package paramiko, which is not installed", todo
        )
    if "Failed to resolve" in text or "Name or service not known" in text:
        return ConnectionFailure(f"the host of the engine at {url} does not resolve", _ADDRESS)
    return None


def _tls_failure(url: str, text: str) -> ConnectionFailure | None:
    folder = os.environ.get("DOCKER_CERT_PATH", "")
    if "to an HTTPS server" in text:
        return ConnectionFailure(
            f"the engine at {url} requires TLS", "Set DOCKER_CERT_PATH to the folder of its certificates."
        )
    if "WRONG_VERSION_NUMBER" in text:
        what = f"the server at {url} does not speak TLS"
        return ConnectionFailure(what, f"Unset DOCKER_CERT_PATH, or correct its address: {HOW_TO_NAME_ENGINE}.")
    if "certificate" in text and folder:
        what = f"the engine at {url} rejects the certificates in {folder}: {text}"
        return ConnectionFailure(what, "Correct DOCKER_CERT_PATH: the folder of cert.pem, key.pem and ca.pem.")
    return None


def _not_docker_failure(url: str, text: str) -> ConnectionFailure | None:
    """Something else answers: a page, a file, another protocol."""
    if any(sign in text for sign in ("Expecting value", "ApiVersion", "BadStatusLine", "/version: Not Found")):
        return ConnectionFailure(f"the server at {url} is not a Docker engine", _ADDRESS)
    return None
