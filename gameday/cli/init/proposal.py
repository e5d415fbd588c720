"""The proposed gameday.yaml: what was found as entries, what a person has to say as comments to uncomment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gameday.cli.init.findings import InitFindings, Proxy, join_names
from gameday.cli.init.server_probes import PROMETHEUS, TOXIPROXY
from gameday.files.yaml_format import format_entry, to_flow_style

_SHOWN = 4
"""Services that are written out, of those that are named."""
_LIVE = re.compile(r"(?<![a-z])(prod|production|live)(?![a-z])", re.IGNORECASE)
_HEAD = """\
# Proposed by `gameday init` from what it found. Read each line: a drill breaks what stands under `targets`, and
# nothing else. A line behind a # is an example: correct it, take the # and one blank away, and the {{}} above it.
gameday: 1
default_env: staging
{roster}
environments:
  staging:
    production: false                  # if real users are served here: true
    allows_drills: true
    # kinds: [latency, outage]         # what a drill may do here; without this line: all that the engines can do
    # terms: {{journey: checkout, customer: shopper, customers: shoppers}}
    # runbooks: {{slow-journey: "https://wiki.example.org/runbooks/slow-checkout"}}
    # charter: {{swarm: 5m}}             # what the team promised itself, for `by: charter`
"""
_SIGNALS = """\
      # counters that only grow, in a JSON answer: the ratio comes from the difference of two answers
      # journey-success: {kind: ratio, probe: http, url: "http://127.0.0.1:9000/stats",
      #                   good_count: journey.good, total_count: journey.total, healthy: at_least 99%}
      # a value in a JSON answer (seconds), with its sample size; or as Prometheus knows it
      # journey-p95: {kind: duration, probe: http, url: "http://127.0.0.1:9000/stats",
      #               value: journey.p95, n: journey.n, healthy: at_most 800ms}
"""
_ASKED = """\
      # database-wait: {kind: duration, probe: prometheus, url: PROMETHEUS,
      #                 query: "histogram_quantile(0.95, sum by (le) (rate(pool_wait_seconds_bucket[1m])))"}
"""
_ALERT = """\
      # journey-slow: {kind: alert, probe: alerts, url: PROMETHEUS, from: prometheus, alert: JourneySlow}
"""
_REST = """\
    actions: {}                        # what a responder may do, and what takes it back
      # shed-optional-work: {do: [./switch, recommendations, "off"], undo: [./switch, recommendations, "on"]}
    # load: {start: [./load, up], stop: [./load, down]}   # started when there is too little traffic
"""


def proposal(findings: InitFindings) -> str:
    """Return the text of a complete file, which passes `gameday check` unchanged."""
    roster = f"roster: {to_flow_style(findings.roster)}" if findings.roster else "# roster: roster.yaml"
    roster = f"{roster:<39}# who takes part, and whose turn it is"
    lines = [*_targets(findings), *_signals(findings)]
    return _HEAD.format(roster=roster) + "".join(f"{line}\n" for line in lines) + _REST


def live(proxy: Proxy) -> bool:
    """Return True if its name or upstream sounds like production: left to a person."""
    return bool(_LIVE.search(proxy.name) or _LIVE.search(proxy.upstream))


def _targets(findings: InitFindings) -> Iterator[str]:
    names = _names([*(proxy.name for proxy in findings.proxies), *findings.services[:_SHOWN]])
    usable = [proxy for proxy in findings.proxies if not live(proxy)]
    yield f"    {'targets:' if usable else 'targets: {}':<35}# what a drill may touch; nothing else"
    if findings.services:
        yield f"      # services of {findings.compose}: {join_names(findings.services)}"
    for service, name in zip(findings.services, names[len(findings.proxies) :], strict=False):
        settings = {"injector": "docker", "project": findings.project, "service": service}
        yield from _entry(name, settings, commented=True)
    for proxy, name in zip(findings.proxies, names, strict=False):
        settings = {"injector": "toxiproxy", "url": findings.toxiproxy, "proxy": proxy.name}
        yield from _proxy_comment(proxy)
        yield from _entry(name, settings, commented=live(proxy))
    if not findings.proxies:
        url = findings.toxiproxy or TOXIPROXY[1]
        yield from _entry("database", {"injector": "toxiproxy", "url": url, "proxy": "orders-db"}, commented=True)


def _proxy_comment(proxy: Proxy) -> Iterator[str]:
    sounds = "; sounds like production, so it is left to you" if live(proxy) else ""
    off = "" if proxy.enabled else "; switched off now"
    yield f"      # {proxy.listen} -> {proxy.upstream}{off}{sounds}"


def _signals(findings: InitFindings) -> Iterator[str]:
    yield f"    {'signals:' if findings.alerts else 'signals: {}':<35}# how each is measured"
    url = to_flow_style(findings.prometheus or PROMETHEUS[1])
    yield from (_SIGNALS + _ASKED.replace("PROMETHEUS", url)).splitlines()
    if not findings.alerts:
        yield from _ALERT.replace("PROMETHEUS", url).splitlines()
    for name, (alert, fires) in zip(
        _names([_kebab(text) for text in findings.alerts]), findings.alerts.items(), strict=True
    ):
        settings = {
            "kind": "alert",
            "probe": "alerts",
            "url": findings.prometheus,
            "from": "prometheus",
            "alert": alert,
        }
        if fires:
            yield "      # fires now"
        yield from _entry(name, settings, commented=False)


def _entry(name: str, settings: dict[str, str], *, commented: bool) -> Iterator[str]:
    for line in format_entry(name, dict(settings), 6):
        yield f"      # {line[6:]}" if commented else line


def _kebab(name: str) -> str:
    """`JourneySlow` as people name signals: journey-slow."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _names(wanted: list[str]) -> list[str]:
    """Each as a name that a file may have, and no two the same."""
    names: list[str] = []
    for text in wanted:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:58] or "unnamed"
        name, number = plain, 2
        while name in names:
            name, number = f"{plain}-{number}", number + 1
        names.append(name)
    return names
