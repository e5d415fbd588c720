"""Plan a fault on a proxy: read the server and the proxy, refuse what cannot be done, change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.clients.connection import (
    ANONYMOUS,
    CONNECTION_KEYS,
    read_connection,
    resolve_connection_settings,
)
from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.common.refusals import foreign_marker_refusal
from gameday.injectors.toxiproxy.address import EXAMPLE
from gameday.injectors.toxiproxy.api_client import NotFound, ServerError, ToxiproxyServer
from gameday.injectors.toxiproxy.failure_text import printable
from gameday.injectors.toxiproxy.faults import KINDS, ToxiproxyFaultKind
from gameday.injectors.toxiproxy.proxy_state import OURS, UPSTREAM, toxics_of_intent
from gameday.injectors.toxiproxy.responses import supports_extension
from gameday.injectors.toxiproxy.server_process import find_listening_process, server_identity
from gameday.markers import drill_of
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Deadline, Intent, RevertGuarantee

LEASE = 10.0
"""Seconds a fault lives without being renewed, where the server has leases."""


def plan_fault(fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
    """See Injector.plan."""
    server, name = server_and_proxy(binding)
    proxy = _require_proxy(server, name, deadline)
    _require_no_foreign_fault(proxy, name, drill_of(marker))
    kind = KINDS[fault.kind].read(fault.params)
    version = server_version(server, deadline)
    _require_capability(kind, binding.target, server, version)
    leases = supports_extension(version, "expires_in")
    return IntentBuilder("toxiproxy", binding).build(
        marker,
        fault.kind,
        fault=fault.id,
        address={"url": server.url, "proxy": name},
        params=fault.params,
        undo={
            "enabled": True,
            UPSTREAM: printable(proxy.get("upstream")),
            "process": find_listening_process(version),
            "server": server_identity(version),
            **record_connection(binding),
        },
        target_text=f"proxy {name} ({printable(proxy.get('listen'))} -> {printable(proxy.get('upstream'))}) "
        f"at {server.url}",
        revert_text=_reverts(kind, marker),
        guarantee=RevertGuarantee.LEASE if leases else RevertGuarantee.GUARDIAN,
        lease=LEASE if leases else 0.0,
    )


def _require_proxy(server: ToxiproxyServer, name: str, deadline: Deadline) -> Mapping[str, Any]:
    try:
        return server.proxy(name, deadline)
    except NotFound:
        existing = ", ".join(sorted(server.proxies(deadline))) or "none"
        raise Refused(
            f"no proxy {name!r} at {server.url}. Existing proxies: {existing}", "Correct the target in gameday.yaml."
        ) from None
    except ServerError as error:
        raise Refused(str(error), error.todo) from error


def server_and_proxy(binding: Binding) -> tuple[ToxiproxyServer, str]:
    url, name = binding.settings.get("url"), binding.settings.get("proxy")
    unknown = sorted(set(binding.settings) - {"url", "proxy", *CONNECTION_KEYS})
    if not isinstance(url, str) or not isinstance(name, str) or unknown:
        what = f"has no key {', '.join(unknown)}" if unknown else "requires `url` and `proxy`"
        raise Refused(f"target {binding.target}: injector toxiproxy {what}", "Correct it in gameday.yaml.")
    try:
        return ToxiproxyServer(url, read_connection(binding.settings, binding.folder)), name
    except ValueError as error:
        raise Refused(f"target {binding.target}: {error}", f"Correct it in gameday.yaml: {EXAMPLE}.") from None


def server_of_intent(intent: Intent) -> ToxiproxyServer:
    """Return the server of an intent. Its credentials are references, and are read anew by each process."""
    settings = intent.undo.get("connection")
    connection = read_connection(settings) if isinstance(settings, dict) else ANONYMOUS
    return ToxiproxyServer(str(intent.address["url"]), connection)


def record_connection(binding: Binding) -> dict[str, Json]:
    """Return the credentials for an intent: secrets as references, paths absolute."""
    settings = resolve_connection_settings(binding.settings, binding.folder)
    return {"connection": settings} if settings else {}


def server_version(server: ToxiproxyServer, deadline: Deadline) -> Mapping[str, Any]:
    try:
        return server.version(deadline)
    except ServerError as error:
        raise Refused(str(error), error.todo) from error


def _require_capability(
    kind: ToxiproxyFaultKind, target: str, server: ToxiproxyServer, version: Mapping[str, Any]
) -> None:
    need = kind.needs
    if need is not None and not supports_extension(version, need.extension):
        raise Refused(
            f"target {target}: the server at {server.url} does not support {need.what}",
            f"Use the built-in proxy (`gameday proxy serve`), or with this server {need.instead}.",
        )


def _require_no_foreign_fault(proxy: Mapping[str, Any], name: str, drill: str) -> None:
    """Refuse a proxy with another drill's marker; the drill's own may be adjusted."""
    for marker in toxics_of_intent(proxy):
        if OURS.match(marker) and not marker.startswith(drill):
            raise foreign_marker_refusal(marker, f"proxy {name}")
    if not proxy.get("enabled", True):
        raise Refused(f"proxy {name} is already disabled", "Enable it first: a drill starts from a working system.")


def _reverts(kind: ToxiproxyFaultKind, marker: str) -> str:
    if kind.disables_proxy:
        return f"enable the proxy, remove the marker toxic {marker}"
    return f"remove toxic {marker}"
