"""The injector: a fault is one toxic of ours on a proxy; an outage also switches the proxy off.

The original server has no leases: what it holds stays until someone takes it back. The embedded one ends a fault
by itself when nobody renews it, and refuses a request that comes late, after its revert.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from gameday.contract import (
    Applied,
    ApplyOutcome,
    Deadline,
    Injector,
    Intent,
    Params,
    Presence,
    Renewal,
    Reverted,
    RevertGuarantee,
    RevertOutcome,
)
from gameday.errors import Refused
from gameday.injectors.toxiproxy.address import EXAMPLE
from gameday.injectors.toxiproxy.answers import can
from gameday.injectors.toxiproxy.holder import has_ended, holder_of
from gameday.injectors.toxiproxy.identity import proxy_identities
from gameday.injectors.toxiproxy.kinds import KINDS, Kind
from gameday.injectors.toxiproxy.said import explain_failure, printable, server_gone_text
from gameday.injectors.toxiproxy.seen import (
    OURS,
    foreign_toxics_note,
    is_present,
    read_presence,
    switches_proxy_off,
    toxics_of,
)
from gameday.injectors.toxiproxy.server import Conflict, NotThere, Server, ServerTrouble
from gameday.injectors.toxiproxy.sockets import wait_for_connection
from gameday.marks import drill_of
from gameday.model import Binding, Fault

LEASE = 10.0
"""Seconds a fault lives without being renewed, where the server has leases."""


class ToxiproxyInjector(Injector):
    """See gameday.contract.Injector."""

    name = "toxiproxy"
    kinds: Mapping[str, type[Params]] = KINDS

    @override
    def load(self) -> None:
        import toxiproxy.api
        import toxiproxy.exceptions  # noqa: F401

    @override
    def plan(self, fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        server, name = _address(binding)
        proxy = self._require_proxy(server, name, deadline)
        _require_no_foreign_fault(proxy, name, drill_of(mark))
        kind = KINDS[fault.kind].read(fault.params)
        version = _version(server, deadline)
        _require_capability(kind, binding.target, server, version)
        leases = can(version, "expires_in")
        return Intent(
            marker=mark, drill=drill_of(mark), fault=fault.id, kind=fault.kind, injector=self.name,
            environment=binding.environment, target=binding.target, address={"url": server.url, "proxy": name},
            params=dict(fault.params), undo={"enabled": True, "process": holder_of(version)},
            target_text=f"proxy {name} ({printable(proxy.get('listen'))} -> {printable(proxy.get('upstream'))}) at {server.url}"
            f"{printable(foreign_toxics_note(proxy))}",
            revert_text=_reverts(kind, mark),
            guarantee=RevertGuarantee.LEASE if leases else RevertGuarantee.GUARDIAN, lease=LEASE if leases else 0.0,
        )  # fmt: skip

    def _require_proxy(self, server: Server, name: str, deadline: Deadline) -> Mapping[str, Any]:
        try:
            return server.proxy(name, deadline)
        except NotThere:
            there = ", ".join(sorted(server.proxies(deadline))) or "none"
            raise Refused(
                f"no proxy {name!r} at {server.url}; there are: {there}", "Correct the target in gameday.yaml."
            ) from None
        except ServerTrouble as trouble:
            raise Refused(str(trouble), trouble.todo) from trouble

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        server, name = _server(intent), str(intent.address["proxy"])
        kind = KINDS[intent.kind].read(intent.params)
        lease = {"expires_in": intent.lease} if intent.lease else {}
        try:
            try:
                server.add_toxic(name, {"name": intent.marker, **kind.toxic(), **lease}, deadline)
            except Conflict:
                there = self.presence(intent, deadline)
                if there is not Presence.PRESENT:
                    outcome = ApplyOutcome.REFUSED if there is Presence.ABSENT else ApplyOutcome.UNKNOWN
                    return Applied(outcome, "its name was used up by a revert that came first")
            if kind.disables:
                server.update_proxy(name, {"enabled": False, "mark": intent.marker, **lease}, deadline)
        except NotThere:
            return Applied(ApplyOutcome.REFUSED, f"proxy {name} is not there any more")
        except Conflict as error:
            return Applied(ApplyOutcome.UNKNOWN, str(error))
        except ServerTrouble as trouble:
            return Applied(ApplyOutcome.UNKNOWN if trouble.landed else ApplyOutcome.REFUSED, str(trouble))
        return Applied(ApplyOutcome.APPLIED)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        if not intent.lease:
            return Renewal.UNSUPPORTED
        server, name = _server(intent), str(intent.address["proxy"])
        try:
            server.update_toxic(name, intent.marker, {"expires_in": seconds}, deadline)
            if switches_proxy_off(intent):
                server.update_proxy(name, {"mark": intent.marker, "expires_in": seconds}, deadline)
        except (NotThere, Conflict):
            return Renewal.LAPSED
        except ServerTrouble:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Reverted:
        server, name, theirs = _server(intent), str(intent.address["proxy"]), ""
        try:
            if switches_proxy_off(intent):
                theirs = self._reenable(server, name, intent, deadline)
            with contextlib.suppress(NotThere):
                server.remove_toxic(name, intent.marker, deadline)
            if is_present(server.proxy(name, deadline), intent):
                return Reverted(
                    RevertOutcome.PENDING, f"{server.url} says it took {intent.marker} back, and still shows it"
                )
        except NotThere:
            return Reverted(RevertOutcome.REVERTED, f"proxy {name} is not there any more: its clients are refused")
        except (ServerTrouble, Conflict) as trouble:
            return (
                Reverted(RevertOutcome.REVERTED, server_gone_text(server))
                if has_ended(intent)
                else Reverted(RevertOutcome.PENDING, explain_failure(trouble))
            )
        return Reverted(RevertOutcome.KEPT, theirs) if theirs else Reverted(RevertOutcome.REVERTED)

    def _reenable(self, server: Server, name: str, intent: Intent, deadline: Deadline) -> str:
        """Switch the proxy on while it holds our value; says what is left to people. With leases, also where it is
        on: the server then refuses a request of ours that comes late."""
        if intent.lease or not server.proxy(name, deadline).get("enabled", True):
            try:
                server.update_proxy(name, {"enabled": True, "mark": intent.marker}, deadline)
            except Conflict:
                return f"proxy {name} was switched off by somebody else meanwhile"
        return ""

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            proxy = _server(intent).proxy(str(intent.address["proxy"]), deadline)
        except NotThere:
            return Presence.TARGET_GONE
        except (ServerTrouble, Conflict):
            return Presence.TARGET_GONE if has_ended(intent) else Presence.UNKNOWN
        return read_presence(proxy, intent)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        server, name = _address(binding)
        try:
            proxy = server.proxy(name, deadline)
        except NotThere:
            return []
        except ServerTrouble as trouble:
            raise Refused(str(trouble), "Strays can be looked for when it answers.") from trouble
        marks = {mark: toxic for mark, toxic in toxics_of(proxy).items() if OURS.match(mark)}
        if OURS.match(str(proxy.get("mark", ""))):
            marks.setdefault(str(proxy["mark"]), {"type": "noop"})
        return [_stray(self.name, server, binding, mark, toxic) for mark, toxic in marks.items()]

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """Nobody can say: what a server tells of a lease is how long it lasts from now."""
        del intent, deadline
        return 0

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Nothing of ours acts on a server."""
        del intent, deadline
        return ""

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        """What a server can do, it says itself: `plan` has asked."""
        del intent, deadline
        return ""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        server, name = _address(binding)
        try:
            proxy = server.proxy(name, deadline)
        except NotThere:
            return f"no proxy {name!r} at {server.url}"
        except ServerTrouble as trouble:
            return str(trouble)
        if not proxy.get("enabled", True):
            return f"proxy {name} is switched off already"
        listen = str(proxy.get("listen", ""))
        if wait_for_connection(listen, deadline):
            return ""
        return f"nobody is connected to proxy {name} at {listen}: it carries no traffic"

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        del deadline
        return proxy_identities(binding)


