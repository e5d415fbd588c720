"""The demo as an environment file, as a team would write one for its own staging system."""

from __future__ import annotations

import json
import sys

from gameday.demo.demo_record import Demo
from gameday.demo.postgres import PASSFILE, USER
from gameday.demo.proxy import CACHE, PAYMENTS


def environment_yaml(demo: Demo) -> str:
    """Return a whole `gameday.yaml` with the environment `demo`, for a demo that is up."""
    rate = _command("load-rate", demo.load_url)
    return f"""\
gameday: 1
default_env: demo
environments:
  demo:
    production: false
    allows_drills: true
    terms: {{journey: checkout, customer: shopper, customers: shoppers}}
    runbooks:
      slow-journey: {json.dumps(f"{demo.shop_url}/runbooks/slow-journey")}
      failing-journey: {json.dumps(f"{demo.shop_url}/runbooks/failing-journey")}
    charter: {{swarm: 5m}}
    targets:
{_targets(json.dumps(demo.proxy_url), demo.proxy_name)}
      database-inside: {{injector: postgres, conninfo: {json.dumps(_conninfo(demo))}, table: orders}}
    signals:
{_signals(json.dumps(f"{demo.load_url}/stats"))}
{_alerts(json.dumps(demo.load_url))}
    actions:
{_actions(demo)}
    load: {{start: [{rate}, "{demo.rate:g}"], stop: [{rate}, "0"]}}
"""


def _targets(proxy: str, database: str) -> str:
    return f"""\
      database: {{injector: toxiproxy, url: {proxy}, proxy: {json.dumps(database)}}}
      payments: {{injector: toxiproxy, url: {proxy}, proxy: {PAYMENTS}}}
      cache: {{injector: toxiproxy, url: {proxy}, proxy: {CACHE}}}"""


def _conninfo(demo: Demo) -> str:
    """Return the address of the database itself, without the proxy."""
    return f"host=127.0.0.1 port={demo.database_port} user={USER} dbname=postgres passfile='{demo.home / PASSFILE}'"


def _signals(stats: str) -> str:
    """Return the signals, sampled twice a second because a demo drill lasts a minute only."""
    return f"""\
      journey-success: {{kind: ratio, probe: http, url: {stats}, good_count: journey.good, total_count: journey.total,
                        healthy: at_least 97%, every: 500ms, min_samples: 3}}
      journey-p95: {{kind: duration, probe: http, url: {stats}, value: journey.p95, n: journey.n,
                    healthy: at_most 1s, every: 500ms}}
      neighbour-success: {{kind: ratio, probe: http, url: {stats}, good_count: neighbour.good,
                          total_count: neighbour.total, healthy: at_least 99%, every: 500ms, min_samples: 3}}
      database-wait: {{kind: duration, probe: http, url: {stats}, value: database.wait, n: database.n,
                      healthy: at_most 100ms, every: 500ms}}
      database-cpu: {{kind: ratio, probe: http, url: {stats}, value: database.cpu, healthy: at_most 50%, every: 500ms}}
      payments-success: {{kind: ratio, probe: http, url: {stats}, good_count: payments.good,
                         total_count: payments.total, healthy: at_least 97%, every: 500ms, min_samples: 3}}
      cache-wait: {{kind: duration, probe: http, url: {stats}, value: cache.wait, n: cache.n,
                   healthy: at_most 100ms, every: 500ms}}"""


def _alerts(prometheus: str) -> str:
    return f"""\
      journey-slow: {{kind: alert, probe: alerts, url: {prometheus}, from: prometheus, alert: JourneySlow,
                     every: 500ms}}
      journey-failing: {{kind: alert, probe: alerts, url: {prometheus}, from: prometheus, alert: JourneyFailing,
                        every: 500ms}}"""


def _actions(demo: Demo) -> str:
    switch = _command("switch", demo.shop_url)
    return f"""\
      shed-optional-work: {{do: [{switch}, recommendations, "off"], undo: [{switch}, recommendations, "on"]}}
      restart-database: {{do: [{_command("restart-database", str(demo.home))}]}}
      end-long-queries: {{do: [{_command("cancel-long-queries", demo.shop_url)}]}}
      read-from-cache: {{do: [{switch}, read-cache, "on"], undo: [{switch}, read-cache, "off"]}}
      collect-payment-later: {{do: [{switch}, pay-later, "on"], undo: [{switch}, pay-later, "off"]}}
      bypass-cache: {{do: [{switch}, cache-bypass, "on"], undo: [{switch}, cache-bypass, "off"]}}"""


def _command(name: str, argument: str) -> str:
    """Return the first words of a command, as items of a YAML list."""
    return ", ".join(json.dumps(word) for word in (sys.executable, "-m", "gameday.demo.actions", name, argument))
