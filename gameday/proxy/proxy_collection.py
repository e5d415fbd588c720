"""All proxies, by name, and what the API may ask of them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from gameday.proxy import address, request_fields
from gameday.proxy.change_log import ChangeLog, printable_name
from gameday.proxy.connection_limit import ConnectionLimit
from gameday.proxy.enable_state import EnableRequest, EnableState
from gameday.proxy.errors import PROXY_EXISTS, PROXY_NOT_FOUND, ApiError, missing
from gameday.proxy.proxy import Proxy
from gameday.proxy.request_fields import Body
from gameday.proxy.seeded_random import SeededRandom
from gameday.proxy.tombstones import Tombstones
from gameday.proxy.toxic import Toxic, toxic_of, toxicity_of, values_of


@dataclass(frozen=True, slots=True)
class ProxyEntry:
    """One named proxy and its outage."""

    proxy: Proxy
    outage: EnableState

    def shown(self) -> dict[str, object]:
        return self.proxy.shown() | self.outage.shown()


class ProxyCollection:
    """Methods that look names up (of listening addresses) are async; the change itself is always one step."""

    def __init__(self, seed: int | None = None) -> None:
        """With a seed, the same requests and connections in the same order fall alike."""
        self.tombstones = Tombstones()
        self.changes = ChangeLog()
        self._room = ConnectionLimit()
        self._dice = SeededRandom(seed)
        self._rng = random.Random(seed)  # noqa: S311 - jitter, not secrets
        self._places: dict[str, ProxyEntry] = {}

    def shown(self) -> dict[str, object]:
        return {name: place.shown() for name, place in self._places.items()}

    def all(self) -> list[Proxy]:
        return [place.proxy for place in self._places.values()]

    def get(self, name: str) -> ProxyEntry:
        if name not in self._places:
            raise ApiError(*PROXY_NOT_FOUND)
        return self._places[name]

    async def create(self, body: Body) -> ProxyEntry:
        """A new proxy, enabled unless the body says otherwise."""
        name, upstream = _named(body)
        enabled = request_fields.flag(body, "enabled")
        listen = await address.resolve(request_fields.text(body, "listen") or address.DEFAULT_LISTEN)
        if name in self._places:
            raise ApiError(*PROXY_EXISTS)
        proxy = Proxy(name, listen, upstream, self.tombstones, self._dice, self._rng, self.changes, self._room)
        if enabled is not False:
            proxy.start()
        self._places[name] = ProxyEntry(proxy, EnableState(proxy))
        self.changes.tell(
            name, f"created, {proxy.listen} -> {printable_name(upstream)}{'' if proxy.enabled else ', disabled'}"
        )
        return self._places[name]

    async def update(self, name: str, body: Body) -> ProxyEntry:
        """New addresses, enabled or not, a lease renewed. A refusal changes nothing."""
        place = self.get(name)
        wish = EnableRequest.of(body)
        listen = request_fields.text(body, "listen") or place.proxy.listen
        upstream = request_fields.text(body, "upstream") or place.proxy.upstream
        if listen not in (place.proxy.asked, place.proxy.listen):
            listen = await address.resolve(listen)
        place = self.get(name)
        place.outage.check(wish)
        if not place.proxy.is_at(listen, upstream):
            place.proxy.move(listen, upstream, starts=bool(wish.enabled))
        place.outage.apply(wish)
        return place

    def delete(self, name: str) -> None:
        place = self.get(name)
        del self._places[name]
        _close(place)
        self.changes.tell(name, "deleted", ends=True)

    async def populate(self, bodies: list[Body], done: list[ProxyEntry]) -> None:
        """Each proxy as told: one that is there already stays, toxics and all; one that differs is made anew.
        What was done before an error is in `done`."""
        for number, body in enumerate(bodies, start=1):
            _named(body, f" at proxy {number}")
        for body in bodies:
            done.append(await self._populated(body))  # noqa: PERF401 - `done` is read when one of them fails

    def reset(self) -> None:
        """Enable all, remove all toxics; a proxy that fails stops no other. ApiError 500 with all that failed."""
        failed: list[str] = []
        for place in self._places.values():
            try:
                place.proxy.remove_all()
                place.outage.end()
            except ApiError as error:
                failed.append(f"{place.proxy.name}: {error.text}")
        if failed:
            raise ApiError(500, "; ".join(failed))

    def add_toxic(self, name: str, body: Body) -> Toxic:
        proxy = self.get(name).proxy
        toxic = toxic_of(body, {toxic.name for toxic in proxy.toxics})
        proxy.add(toxic, request_fields.lease(body))
        return toxic

    def update_toxic(self, name: str, toxic_name: str, body: Body) -> Toxic:
        """New attributes, toxicity or time. A renewal alone does not disturb the toxic at work."""
        proxy = self.get(name).proxy
        toxic = proxy.toxic(toxic_name)
        values, toxicity, expires_in = (
            values_of(body, toxic.kind, toxic.values),
            toxicity_of(body),
            request_fields.lease(body),
        )
        toxicity = toxic.toxicity if toxicity is None else toxicity
        if (values, toxicity) != (toxic.values, toxic.toxicity):
            proxy.change(toxic, values, toxicity)
        proxy.renew(toxic, expires_in)
        return toxic

    def remove_toxic(self, name: str, toxic_name: str) -> None:
        """Also where there is none: a drill's name that was to be removed is refused when it comes late."""
        self.tombstones.set(name, toxic_name)
        self.get(name).proxy.remove(toxic_name)

    def close(self) -> None:
        """The end: everything closes."""
        for place in self._places.values():
            _close(place)
        self._places.clear()

    async def _populated(self, body: Body) -> ProxyEntry:
        name, upstream = _named(body)
        place = self._places.get(name)
        if place is not None:
            listen = await address.resolve(request_fields.text(body, "listen") or place.proxy.listen)
            if place.proxy.is_at(listen, upstream):
                return place
            self.delete(name)
        return await self.create(body)


def _named(body: Body, where: str = "") -> tuple[str, str]:
    """Name and upstream, which every proxy must have."""
    name, upstream = request_fields.text(body, "name"), request_fields.text(body, "upstream")
    if not name:
        raise missing("name", where)
    if not upstream:
        raise missing("upstream", where)
    return request_fields.name_of(name), upstream


def _close(place: ProxyEntry) -> None:
    place.outage.forget()
    place.proxy.discard()
