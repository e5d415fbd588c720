"""Probes of Toxiproxy and Prometheus for `gameday init`: GET only, in parallel, at most a second."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gameday.cli.init.findings import ProbeResult, Proxy, join_names
from gameday.cli.proxy.server_access import DEFAULT_URL
from gameday.clients.event_loop import run_async
from gameday.clients.server_address import UrlProblem, url_problem

if TYPE_CHECKING:
    from gameday.clients.http_client import HttpClient

RESPONSE_TIMEOUT_S = 1.0
TOXIPROXY = ("TOXIPROXY_URL", DEFAULT_URL)
PROMETHEUS = ("PROMETHEUS_URL", "http://127.0.0.1:9090")
"""The environment variable for the address, and the default address."""


@dataclass(frozen=True, slots=True)
class ServerFindings:
    """Addresses that responded as expected, empty for the others; and the result of each probe."""

    toxiproxy: str = ""
    proxies: tuple[Proxy, ...] = ()
    prometheus: str = ""
    alerts: Mapping[str, bool] | None = None
    results: tuple[ProbeResult, ...] = ()


def probe_servers() -> ServerFindings:
    """Probe the default addresses, or those in environment variables. Changes nothing, and never raises."""
    return run_async(_probe_servers())


async def _probe_servers() -> ServerFindings:
    from gameday.clients.http_client import HttpClient

    web = HttpClient()
    try:
        toxiproxy, prometheus = await asyncio.gather(_probe_toxiproxy(web), _probe_prometheus(web))
    finally:
        await web.close()
    toxiproxy_url, proxies, toxiproxy_result = toxiproxy
    prometheus_url, alerts, prometheus_result = prometheus
    return ServerFindings(toxiproxy_url, proxies, prometheus_url, alerts, (toxiproxy_result, prometheus_result))


def read_probe_url(variable: str, default: str) -> str:
    """Return the URL to probe. Raises ValueError, without the value, if the variable holds something else."""
    url = os.environ.get(variable) or default
    problem = url_problem(url)
    if problem is UrlProblem.CREDENTIALS:
        raise ValueError(f"{variable} contains a user name or password, which would end up in the file")
    if problem or not url.isprintable():
        raise ValueError(f"{variable} is not a URL such as {default}")
    return url.rstrip("/")


async def _get_json(web: HttpClient, url: str) -> Any:
    """Return the response, or the RequestError."""
    from gameday.clients.request_errors import RequestError

    try:
        return (await web.get(url, RESPONSE_TIMEOUT_S)).json()
    except RequestError as error:
        return error


async def _probe_toxiproxy(web: HttpClient) -> tuple[str, tuple[Proxy, ...], ProbeResult]:
    from gameday.clients.request_errors import NoResponse
    from gameday.injectors.toxiproxy.address import read_address

    try:
        url = read_probe_url(*TOXIPROXY)
        read_address(url)
    except ValueError as error:
        return "", (), ProbeResult(False, f"Toxiproxy: not checked, {error}")
    version, listing = await asyncio.gather(_get_json(web, f"{url}/version"), _get_json(web, f"{url}/proxies"))
    if isinstance(listing, NoResponse):
        todo = f"Start one between a client and what it needs, or set {TOXIPROXY[0]}. Then repeat gameday init."
        return "", (), ProbeResult(False, f"Toxiproxy: none at {url}: {listing}", todo)
    if isinstance(version, NoResponse) or not isinstance(listing, dict) or not _all_proxies(listing):
        return "", (), ProbeResult(False, f"Toxiproxy: the server at {url} is not Toxiproxy")
    proxies = tuple(_proxies(listing))
    return url, proxies, _toxiproxy_result(url, proxies, len(listing) - len(proxies))


def _all_proxies(listing: Mapping[str, Any]) -> bool:
    return all(isinstance(proxy, dict) and {"listen", "upstream"} <= proxy.keys() for proxy in listing.values())


def _toxiproxy_result(url: str, proxies: tuple[Proxy, ...], skipped: int) -> ProbeResult:
    count = f"{len(proxies)} {'proxy' if len(proxies) == 1 else 'proxies'}"
    names = f": {join_names([proxy.name for proxy in proxies])}" if proxies else ""
    note = f"; {skipped} skipped: names that cannot be written" if skipped else ""
    todo = "" if proxies else "Create a proxy for each dependency that a drill may break. Then repeat gameday init."
    return ProbeResult(True, f"Toxiproxy: {url}, {count}{names}{note}", todo)


def _proxies(listing: Mapping[str, Any]) -> Iterator[Proxy]:
    for name, proxy in listing.items():
        if not name.isprintable() or not name.strip():
            continue
        addresses = [proxy.get(key) for key in ("listen", "upstream")]
        listen, upstream = (text if isinstance(text, str) and text.isprintable() else "?" for text in addresses)
        yield Proxy(name, listen, upstream, proxy.get("enabled") is not False)


async def _probe_prometheus(web: HttpClient) -> tuple[str, dict[str, bool], ProbeResult]:
    from gameday.clients.request_errors import NoResponse

    try:
        url = read_probe_url(*PROMETHEUS)
    except ValueError as error:
        return "", {}, ProbeResult(False, f"Prometheus: not checked, {error}")
    alerts_response, rules = await asyncio.gather(
        _get_json(web, f"{url}/api/v1/alerts"), _get_json(web, f"{url}/api/v1/rules?type=alert")
    )
    if isinstance(alerts_response, NoResponse):
        return (
            "",
            {},
            ProbeResult(
                False, f"Prometheus: none at {url}: {alerts_response}", f"If you have one, set {PROMETHEUS[0]}."
            ),
        )
    try:
        alerts = parse_alerts(alerts_response, rules)
    except (KeyError, TypeError, AttributeError):
        return "", {}, ProbeResult(False, f"Prometheus: the server at {url} is not Prometheus")
    count = f"{len(alerts)} {'alert' if len(alerts) == 1 else 'alerts'}"
    return (
        url,
        alerts,
        ProbeResult(True, f"Prometheus: {url}, {count}{': ' if alerts else ''}{join_names(list(alerts))}"),
    )


def parse_alerts(now: Any, rules: Any) -> dict[str, bool]:
    """Return the alerts in two responses of Prometheus, True if firing.

    Raises KeyError, TypeError or AttributeError if the first is not a list of alerts.
    """
    return dict.fromkeys(_names_of_rules(rules), False) | _firing(now)


def _firing(answer: Any) -> dict[str, bool]:
    """Return the active alerts by name, True if firing. Raises as `known_alerts`."""
    firing: dict[str, bool] = {}
    for alert in answer["data"]["alerts"]:
        name, fires = alert["labels"]["alertname"], alert["state"] == "firing"
        if name.isprintable():
            firing[name] = firing.get(name, False) or fires
    return firing


def _names_of_rules(answer: Any) -> Iterator[str]:
    """Yield the names of all alert rules, silent ones too; nothing if the server does not list them."""
    try:
        names = [rule["name"] for group in answer["data"]["groups"] for rule in group["rules"]]
    except (KeyError, TypeError):
        return
    yield from (name for name in names if isinstance(name, str) and name.isprintable())
