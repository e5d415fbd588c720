"""The SDK's client for one engine, with a version that both speak, and its certificates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gameday.injectors.docker.errors import engine_error, explain_connection_error, podman_failure, version_failure
from gameday.lean_imports import import_requests
from gameday.plugins.types import Deadline

OLDEST_API_VERSION = (1, 40)
"""Engine API of Docker 19.03, the oldest that these requests were checked against."""
MIN_TIMEOUT_S = 0.2
"""Seconds that a question gets also when its deadline is over: an answer of 0 s would be none."""
_POOLS = 16
_VERSIONS: dict[str, str] = {}


def open_client(url: str, deadline: Deadline) -> Any:
    """Create a client for one deadline; an engine's version is asked for once."""
    import_requests()
    import docker
    import docker.errors
    import requests.exceptions as http

    timeout: Any = max(MIN_TIMEOUT_S, deadline.remaining())  # its stubs say int; requests takes a float
    try:
        if url not in _VERSIONS:  # without a lock: an engine that hangs must keep nobody from asking another one
            _VERSIONS[url] = _check_engine(url, docker.APIClient(url, version="auto", timeout=timeout, tls=_tls(url)))
        sdk = docker.APIClient(url, version=_VERSIONS[url], timeout=timeout, num_pools=_POOLS, tls=_tls(url))
        if url.startswith("unix:"):
            sdk.trust_env = False  # no proxy lies on a socket, and looking for one is a quarter of each question
        return sdk
    except (http.ConnectionError, http.Timeout, docker.errors.DockerException) as error:
        raise engine_error(explain_connection_error(url, error)) from None
    except Exception as error:
        if not url.startswith("ssh:"):
            raise
        raise engine_error(explain_connection_error(url, error)) from None  # an ssh client has endings of its own


def _check_engine(url: str, asking: Any) -> str:
    """Return the API version of a Docker engine. Raises EngineError for one that is too old, or is not Docker's."""
    version = str(asking.api_version)
    components = asking.version().get("Components") or []
    asking.close()
    if any("podman" in str(component.get("Name", "")).lower() for component in components):
        raise engine_error(podman_failure(url))
    if tuple(int(part) for part in version.split(".")) < OLDEST_API_VERSION:
        raise engine_error(version_failure(url, version))
    return version


def _tls(url: str) -> Any:
    """Return the certificates of DOCKER_CERT_PATH, for an engine over TCP that requires them."""
    import docker

    folder = os.environ.get("DOCKER_CERT_PATH", "")
    if not folder or url.startswith(("unix:", "ssh:")):
        return False
    files = {name: str(Path(folder) / f"{name}.pem") for name in ("cert", "key", "ca")}
    verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
    return docker.TLSConfig(
        client_cert=(files["cert"], files["key"]), ca_cert=files["ca"] if verify else None, verify=verify
    )