def _address(binding: Binding) -> tuple[Server, str]:
    url, name = binding.settings.get("url"), binding.settings.get("proxy")
    unknown = sorted(set(binding.settings) - {"url", "proxy"})
    if not isinstance(url, str) or not isinstance(name, str) or unknown:
        what = f"does not know {', '.join(unknown)}" if unknown else "needs `url` and `proxy`"
        raise Refused(f"target {binding.target}: the injector toxiproxy {what}", "Correct it in gameday.yaml.")
    try:
        return Server(url), name
    except ValueError as error:
        raise Refused(f"target {binding.target}: {error}", f"In gameday.yaml, {EXAMPLE}.") from None


def _server(intent: Intent) -> Server:
    return Server(str(intent.address["url"]))


def _version(server: Server, deadline: Deadline) -> Mapping[str, Any]:
    try:
        return server.version(deadline)
    except ServerTrouble as trouble:
        raise Refused(str(trouble), trouble.todo) from trouble


def _require_capability(kind: Kind, target: str, server: Server, version: Mapping[str, Any]) -> None:
    need = kind.needs
    if need is not None and not can(version, need.extension):
        raise Refused(
            f"target {target}: the server at {server.url} cannot do {need.what}",
            f"The proxy that comes with gameday can (`gameday proxy serve`); with this one, {need.instead}.",
        )


def _require_no_foreign_fault(proxy: Mapping[str, Any], name: str, drill: str) -> None:
    """The drill's own may stand there: a dial that is turned."""
    for mark in toxics_of(proxy):
        if OURS.match(mark) and not mark.startswith(drill):
            raise Refused(
                f"{mark} of another drill stands on proxy {name}",
                "Wait for that drill, or look with `gameday halt --sweep ENVIRONMENT`.",
            )
    if not proxy.get("enabled", True):
        raise Refused(f"proxy {name} is switched off already", "Switch it on; a drill begins from what works.")


def _reverts(kind: Kind, mark: str) -> str:
    if kind.disables:
        return f"switch the proxy on again, remove the note {mark}"
    return f"remove toxic {mark}"


def _stray(injector: str, server: Server, binding: Binding, mark: str, toxic: Mapping[str, Any]) -> Intent:
    """Each is called an outage, whatever it was: the engine does not say, and that revert takes back all kinds."""
    note = toxic.get("type") == "noop"
    name = str(binding.settings["proxy"])
    return Intent(
        marker=mark, drill=drill_of(mark), fault="?", kind="outage", injector=injector, environment=binding.environment,
        target=binding.target, address={"url": server.url, "proxy": name},
        params={"seen_as": "refused" if note else "silent"}, undo={"enabled": True},
        target_text=f"{toxic.get('type')} on proxy {name} at {server.url}",
        revert_text="switch the proxy on again, remove the note" if note else "remove the toxic",
        guarantee=RevertGuarantee.NEXT_COMMAND,
    )  # fmt: skip
