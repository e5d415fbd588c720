"""Client of one Docker engine: each call keeps its deadline, each failure is explained.

With sdk_client.py the only module that calls the SDK. Shapes are the Engine API's own, as in `docker inspect`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gameday.injectors.docker.errors import (
    Conflict,
    EngineError,
    NotFound,
    engine_error,
    explain_connection_error,
    timeout_failure,
)
from gameday.injectors.docker.exec_stream import read_stream
from gameday.injectors.docker.sdk_client import MIN_TIMEOUT_S, open_client
from gameday.plugins.types import Deadline

_EVENTS_WITHIN = 3.5
"""Seconds: the engine's log is a help, and waited for no longer."""
_NON_FATAL_SIGNALS = {"1", "10", "12", "17", "18", "28"}
"""HUP, USR1, USR2, CHLD, CONT, WINCH."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit code and output of a command in a container."""

    code: int
    output: str


class EngineApi:
    """Connection to the engine at `url`. Each call raises EngineError, NotFound or Conflict."""

    def __init__(self, url: str, deadline: Deadline) -> None:
        """Asks its version at most. Raises EngineError when the engine does not answer or is too old."""
        self.url = url
        self._deadline = deadline
        self._api = open_client(url, deadline)

    def __enter__(self) -> EngineApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()

    def containers(self, labels: Sequence[str]) -> list[Mapping[str, Any]]:
        """Return all containers with these labels (`key` or `key=value`), stopped ones included."""
        with self._api_call():
            result: list[Mapping[str, Any]] = self._api.containers(all=True, filters={"label": list(labels)})
            return result

    def inspect(self, container: str) -> Mapping[str, Any]:
        with self._api_call():
            result: Mapping[str, Any] = self._api.inspect_container(container)
            return result

    def images(self) -> list[str]:
        with self._api_call():
            return sorted(str(image["Id"]) for image in self._api.images())

    def has_image(self, image: str) -> bool:
        return self._has(lambda: self._api.inspect_image(image))

    def has_volume(self, volume: str) -> bool:
        return self._has(lambda: self._api.inspect_volume(volume))

    def volumes(self) -> list[Mapping[str, Any]]:
        with self._api_call():
            result: list[Mapping[str, Any]] = self._api.volumes()["Volumes"] or []
            return result

    def has_network(self, network: str) -> bool:
        return self._has(lambda: self._api.inspect_network(network))

    def _has(self, inspect: Callable[[], object]) -> bool:
        try:
            with self._api_call():
                inspect()
        except NotFound:
            return False
        return True

    def create(self, name: str, **config: Any) -> None:
        """Create a container from arguments of `create_container` and `create_host_config` (`host`).

        Raises Conflict if the name is taken."""
        with self._mutating_call():
            host = self._api.create_host_config(**config.pop("host", {}))
            self._api.create_container(name=name, host_config=host, **config)

    def start(self, container: str) -> None:
        with self._mutating_call():
            self._api.start(container)

    def stop(self, container: str, grace: float) -> None:
        with self._mutating_call(grace=grace):
            self._api.stop(container, timeout=round(grace))

    def kill(self, container: str, signal: str = "KILL") -> None:
        with self._mutating_call():
            self._api.kill(container, signal)

    def restart(self, container: str, grace: float) -> None:
        with self._mutating_call(grace=grace):
            self._api.restart(container, timeout=round(grace))

    def pause(self, container: str) -> None:
        with self._mutating_call():
            self._api.pause(container)

    def unpause(self, container: str) -> None:
        with self._mutating_call():
            self._api.unpause(container)

    def remove(self, container: str) -> None:
        """Remove a container, running or not, with its anonymous volumes. Idempotent."""
        with contextlib.suppress(NotFound):
            try:
                with self._api_call():
                    self._api.remove_container(container, force=True, v=True)
            except Conflict:  # the engine is at it already
                with self._api_call():
                    self._api.wait(container, timeout=self._api.timeout, condition="removed")

    def start_and_read(self, container: str) -> str:
        """Start a container and return its whole output. Raises EngineError when it does not end in time."""
        with self._mutating_call():
            printed = self._api.attach_socket(container, {"stdout": 1, "stderr": 1, "stream": 1})
            self._api.start(container)
            return self._to_its_end(printed, container)

    def logs(self, container: str) -> str:
        with self._api_call():
            return str(self._api.logs(container, tail=5).decode(errors="replace")).strip()

    def run(self, container: str, command: Sequence[str]) -> CommandResult:
        """Run a command in a running container. Raises EngineError if it does not end in time."""
        with self._mutating_call():
            exec_id = self._api.exec_create(container, list(command))["Id"]
            output = self._to_its_end(self._api.exec_start(exec_id, socket=True), command[0])
            code = self._api.exec_inspect(exec_id)["ExitCode"]
            return CommandResult(-1 if code is None else int(code), output)

    def _to_its_end(self, printed: Any, what: str) -> str:
        output = read_stream(printed, self._deadline)
        if output is None:
            raise EngineError(f"{what} did not finish in time")
        return output

    def exit_events(self, container: str, finished: str) -> frozenset[str]:
        """Return how a container ended, from the engine's events of the minute before: die, oom, stop, kill.

        A kill counts only if its signal ends a process. Empty where the engine no longer knows. `finished`: as the
        inspection has it; shortly after an end the answer takes a second, since the engine logs it a little later."""
        end = int(datetime.fromisoformat(f"{finished[:19]}+00:00").timestamp())
        filters = json.dumps({"container": [container], "event": ["die", "kill", "oom", "stop"]})
        query = {"since": end - 60, "until": end + 2, "filters": filters}
        url = f"{self._api.base_url}/v{self._api.api_version}/events"
        try:  # without the SDK's own call, which waits for ever
            with self._api_call():
                output = self._api.get(url, params=query, timeout=min(_EVENTS_WITHIN, self._api.timeout))
                events = [json.loads(line) for line in output.text.splitlines()]
        except (EngineError, ValueError):
            return frozenset()
        return frozenset(str(event["Action"]) for event in events if _may_end(event))

    def exec_still_running(self, container: str, command: Sequence[str]) -> bool:
        """Return True if a command that `run` started has not ended yet."""
        with self._api_call():
            exec_ids = self._api.inspect_container(container)["ExecIDs"] or []
            execs = [self._api.exec_inspect(exec_) for exec_ in exec_ids]
        words = list(command)
        return any(exec_["Running"] and _words_of(exec_["ProcessConfig"]) == words for exec_ in execs)

    def disconnect(self, container: str, network: str) -> None:
        with self._mutating_call():
            self._api.disconnect_container_from_network(container, network)

    def connect(self, container: str, network: str, endpoint: Mapping[str, Any]) -> None:
        """`endpoint`: the Engine API's EndpointSettings; the SDK's own call lacks those of Docker 28 (GwPriority)."""
        import docker.errors
        import requests.exceptions as http

        url = f"{self._api.base_url}/v{self._api.api_version}/networks/{network}/connect"
        with self._mutating_call(conflicts=(403, 409)):  # 403: it is in there already
            body = {"Container": container, "EndpointConfig": dict(endpoint)}
            try:
                self._api.post(url, json=body, timeout=self._api.timeout).raise_for_status()
            except http.HTTPError as error:
                docker.errors.create_api_error_from_http_exception(error)

    @contextlib.contextmanager
    def _mutating_call(self, *, conflicts: Sequence[int] = (409,), grace: float = 0.0) -> Iterator[None]:
        """Make a call that changes something: never after the deadline, when a revert may have begun."""
        if not self._deadline.remaining():
            raise EngineError(f"no time was left to call the engine at {self.url}")
        with self._api_call(conflicts=conflicts, grace=grace):
            yield

    @contextlib.contextmanager
    def _api_call(self, *, conflicts: Sequence[int] = (409,), grace: float = 0.0) -> Iterator[None]:
        """`grace`: seconds that the SDK adds to those that are left."""
        import docker.errors
        import requests.exceptions as http

        self._api.timeout = max(MIN_TIMEOUT_S, self._deadline.remaining() - grace)
        try:
            yield
        except docker.errors.NotFound as error:
            raise NotFound(_error_text(error)) from None
        except docker.errors.APIError as error:
            kind = Conflict if error.status_code in conflicts else EngineError
            raise kind(_error_text(error)) from None
        except http.ReadTimeout:
            raise engine_error(timeout_failure(self.url)) from None
        except (OSError, docker.errors.DockerException) as error:  # those of requests are of the first kind too
            raise engine_error(explain_connection_error(self.url, error)) from None


def _may_end(event: Mapping[str, Any]) -> bool:
    """Return True if the event reports an end; a signal to reload does not."""
    return event["Action"] != "kill" or str(event["Actor"]["Attributes"].get("signal", "9")) not in _NON_FATAL_SIGNALS


def _words_of(process: Mapping[str, Any]) -> list[str]:
    return [str(process["entrypoint"]), *(process["arguments"] or [])]


def _error_text(error: Any) -> str:
    """Return the engine's own sentence."""
    return str(error.explanation or error).strip()
