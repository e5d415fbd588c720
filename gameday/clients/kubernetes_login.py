"""Login to an API server, from a kubeconfig by the SDK: what is wrong with it is named, and no credential is quoted."""

from __future__ import annotations

import logging
import re
import shlex
import shutil
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes_errors import ClusterError

_KUBECONFIG_PARTS = ("contexts", "clusters", "users")
_NO_FILE = re.compile(r"File does not exist: (.+)")
"""The SDK's message for a certificate or key that the kubeconfig names; other messages of it may quote credentials."""
_EXIT_CODE = re.compile(r"exec: process returned (-?\d+)")


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Kubeconfig file and context: both are always named, the current context is never used."""

    kubeconfig: str
    context: str

    @property
    def path(self) -> Path:
        return Path(self.kubeconfig).expanduser()

    @property
    def kubectl(self) -> str:
        """Start of a kubectl command for this cluster, to be typed by a person."""
        is_default = self.path == Path("~/.kube/config").expanduser()
        kubeconfig = "" if is_default else f" --kubeconfig {shlex.quote(self.kubeconfig)}"
        return f"kubectl{kubeconfig} --context {shlex.quote(self.context)}"

    @override
    def __str__(self) -> str:
        return f"context {self.context} of {self.kubeconfig}"


def log_in(address: ClusterAddress) -> Any:
    """Return the SDK's ApiClient for the address. Raises ClusterError.

    A login command that fails is an error: the SDK would only log it, and ask as nobody."""
    user = _read_user(address)
    from kubernetes import config

    try:
        with _collected_errors() as errors:
            api = config.new_client_from_config(str(address.path), address.context, persist_config=False)
        _require_certificates(api.configuration)
    except Exception as error:  # the SDK raises many kinds; their texts may quote credentials
        raise _login_error(address, _describe_failure(error)) from None
    if errors and "exec" in user:
        raise _command_error(address, str(user["exec"].get("command")), errors[0])
    api.configuration.retries = False
    return api


@contextmanager
def _collected_errors() -> Iterator[list[str]]:
    """Collect what the SDK logs instead of raising it, so that it reaches no screen."""
    root, errors, handler = logging.getLogger(), list[str](), logging.NullHandler()

    def collect(record: logging.LogRecord) -> bool:
        errors.append(record.getMessage())
        return False

    root.addHandler(handler)  # without any, `logging.error` would add one that prints, for good
    root.addFilter(collect)
    try:
        yield errors
    finally:
        root.removeFilter(collect)
        root.removeHandler(handler)


def _require_certificates(configuration: Any) -> None:
    """Load the certificates. Raises ValueError: a connection would blame the server for them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file, password="")
    except ssl.SSLError as error:
        raise ValueError("its client certificate or key is not valid") from error
    try:
        if configuration.ssl_ca_cert:
            context.load_verify_locations(configuration.ssl_ca_cert)
    except ssl.SSLError as error:
        raise ValueError("its certificate authority is not valid") from error


def _describe_failure(error: Exception) -> str:
    import binascii

    if isinstance(error, binascii.Error):
        return "a certificate or key in it is not base64"
    if missing := _NO_FILE.search(str(error)):
        return f"{missing[1]} does not exist"
    return str(error) if type(error) is ValueError and str(error).startswith("its ") else type(error).__name__


def _command_error(address: ClusterAddress, command: str, error: str) -> ClusterError:
    """Return the error of a login command; its output is left out, since it may quote credentials."""
    if exit_code := _EXIT_CODE.match(error):
        return _login_error(address, f"its login command {command} ended with exit code {exit_code[1]}")
    beside = str(address.path.parent / command)
    if shutil.which(beside if "/" in command else command) is None:
        why = f"login command {command} not found ({address})"
        return ClusterError(why, "Install it, or correct the user in the kubeconfig.")
    return _login_error(address, f"its login command {command} gave no credentials")


def _login_error(address: ClusterAddress, why: str) -> ClusterError:
    return ClusterError(f"cannot log in with {address}: {why}", f"Check with: {address.kubectl} auth whoami")


def require_context(address: ClusterAddress) -> None:
    """Raise ClusterError unless the file has the context, with its cluster and user.

    Without a user the SDK would ask as nobody."""
    _read_user(address)


def _read_user(address: ClusterAddress) -> Mapping[str, Any]:
    """Return the entry of the context's user. Raises ClusterError."""
    import yaml

    try:
        document = yaml.load(address.path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        parts = {key: {str(part["name"]): part for part in document.get(key) or []} for key in _KUBECONFIG_PARTS}
    except FileNotFoundError:
        raise ClusterError(f"no kubeconfig at {address.kubeconfig}", "Correct kubeconfig in gameday.yaml.") from None
    except OSError as error:
        why = f"cannot read kubeconfig {address.kubeconfig}: {error.strerror}"
        raise ClusterError(why, "Check its permissions.") from None
    except (yaml.YAMLError, UnicodeError, AttributeError, KeyError, TypeError):
        todo = "Correct the file, or kubeconfig in gameday.yaml."
        raise ClusterError(f"{address.kubeconfig} is not a kubeconfig file", todo) from None
    if address.context not in parts["contexts"]:
        why = f"no context {address.context} in {address.kubeconfig}"
        raise ClusterError(why, f"Contexts in it: {', '.join(parts['contexts']) or 'none'}.")
    context = parts["contexts"][address.context].get("context") or {}
    for key in ("cluster", "user"):
        if context.get(key) not in parts[f"{key}s"]:
            raise ClusterError(f"{address} refers to a {key} that is not in the file", "Correct the kubeconfig.")
    user = parts["users"][context["user"]].get("user")
    return user if isinstance(user, dict) else {}
