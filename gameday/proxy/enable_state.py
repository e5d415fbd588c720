"""Disabling a proxy and enabling it again: by people, or by a drill with its mark and a lease."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from gameday.proxy import request_fields
from gameday.proxy.change_log import lease_suffix, printable_name
from gameday.proxy.errors import ApiError, bad_body
from gameday.proxy.lease import AGAIN, Lease
from gameday.proxy.proxy import Proxy
from gameday.proxy.request_fields import Body

log = logging.getLogger("gameday.proxy")


@dataclass(frozen=True, slots=True)
class EnableRequest:
    """What an update says about being enabled; None where it says nothing."""

    enabled: bool | None
    mark: str | None
    expires_in: float | None

    @classmethod
    def of(cls, body: Body) -> EnableRequest:
        wish = cls(
            request_fields.flag(body, "enabled"), request_fields.text(body, "mark") or None, request_fields.lease(body)
        )
        if wish.enabled and wish.expires_in is not None:
            raise bad_body("expires_in belongs to a disabled proxy, not to enabled: true")
        return wish


class EnableState:
    """The state of one proxy between disabled and enabled: whose mark it carries, how long it lasts."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.mark: str | None = None
        self.lease: Lease | None = None

    def check(self, wish: EnableRequest) -> None:
        """Refuse, with 409, what would touch another's outage or come too late. Changes nothing but that
        a mark which enables is used up."""
        if wish.enabled:
            self._check_enable(wish.mark)
        elif wish.enabled is False:
            self._check_disable(wish.mark)
        else:
            self._check_renewal(wish)

    def apply(self, wish: EnableRequest) -> None:
        """Do what was checked. ApiError 500 when the port cannot be had; the proxy then stays disabled."""
        if wish.enabled:
            self.end()
        elif wish.enabled is False:
            self._disable(wish)
        if wish.expires_in is not None:
            self._renew(wish.expires_in)

    def end(self, why: str = "enabled") -> None:
        """Enable the proxy, whoever disabled it; the mark is over for good."""
        was_enabled = self._proxy.enabled
        self._proxy.start()
        self.forget()
        if not was_enabled:
            self._proxy.changes.tell(self._proxy.name, why, ends=True)

    def forget(self) -> None:
        """No lease, and the mark never again."""
        if self.mark is not None:
            self._proxy.tombstones.set(self._proxy.name, self.mark)
            self.mark = None
        if self.lease is not None:
            self.lease.end()
            self.lease = None

    def shown(self) -> dict[str, object]:
        """What GET adds: `mark` and `expires_in`, where there are any."""
        shown: dict[str, object] = {} if self.mark is None else {"mark": self.mark}
        return shown if self.lease is None else shown | {"expires_in": self.lease.left}

    def _disable(self, wish: EnableRequest) -> None:
        by = f" by {printable_name(wish.mark)}" if wish.mark else ""
        if self._proxy.enabled:
            self._proxy.changes.tell(self._proxy.name, f"disabled{by}{lease_suffix(wish.expires_in)}")
        self._proxy.stop()
        self.mark = wish.mark or self.mark

    def _check_enable(self, mark: str | None) -> None:
        if mark is None:
            return
        self._proxy.tombstones.set(self._proxy.name, mark)
        if not self._proxy.enabled and self.mark != mark:
            raise ApiError(409, f"proxy is disabled by {self.mark or 'somebody else'}, not by {mark}: left as it is")

    def _check_disable(self, mark: str | None) -> None:
        if mark is None:
            return
        if self._proxy.tombstones.has(self._proxy.name, mark):
            raise ApiError(409, f"mark {mark} was taken back: a late request for it is refused")
        if not self._proxy.enabled and self.mark != mark:
            raise ApiError(409, f"proxy is disabled already, by {self.mark or 'somebody else'}")

    def _check_renewal(self, wish: EnableRequest) -> None:
        if wish.expires_in is not None and self._proxy.enabled:
            raise ApiError(409, "proxy is enabled: there is nothing to renew")
        if wish.mark is not None and wish.mark != self.mark:
            raise ApiError(409, f"proxy is not disabled by {wish.mark}")

    def _renew(self, seconds: float) -> None:
        if self.lease is None:
            self.lease = Lease(asyncio.get_running_loop(), seconds, self._lapsed)
        else:
            self.lease.renew(seconds)

    def _lapsed(self) -> None:
        try:
            self.end("enabled again: nobody renewed its outage")
        except ApiError as error:
            log.warning("proxy %s should be enabled again: %s", printable_name(self._proxy.name), error.text)
            self._renew(AGAIN)
