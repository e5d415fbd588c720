"""Disabling and enabling a proxy, by people or by a drill with marker and lease."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from gameday.proxy import request_fields
from gameday.proxy.change_log import lease_suffix, printable_name
from gameday.proxy.errors import ApiError, bad_body
from gameday.proxy.fault_lifetime import RETRY_S, Lease
from gameday.proxy.proxy import Proxy
from gameday.proxy.request_fields import Body

log = logging.getLogger("gameday.proxy")


@dataclass(frozen=True, slots=True)
class EnableRequest:
    """The part of an update that enables, disables or renews.

    None where the body has no such field."""

    enabled: bool | None
    marker: str | None
    expires_in: float | None

    @classmethod
    def from_body(cls, body: Body) -> EnableRequest:
        """Read the fields of a body. Raises ApiError 400."""
        enabled = request_fields.read_boolean(body, "enabled")
        request = cls(enabled, request_fields.read_text(body, "mark") or None, request_fields.read_lease_s(body))
        if request.enabled and request.expires_in is not None:
            raise bad_body("expires_in requires enabled: false")
        return request


class ProxyOutage:
    """The outage of one proxy, if it is disabled: its marker and its lease."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.marker: str | None = None
        self.lease: Lease | None = None

    def check(self, request: EnableRequest) -> None:
        """Raise ApiError 409 for a late request, or one on someone else's outage.

        A marker that enables is refused from then on."""
        if request.enabled:
            self._check_enable(request.marker)
        elif request.enabled is False:
            self._check_disable(request.marker)
        else:
            self._check_renewal(request)

    def apply(self, request: EnableRequest) -> None:
        """Apply a checked request.

        Raises ApiError 500 if the port is not available; the proxy stays disabled."""
        if request.enabled:
            self.enable()
        elif request.enabled is False:
            self._disable(request)
        if request.expires_in is not None:
            self._renew(request.expires_in)

    def enable(self, change: str = "enabled") -> None:
        """Enable the proxy, whoever disabled it, and retire the marker."""
        was_enabled = self._proxy.enabled
        self._proxy.start()
        self.clear()
        if not was_enabled:
            self._proxy.changes.record(self._proxy.name, change, ends_fault=True)

    def clear(self) -> None:
        """Cancel the lease, and retire the marker."""
        if self.marker is not None:
            self._proxy.tombstones.add(self._proxy.name, self.marker)
            self.marker = None
        if self.lease is not None:
            self.lease.cancel()
            self.lease = None

    def as_json(self) -> dict[str, object]:
        """Return the marker and `expires_in`, as the API adds them to the proxy."""
        fields: dict[str, object] = {} if self.marker is None else {"mark": self.marker}
        return fields if self.lease is None else fields | {"expires_in": self.lease.remaining_s}

    def _disable(self, request: EnableRequest) -> None:
        by = f" by {printable_name(request.marker)}" if request.marker else ""
        if self._proxy.enabled:
            self._proxy.changes.record(self._proxy.name, f"disabled{by}{lease_suffix(request.expires_in)}")
        self._proxy.stop()
        self.marker = request.marker or self.marker

    def _check_enable(self, marker: str | None) -> None:
        if marker is None:
            return
        self._proxy.tombstones.add(self._proxy.name, marker)
        if not self._proxy.enabled and self.marker != marker:
            raise ApiError(409, f"proxy was disabled by {self._disabled_by}, not by {marker}: left unchanged")

    def _check_disable(self, marker: str | None) -> None:
        if marker is None:
            return
        if self._proxy.tombstones.has(self._proxy.name, marker):
            raise ApiError(409, f"the outage {marker} has already ended: late request refused")
        if not self._proxy.enabled and self.marker != marker:
            raise ApiError(409, f"proxy is already disabled by {self._disabled_by}")

    def _check_renewal(self, request: EnableRequest) -> None:
        if request.expires_in is not None and self._proxy.enabled:
            raise ApiError(409, "proxy is enabled: no outage to renew")
        if request.marker is not None and request.marker != self.marker:
            raise ApiError(409, f"proxy is not disabled by {request.marker}")

    @property
    def _disabled_by(self) -> str:
        return self.marker or "someone else"

    def _renew(self, seconds: float) -> None:
        if self.lease is None:
            self.lease = Lease(asyncio.get_running_loop(), seconds, self._expire)
        else:
            self.lease.renew(seconds)

    def _expire(self) -> None:
        try:
            self.enable("enabled: the outage expired")
        except ApiError as error:
            text = "proxy %s: cannot enable after the outage expired, retrying: %s"
            log.warning(text, printable_name(self._proxy.name), error.text)
            self._renew(RETRY_S)
