"""Start and stop the stack through the engine's API, as `docker compose` does from examples/compose.

Our objects carry the label OWNED, and nothing else is removed. They carry Compose's labels too, so that one
environment file binds either.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gameday.demo.containers import host_checks, image
from gameday.demo.containers.services import IMAGE, LOAD, PROJECT, SERVICES, Service
from gameday.demo.http_json import request_json
from gameday.errors import InternalError, Refused

if TYPE_CHECKING:
    import docker

OWNED = "gameday.demo"
SOURCE = "gameday.source"
START_TIMEOUT_S = 90.0
NETWORK = f"{PROJECT}_default"
USER = "gameday.demo.user"
"""The user who started it: several users may share the engine."""
LABELS = {OWNED: "1", USER: str(os.getuid()), "com.docker.compose.project": PROJECT}
_OWN_LABELS = [f"{OWNED}=1", f"{USER}={LABELS[USER]}"]

ReportProgress = Callable[[str], None]


def up(url: str, say: ReportProgress) -> None:
    """Start the stack on a local engine and wait for its first shopper; do nothing if it is up.

    Raises Refused if no engine answers, if it is of another platform, or if a name or port is in use; a stack that
    did not start is removed.
    """
    with _engine(url) as engine:
        if _is_up(engine):
            return
        host_checks.require_same_platform(engine)
        _require_no_other_user(engine)
        if _remove(engine):
            say("The demo was only partly up; recreating it.")
        host_checks.require_free_ports(engine)
        _build_image(engine, say)
        try:
            _start(engine, say)
        except BaseException:
            _remove(engine)
            raise


def _require_no_other_user(engine: docker.DockerClient) -> None:
    containers = engine.containers.list(all=True, filters={"label": f"{OWNED}=1"})
    if others := sorted({str(container.labels.get(USER, "?")) for container in containers} - {LABELS[USER]}):
        raise Refused(
            f"another user's demo is running on this engine (uid {', '.join(others)})",
            "Its names and ports are fixed. Wait until that user runs `gameday demo down --docker`.",
        )


def down(url: str) -> bool:
    """Remove our containers and network; return whether there were any."""
    with _engine(url) as engine:
        return _remove(engine)


def is_healthy(url: str) -> bool:
    """Return True if all parts are up and the load answers."""
    with _engine(url) as engine:
        return _is_up(engine)


def _start(engine: docker.DockerClient, say: ReportProgress) -> None:
    engine.networks.create(NETWORK, labels=LABELS | {"com.docker.compose.network": "default"})
    for service in SERVICES:
        say(f"Starting {service.name}.")
        _run(engine, service)
    say("Waiting for the first checkout.")
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _serves_shoppers():
        reason = _exited_container(engine)
        if reason or time.monotonic() > deadline:
            raise InternalError(f"the demo did not start: {reason or 'no checkout succeeds'}")
        time.sleep(0.2)


def _run(engine: docker.DockerClient, service: Service) -> None:
    network = engine.api.create_networking_config({NETWORK: engine.api.create_endpoint_config(aliases=[service.name])})
    container = engine.api.create_container(
        IMAGE,
        [service.name],
        name=service.container,
        labels=LABELS | {"com.docker.compose.service": service.name},
        ports=[container_port for _, container_port in service.ports],
        host_config=engine.api.create_host_config(
            port_bindings={container: ("127.0.0.1", host) for host, container in service.ports}
        ),
        networking_config=network,
    )
    engine.api.start(container["Id"])


def _build_image(engine: docker.DockerClient, say: ReportProgress) -> None:
    """Build the image unless the present one was built from the same files."""
    digest = image.source_digest()
    if not any(present.labels.get(SOURCE) == digest for present in engine.images.list(IMAGE)):
        say(f"Building the image {IMAGE} from this machine's Python.")
        engine.images.build(
            fileobj=io.BytesIO(image.build_context()),
            custom_context=True, tag=IMAGE, nocache=True, rm=True, forcerm=True, labels={SOURCE: digest},
        )  # fmt: skip


def _is_up(engine: docker.DockerClient) -> bool:
    running = [container for container in _containers(engine) if container.status == "running"]
    names = {container.labels.get("com.docker.compose.service") for container in running}
    return names.issuperset(service.name for service in SERVICES) and _serves_shoppers()


def _serves_shoppers() -> bool:
    try:
        return bool(request_json(f"http://127.0.0.1:{LOAD.host_port}/stats")["journey"]["good"] > 0)
    except OSError:
        return False


def _exited_container(engine: docker.DockerClient) -> str:
    """Return the first exited container with the last line of its log, or an empty string."""
    for container in _containers(engine):
        if container.status == "exited":
            log = container.logs(tail=1).decode(errors="replace").strip()
            return f"{container.name} exited: {log or 'its log is empty'}"
    return ""


def _containers(engine: docker.DockerClient) -> list[Any]:
    return list(engine.containers.list(all=True, filters={"label": _OWN_LABELS}))


def _remove(engine: docker.DockerClient) -> bool:
    containers = _containers(engine)
    for container in containers:
        container.remove(force=True, v=True)
    for network in (networks := engine.networks.list(filters={"label": _OWN_LABELS})):
        network.remove()
    return bool(containers or networks)


@contextmanager
def _engine(url: str) -> Iterator[docker.DockerClient]:
    """Connect to the engine, with the certificates of DOCKER_CERT_PATH if set; translate its errors into Refused."""
    import docker
    from docker.errors import APIError, BuildError, DockerException
    from docker.utils import kwargs_from_env
    from requests.exceptions import RequestException

    try:
        engine = docker.DockerClient(timeout=60, **{**kwargs_from_env(), "base_url": url})
        engine.ping()
    except (DockerException, RequestException) as error:
        raise Refused(
            f"no Docker engine responds at {url}", "Check that it is running and that your user may access it."
        ) from error
    try:
        yield engine
    except (APIError, BuildError) as error:
        reason = error.explanation if isinstance(error, APIError) else error.msg
        raise Refused(f"the engine refused the request: {reason}", "Resolve the conflict, then try again.") from error
    except RequestException as error:
        raise Refused(f"the engine at {url} does not respond", "Is it overloaded? Try again later.") from error
    finally:
        engine.close()
