"""Injector for Toxiproxy: a fault is one toxic on a proxy; an outage also disables the proxy."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterable, Mapping

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.toxiproxy.api_client import Conflict, NotFound, ServerError, ToxiproxyServer
from gameday.injectors.toxiproxy.failure_text import explain_failure, server_gone_text
from gameday.injectors.toxiproxy.faults import KINDS
from gameday.injectors.toxiproxy.leftovers import find_leftovers
from gameday.injectors.toxiproxy.outside_changes import ProxyChangeDetector
from gameday.injectors.toxiproxy.planning import plan_fault, server_and_proxy, server_of_intent
from gameday.injectors.toxiproxy.proxy_identity import proxy_identities
from gameday.injectors.toxiproxy.proxy_state import (
    describe_replaced_toxic,
    disables_proxy,
    foreign_toxic_warnings,
    is_present,
    read_presence,
)
from gameday.injectors.toxiproxy.server_process import has_process_ended, was_restarted
from gameday.injectors.toxiproxy.target_settings import find_problems, settings_identity
from gameday.injectors.toxiproxy.tcp_connections import wait_for_connection
from gameday.lean_imports import import_requests
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import Checkable, Injector, Leased, SettingsChecker, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
    SettingsProblem,
)


class ToxiproxyInjector(ProxyChangeDetector, Injector, Leased, Sweepable, Checkable, SettingsChecker):
    """Injector of this engine, with all capabilities."""

    name = "toxiproxy"
    kinds: Mapping[str, type[Params]] = KINDS

    @override
    def load(self) -> None:
        import_requests()
        import toxiproxy.api
        import toxiproxy.exceptions  # noqa: F401

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        return plan_fault(fault, binding, marker, deadline)

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        server, name = server_of_intent(intent), str(intent.address["proxy"])
        kind = KINDS[intent.kind].read(intent.params)
        lease = {"expires_in": intent.lease} if intent.lease else {}
        try:
            try:
                server.add_toxic(name, {"name": intent.marker, **kind.toxic(), **lease}, deadline)
            except Conflict:
                presence = self.presence(intent, deadline)
                if presence is not Presence.PRESENT:
                    outcome = ApplyOutcome.REFUSED if presence is Presence.ABSENT else ApplyOutcome.UNKNOWN
                    return ApplyResult(outcome, "it was already reverted")
            if kind.disables_proxy:
                server.update_proxy(name, {"enabled": False, "mark": intent.marker, **lease}, deadline)
        except NotFound:
            return ApplyResult(ApplyOutcome.REFUSED, f"proxy {name} no longer exists")
        except Conflict as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, str(error))
        except ServerError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN if error.landed else ApplyOutcome.REFUSED, str(error))
        return ApplyResult(ApplyOutcome.APPLIED)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        if not intent.lease:
            return Renewal.UNSUPPORTED
        server, name = server_of_intent(intent), str(intent.address["proxy"])
        try:
            server.update_toxic(name, intent.marker, {"expires_in": seconds}, deadline)
            if disables_proxy(intent):
                server.update_proxy(name, {"mark": intent.marker, "expires_in": seconds}, deadline)
        except (NotFound, Conflict):
            return Renewal.LAPSED
        except ServerError:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        server, name, reason = server_of_intent(intent), str(intent.address["proxy"]), ""
        try:
            if disables_proxy(intent):
                reason = self._reenable(server, name, intent, deadline)
            if replaced := describe_replaced_toxic(server.proxy(name, deadline), intent):
                return RevertResult(RevertOutcome.KEPT, "; ".join(filter(None, [reason, replaced])))
            with contextlib.suppress(NotFound):
                server.remove_toxic(name, intent.marker, deadline)
            if is_present(server.proxy(name, deadline), intent):
                return RevertResult(
                    RevertOutcome.PENDING, f"{server.url} confirmed the revert of {intent.marker} but still lists it"
                )
        except NotFound:
            return RevertResult(RevertOutcome.REVERTED, f"proxy {name} no longer exists, so its clients are refused")
        except (ServerError, Conflict) as error:
            return (
                RevertResult(RevertOutcome.REVERTED, server_gone_text(server))
                if has_process_ended(intent)
                else RevertResult(RevertOutcome.PENDING, explain_failure(error))
            )
        return RevertResult(RevertOutcome.KEPT, reason) if reason else RevertResult(RevertOutcome.REVERTED)

    def _reenable(self, server: ToxiproxyServer, name: str, intent: Intent, deadline: Deadline) -> str:
        """Enable the proxy while it holds our value; return what is left unchanged and why.

        With leases, also while it is enabled: the server then refuses a late request of ours."""
        if intent.lease or not server.proxy(name, deadline).get("enabled", True):
            try:
                server.update_proxy(name, {"enabled": True, "mark": intent.marker}, deadline)
            except Conflict:
                return f"proxy {name} was disabled by someone else"
        return ""

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        server = server_of_intent(intent)
        try:
            proxy = server.proxy(str(intent.address["proxy"]), deadline)
        except NotFound:
            return Presence.TARGET_GONE
        except (ServerError, Conflict):
            return Presence.TARGET_GONE if has_process_ended(intent) else Presence.UNKNOWN
        presence = read_presence(proxy, intent)
        return (
            Presence.TARGET_GONE
            if presence is Presence.ABSENT and _is_restarted(server, intent, deadline)
            else presence
        )

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        server, name = server_and_proxy(binding)
        try:
            return find_leftovers(server, server.proxy(name, deadline), binding)
        except NotFound:
            return []
        except ServerError as error:
            raise Refused(str(error), UNREACHABLE_REMEDY) from error

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """Nobody can say: what a server tells of a lease is how long it lasts from now."""
        del intent, deadline
        return 0

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Return nothing: no process of the drill acts on a server."""
        del intent, deadline
        return ""

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        return find_problems(settings)

    @override
    def settings_identity(self, settings: Mapping[str, Json]) -> Hashable:
        return settings_identity(settings)

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        """Return nothing: `plan` has asked the server for its extensions."""
        del intent, deadline
        return ""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        server, name = server_and_proxy(binding)
        try:
            proxy = server.proxy(name, deadline)
        except NotFound:
            return f"no proxy {name!r} at {server.url}"
        except ServerError as error:
            return str(error)
        if not proxy.get("enabled", True):
            return f"proxy {name} is already disabled"
        listen = str(proxy.get("listen", ""))
        if wait_for_connection(listen, deadline):
            return ""
        return f"no client is connected to proxy {name} at {listen}, so it carries no traffic"

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        """Return that the proxy is disabled, or that none of its clients has connected again."""
        name = str(intent.address["proxy"])
        try:
            proxy = server_of_intent(intent).proxy(name, deadline)
        except NotFound:
            return ""
        except ServerError as error:
            return str(error)
        if not proxy.get("enabled", True):
            return f"proxy {name} is disabled"
        connected = wait_for_connection(str(proxy.get("listen", "")), deadline)
        return "" if connected else f"no client has reconnected to proxy {name}"

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        """Return the toxics of others on the proxy: they stay active through the drill."""
        name = str(intent.address["proxy"])
        try:
            return foreign_toxic_warnings(server_of_intent(intent).proxy(name, deadline), name)
        except (NotFound, ServerError):
            return []

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        del deadline
        return proxy_identities(binding)


def _is_restarted(server: ToxiproxyServer, intent: Intent, deadline: Deadline) -> bool:
    """Return True if the fault ended with the server that held it: nobody removed it."""
    if has_process_ended(intent):
        return True
    try:
        return bool(intent.undo.get("server")) and was_restarted(intent, server.version(deadline))
    except ServerError:
        return False
