"""The servers that `gameday init` asks, with GET alone, all at once and for a second: Toxiproxy and Prometheus."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gameday.cli.init.findings import ProbeResult, Proxy, join_names
from gameday.cli.proxy.server_access import DEFAULT_URL

if TYPE_CHECKING:
    from gameday.clients.http_client import HttpClient

WITHIN = 1.0
"""Seconds for an answer."""
TOXIPROXY = ("TOXIPROXY_URL", DEFAULT_URL)
PROMETHEUS = ("PROMETHEUS_URL", "http://127.0.0.1:9090")
"""The variable with which people name another one, and where it listens without."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The addresses that answered as what they should be, empty for the others."""

    toxiproxy: str = ""
    proxies: tuple[Proxy, ...] = ()
    prometheus: str = ""
    alerts: Mapping[str, bool] | None = None
    looked: tuple[ProbeResult, ...] = ()


def look() -> Engines:
    """Ask what this machine, or a variable of its user, names. Changes nothing, and never raises."""
    return asyncio.run(_look())


async def _look() -> Engines:
    from gameday.clients.http_client import HttpClient

    web = HttpClient()
    web.prepare()
    try:
        toxiproxy, prometheus = await asyncio.gather(_toxiproxy(web), _prometheus(web))
    finally:
        await web.close()
    (at, proxies, toxiproxy_result), (told_by, alerts, other) = toxiproxy, prometheus
    return Engines(at, proxies, told_by, alerts, (toxiproxy_result, other))


def address(variable: str, usual: str) -> str:
    """Return the address to ask. Raises ValueError if the variable holds no address.

    The error does not repeat the value, which may hold a password."""
    url = os.environ.get(variable) or usual
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and url.isprintable() and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{variable} is no address, as in {usual}")
    if "@" in url:
        raise ValueError(f"{variable} holds a name or password, which would come into the file")
    return url.rstrip("/")


async def _json(web: HttpClient, url: str) -> Any:
    """Return the JSON answer. Raises RequestError."""
    from gameday.clients.http_client import RequestError

    try:
        return (await web.get(url, WITHIN)).json()
    except RequestError as error:
        return error


async def _toxiproxy(web: HttpClient) -> tuple[str, tuple[Proxy, ...], ProbeResult]:
    from gameday.clients.http_client import NoResponse
    from gameday.injectors.toxiproxy.address import read_address

    try:
        url = address(*TOXIPROXY)
        read_address(url)
    except ValueError as error:
        return "", (), ProbeResult(False, f"Toxiproxy: not asked, {error}")
    version, listing = await asyncio.gather(_json(web, f"{url}/version"), _json(web, f"{url}/proxies"))
    if isinstance(listing, NoResponse):
        todo = f"Start one between a client and what it needs, or name it with {TOXIPROXY[0]}; then look again."
        return "", (), ProbeResult(False, f"Toxiproxy: none at {url}: {listing}", todo)
    if isinstance(version, NoResponse) or not isinstance(listing, dict) or not _all_proxies(listing):
        return "", (), ProbeResult(False, f"Toxiproxy: something answers at {url}, and it is no Toxiproxy")
    proxies = tuple(_proxies(listing))
    return url, proxies, _toxiproxy_result(url, proxies, len(listing) - len(proxies))


def _all_proxies(listing: Mapping[str, Any]) -> bool:
    return all(isinstance(entry, dict) and {"listen", "upstream"} <= entry.keys() for entry in listing.values())


def _toxiproxy_result(url: str, proxies: tuple[Proxy, ...], left: int) -> ProbeResult:
    count = f"{len(proxies)} {'proxy' if len(proxies) == 1 else 'proxies'}"
    named = f": {join_names([proxy.name for proxy in proxies])}" if proxies else ""
    odd = f"; {left} left out, with names that cannot be written" if left else ""
    todo = "" if proxies else "Make one on it for each thing that may be broken; then look again."
    return ProbeResult(True, f"Toxiproxy: {url}, {count}{named}{odd}", todo)


def _proxies(listing: Mapping[str, Any]) -> Iterator[Proxy]:
    for name, entry in listing.items():
        if not name.isprintable() or not name.strip():
            continue
        addresses = [entry.get(key) for key in ("listen", "upstream")]
        listen, upstream = (text if isinstance(text, str) and text.isprintable() else "?" for text in addresses)
        yield Proxy(name, listen, upstream, entry.get("enabled") is not False)


async def _prometheus(web: HttpClient) -> tuple[str, dict[str, bool], ProbeResult]:
    from gameday.clients.http_client import NoResponse

    try:
        url = address(*PROMETHEUS)
    except ValueError as error:
        return "", {}, ProbeResult(False, f"Prometheus: not asked, {error}")
    now, rules = await asyncio.gather(_json(web, f"{url}/api/v1/alerts"), _json(web, f"{url}/api/v1/rules?type=alert"))
    if isinstance(now, NoResponse):
        return (
            "",
            {},
            ProbeResult(False, f"Prometheus: none at {url}: {now}", f"Name it with {PROMETHEUS[0]}, if there is one."),
        )
    try:
        alerts = known_alerts(now, rules)
    except (KeyError, TypeError, AttributeError):
        return "", {}, ProbeResult(False, f"Prometheus: something answers at {url}, and it is no Prometheus")
    named = f"{len(alerts)} {'alert' if len(alerts) == 1 else 'alerts'}"
    return (
        url,
        alerts,
        ProbeResult(True, f"Prometheus: {url}, {named}{': ' if alerts else ''}{join_names(list(alerts))}"),
    )


def known_alerts(now: Any, rules: Any) -> dict[str, bool]:
    """Merge the alerts of two Prometheus answers: name, and whether it fires now.

    Raises KeyError, TypeError or AttributeError if the first is not a list of alerts."""
    return dict.fromkeys(_names_of_rules(rules), False) | _firing(now)


def _firing(answer: Any) -> dict[str, bool]:
    """Return active alerts by name: whether each fires.

    Raises KeyError, TypeError or AttributeError for anything but a list of alerts."""
    alerts: dict[str, bool] = {}
    for alert in answer["data"]["alerts"]:
        name, fires = alert["labels"]["alertname"], alert["state"] == "firing"
        if name.isprintable():
            alerts[name] = alerts.get(name, False) or fires
    return alerts


def _names_of_rules(answer: Any) -> Iterator[str]:
    """Silent ones too; nothing where the server does not tell."""
    try:
        names = [rule["name"] for group in answer["data"]["groups"] for rule in group["rules"]]
    except (KeyError, TypeError):
        return
    yield from (name for name in names if isinstance(name, str) and name.isprintable())
