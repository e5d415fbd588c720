"""The stack up and down through the engine's API, as `docker compose` would do it from examples/compose.

What is ours there bears the label OURS, and nothing else is removed. The labels of Compose stand beside it, so that
one environment file binds either.
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
from gameday.demo.http_json import ask
from gameday.errors import InternalError, Refused

if TYPE_CHECKING:
    import docker

OURS = "gameday.demo"
SOURCE = "gameday.source"
PATIENCE = 90.0
NETWORK = f"{PROJECT}_default"
USER = "gameday.demo.user"
"""Whose it is: who shares the engine may have a drill in theirs."""
LABELS = {OURS: "1", USER: str(os.getuid()), "com.docker.compose.project": PROJECT}
_MINE = [f"{OURS}=1", f"{USER}={LABELS[USER]}"]

Say = Callable[[str], None]


def up(url: str, say: Say) -> None:
    """Bring the stack up at that engine, which is this machine's, and wait for its first shopper; one that is up is
    left as it is.

    Raises Refused where no engine answers, one of another kind does, or a name or port is taken; what was begun is
    removed then.
    """
    with _engine(url) as engine:
        if _whole(engine):
            return
        host_checks.refuse_other_kind(engine)
        _refuse_theirs(engine)
        if _remove(engine):
            say("Not all of it was up: it is made anew.")
        host_checks.refuse_taken(engine)
        _made(engine, say)
        try:
            _start(engine, say)
        except BaseException:
            _remove(engine)
            raise


def _refuse_theirs(engine: docker.DockerClient) -> None:
    every = engine.containers.list(all=True, filters={"label": f"{OURS}=1"})
    if others := sorted({str(one.labels.get(USER, "?")) for one in every} - {LABELS[USER]}):
        raise Refused(
            f"the demo's containers of another user are here (number {', '.join(others)})",
            "It has fixed names and ports: wait for theirs to end (`gameday demo down --docker`).",
        )


def down(url: str) -> bool:
    """Remove what is ours; whether there was anything."""
    with _engine(url) as engine:
        return _remove(engine)


def healthy(url: str) -> bool:
    """Are all parts up, and does the load answer?"""
    with _engine(url) as engine:
        return _whole(engine)


def _start(engine: docker.DockerClient, say: Say) -> None:
    engine.networks.create(NETWORK, labels=LABELS | {"com.docker.compose.network": "default"})
    for service in SERVICES:
        say(f"Starting {service.name}.")
        _run(engine, service)
    say("Waiting for the first shopper.")
    until = time.monotonic() + PATIENCE
    while not _served():
        gone = _ended(engine)
        if gone or time.monotonic() > until:
            raise InternalError(f"the demo did not come up: {gone or 'no shopper is served'}")
        time.sleep(0.2)


def _run(engine: docker.DockerClient, service: Service) -> None:
    network = engine.api.create_networking_config({NETWORK: engine.api.create_endpoint_config(aliases=[service.name])})
    made = engine.api.create_container(
        IMAGE,
        [service.name],
        name=service.container,
        labels=LABELS | {"com.docker.compose.service": service.name},
        ports=[inside for _, inside in service.ports],
        host_config=engine.api.create_host_config(
            port_bindings={inside: ("127.0.0.1", outside) for outside, inside in service.ports}
        ),
        networking_config=network,
    )
    engine.api.start(made["Id"])


def _made(engine: docker.DockerClient, say: Say) -> None:
    """The image, unless the one that is there was made of the same."""
    of = image.source()
    found = engine.images.list(IMAGE)
    if not any(one.labels.get(SOURCE) == of for one in found):
        say(f"Making the image {IMAGE} from this machine's Python.")
        engine.images.build(
            fileobj=io.BytesIO(image.context()),
            custom_context=True, tag=IMAGE, nocache=True, rm=True, forcerm=True, labels={SOURCE: of},
        )  # fmt: skip


def _whole(engine: docker.DockerClient) -> bool:
    running = {one.labels.get("com.docker.compose.service") for one in _containers(engine) if one.status == "running"}
    return running.issuperset(service.name for service in SERVICES) and _served()


def _served() -> bool:
    try:
        return bool(ask(f"http://127.0.0.1:{LOAD.outside}/stats")["journey"]["good"] > 0)
    except OSError:
        return False


def _ended(engine: docker.DockerClient) -> str:
    """The first that has, with its last words."""
    for one in _containers(engine):
        if one.status == "exited":
            return f"{one.name} has ended: {one.logs(tail=1).decode(errors='replace').strip() or 'it said nothing'}"
    return ""


def _containers(engine: docker.DockerClient) -> list[Any]:
    return list(engine.containers.list(all=True, filters={"label": _MINE}))


def _remove(engine: docker.DockerClient) -> bool:
    ours = _containers(engine)
    for one in ours:
        one.remove(force=True, v=True)
    for network in (networks := engine.networks.list(filters={"label": _MINE})):
        network.remove()
    return bool(ours or networks)


@contextmanager
def _engine(url: str) -> Iterator[docker.DockerClient]:
    """With the certificates of DOCKER_CERT_PATH, where they are asked for. What it refuses is said in its own words."""
    import docker
    from docker.errors import APIError, BuildError, DockerException
    from docker.utils import kwargs_from_env
    from requests.exceptions import RequestException

    try:
        engine = docker.DockerClient(timeout=60, **{**kwargs_from_env(), "base_url": url})
        engine.ping()
    except (DockerException, RequestException) as error:
        raise Refused(f"no Docker engine answers at {url}", "Is it running, and may you use it?") from error
    try:
        yield engine
    except (APIError, BuildError) as error:
        said = error.explanation if isinstance(error, APIError) else error.msg
        raise Refused(
            f"the engine would not do it: {said}", "Remove what is in the way, then the same again."
        ) from error
    except RequestException as error:
        raise Refused(
            f"the engine at {url} answers no more, or not in time", "Is it overloaded? Then again."
        ) from error
    finally:
        engine.close()
