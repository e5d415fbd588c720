"""The HTTP probes, against a server that gives wrong, late and truncated answers."""

from __future__ import annotations

import asyncio
import gc
import socket
from typing import Any

import pytest
from support.faulty_http_server import Server

from gameday.clients.http_client import HttpClient
from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe

RATIO, DURATION, COUNT, ALERT = SignalKind.RATIO, SignalKind.DURATION, SignalKind.COUNT, SignalKind.ALERT


def bind(kind: SignalKind, probe: str = "http", **settings: Json) -> SignalBinding:
    return SignalBinding("journey", kind, probe, {"timeout": 0.3, **settings})


def read(binding: SignalBinding, server: Server | None = None, answers: list[Any] | None = None) -> list[Measurement]:
    """One reading for each answer (or one in all), from one probe."""

    async def ask() -> list[Measurement]:
        probe = open_probe(binding)
        found = []
        try:
            for body in [None] if answers is None else answers:
                if server is not None and answers is not None:
                    server.lies.body = body
                found.append(await probe.read())
        finally:
            await probe.close()
        return found

    return asyncio.run(ask())


def p95(server: Server) -> SignalBinding:
    return bind(DURATION, url=server.url, value="journey.p95", n="journey.n")


def counters(server: Server) -> SignalBinding:
    return bind(RATIO, url=server.url, good_count="journey.good", total_count="journey.total")


def test_value_has_its_sample_size(server: Server) -> None:
    server.lies.body = {"journey": {"p95": 0.25, "n": 24}}
    assert read(p95(server)) == [Measurement(0.25, 24)]


def test_path_can_index_lists(server: Server) -> None:
    server.lies.body = {"pools": [{"wait": 1}, {"wait": 2}]}
    assert read(bind(COUNT, url=server.url, value="pools.1.wait")) == [Measurement(2.0, 1)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"journey": {"p95": 0.25, "n": 0}}, "no samples"),
        ({"journey": {"p95": None, "n": 3}}, "journey.p95 is empty"),
        ({"journey": {"p95": "0.25", "n": 3}}, "journey.p95 is not a number"),
        ({"journey": {"p95": True, "n": 3}}, "journey.p95 is not a number"),
        ({"journey": {"p95": -1, "n": 3}}, "is negative"),
        ({"journey": []}, "no journey.n"),
        (b'{"journey": {"p95": NaN, "n": 3}}', "not a number"),
        (b'{"journey": {"p95": 1e999, "n": 3}}', "not a number"),
        (b'{"journey": {"p95": ' + b"9" * 400 + b', "n": 3}}', "too large"),
        (b'{"journey": {"p95": 0.2', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b" " * 1_100_000, "larger than 1 MB"),
    ],
)
def test_implausible_answer_is_unknown(server: Server, body: Any, words: str) -> None:
    server.lies.body = body
    (found,) = read(p95(server))
    assert found.value is None
    assert words in found.error


def test_truncated_body_is_unknown(server: Server) -> None:
    server.lies.body, server.lies.length = b'{"journey": {"p95": 0.2, "n": 3}}', 100
    assert read(p95(server)) == [Measurement(None, 0, "the connection broke")]


def test_body_of_100_mb_is_not_read(server: Server) -> None:
    server.lies.body, server.lies.length = b" " * 2_000_000, 100_000_000
    assert read(p95(server)) == [Measurement(None, 0, "the response is larger than 1 MB")]


def test_hanging_server_is_given_up_after_the_timeout(server: Server) -> None:
    server.lies.hang = True
    assert read(p95(server)) == [Measurement(None, 0, "no response within 300 ms")]


def test_cancelled_request_leaves_no_unhandled_error(server: Server) -> None:
    server.lies.hang = True
    troubles: list[dict[str, Any]] = []

    async def ask() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
        web = HttpClient()
        asking = asyncio.create_task(web.get(server.url, 1.0))
        while not server.asked and not asking.done():
            await asyncio.sleep(0.001)
        asking.cancel()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.001)
        await web.close()

    asyncio.run(ask())
    gc.collect()
    assert troubles == []


def test_error_page_and_redirect_are_unknown(server: Server) -> None:
    server.lies.body, server.lies.headers = {"journey": {"p95": 0.2, "n": 3}}, {"location": "http://127.0.0.1:1/"}
    for status in (302, 404, 500):
        server.lies.status = status
        assert read(p95(server)) == [Measurement(None, 0, f"HTTP {status}")]


def test_refused_connection_is_unknown() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        (found,) = read(bind(DURATION, url=f"http://127.0.0.1:{port}/", value="a"))
    assert found == Measurement(None, 0, "cannot connect")


def test_proxy_variables_are_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.lies.body = {"journey": {"p95": 0.25, "n": 24}}
    assert read(p95(server)) == [Measurement(0.25, 24)]


def answer(good: Any, total: Any) -> dict[str, Any]:
    return {"journey": {"good": good, "total": total}}


def test_counters_are_the_difference_of_two_answers(server: Server) -> None:
    found = read(counters(server), server, [answer(90, 100), answer(99, 110), answer(99, 120)])
    assert found == [
        Measurement(None, 0, "the first reading: nothing to compare it with yet"),
        Measurement(0.9, 10),
        Measurement(0.0, 10),
    ]


def test_unchanged_reset_or_inconsistent_counters_are_unknown(server: Server) -> None:
    found = read(
        counters(server), server, [answer(5, 5), answer(5, 5), answer(1, 1), answer(4, 2), answer(6, 7), answer("6", 8)]
    )
    assert [measured.value for measured in found] == [None, None, None, None, 0.4, None]
    assert "no samples" in found[1].error
    assert "were reset" in found[2].error
    assert "inconsistent" in found[3].error
    assert "not a number" in found[5].error


def test_probe_of_an_address_measures_success(server: Server) -> None:
    served = bind(RATIO, url=server.url)
    for status, value in ((200, 1.0), (302, 1.0), (404, 0.0), (503, 0.0)):
        server.lies.status = status
        assert read(served) == [Measurement(value, 1)]
    server.lies.hang = True
    assert read(served) == [Measurement(0.0, 1)], "who is silent serves nobody"


def test_probe_of_an_address_measures_duration(server: Server) -> None:
    (found,) = read(bind(DURATION, url=server.url))
    assert found.value is not None
    assert 0 < found.value < 0.3
    server.lies.status = 500
    assert read(bind(DURATION, url=server.url))[0].value is None, "an error page is quick, and no answer"


def test_a_request_that_timed_out_took_longer_than_the_timeout(server: Server) -> None:
    server.lies.hang = True
    (found,) = read(bind(DURATION, url=server.url))
    assert (found.value, found.n, found.error) == (None, 1, "no response within 300 ms")
    assert found.more_than is not None and 0.3 <= found.more_than < 3.0
    (none,) = read(p95(server))
    assert none.more_than is None, "the value of an answer has nothing to do with how long that takes"


def vector(*values: str) -> dict[str, Any]:
    return {
        "status": "success",
        "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1.5, each]} for each in values]},
    }


def test_prometheus_answers_a_query(server: Server) -> None:
    server.lies.by_query = {"p95": vector("0.4"), "n": {"status": "success", "data": scalar("30")}}
    binding = bind(DURATION, "prometheus", url=server.url + "/", query="p95", n="n")
    assert read(binding) == [Measurement(0.4, 30)]
    assert server.asked[0].startswith("/api/v1/query?")


def test_a_rate_says_how_far_it_looks_back(server: Server) -> None:
    rate = bind(DURATION, "prometheus", url=server.url, query="sum(rate(orders_total[5m]))")
    [measurement] = read(rate, server, [vector("0.5")])
    assert measurement.over == 300.0


def scalar(value: str) -> dict[str, Any]:
    return {"resultType": "scalar", "result": [1.5, value]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (vector(), "returned nothing"),
        (vector("1", "2"), "2 series"),
        (vector("NaN"), "not a number"),
        ({"status": "error", "error": "parse"}, "rejected the query: parse"),
        ({"status": "success", "data": {"resultType": "vector", "result": [{"value": 3}]}}, "format"),
        ([1, 2], "format"),
        (None, "format"),
    ],
)
def test_prometheus_result_without_a_single_number_is_unknown(server: Server, body: Any, words: str) -> None:
    server.lies.body = body
    (found,) = read(bind(DURATION, "prometheus", url=server.url, query="p95"))
    assert found.value is None
    assert words in found.error


def alert(name: str, state: str, **labels: str) -> dict[str, Any]:
    return {"labels": {"alertname": name, **labels}, "state": state, "status": {"state": state}}


def test_prometheus_alert_states_are_read(server: Server) -> None:
    binding = bind(ALERT, "alerts", url=server.url, alert="JourneySlow", **{"from": "prometheus"})
    states = [[], [alert("JourneySlow", "pending")], [alert("Other", "firing")], [alert("JourneySlow", "firing")]]
    found = read(binding, server, [{"status": "success", "data": {"alerts": each}} for each in states])
    assert [measured.value for measured in found] == [0, 0, 0, 1]


def rules(*names: str, health: str = "ok") -> dict[str, Any]:
    entries = [{"name": name, "type": "alerting", "health": health, "lastError": "no such label"} for name in names]
    return {"status": "success", "data": {"groups": [{"rules": entries}]}}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (rules("OrdersSlow"), "Prometheus has no alerting rule JourneySlow (it has: OrdersSlow)"),
        (rules(), "Prometheus has no alerting rule JourneySlow: it has no alerting rules"),
        (rules("JourneySlow", health="err"), "Prometheus cannot evaluate the rule JourneySlow: no such label"),
    ],
)
def test_missing_alert_rule_is_unknown_and_not_silent(server: Server, known: Any, words: str) -> None:
    binding = bind(ALERT, "alerts", url=server.url, alert="JourneySlow", **{"from": "prometheus"})
    server.lies.body = {"status": "success", "data": {"alerts": []}}
    server.lies.by_path["/api/v1/rules"] = known
    (found,) = read(binding)
    assert (found.value, found.error) == (None, words)


@pytest.mark.parametrize("known", [rules("JourneySlow"), b"<html>not here</html>", {"data": None}])
def test_alert_rule_is_looked_up_once(server: Server, known: Any) -> None:
    binding = bind(ALERT, "alerts", url=server.url, alert="JourneySlow", **{"from": "prometheus"})
    server.lies.by_path["/api/v1/rules"] = known
    silent = {"status": "success", "data": {"alerts": []}}
    assert [measured.value for measured in read(binding, server, [silent, silent])] == [0, 0]
    assert [path for path in server.asked if "rules" in path] == ["/api/v1/rules?type=alert"]


def test_silenced_alert_counts_as_silent(server: Server) -> None:
    settings: dict[str, Json] = {"from": "alertmanager", "labels": {"team": "shop"}}
    binding = bind(ALERT, "alerts", url=server.url, alert="JourneySlow", **settings)
    states = [
        [alert("JourneySlow", "suppressed", team="shop")],
        [alert("JourneySlow", "active", team="other")],
        [alert("JourneySlow", "active", team="shop")],
    ]
    assert [measured.value for measured in read(binding, server, states)] == [0, 0, 1]


@pytest.mark.parametrize("body", [{"status": "error"}, {"status": "success", "data": {}}, [1], None, {"a": 1}])
@pytest.mark.parametrize("source", ["prometheus", "alertmanager"])
def test_answer_without_alerts_list_is_unknown_and_not_silent(server: Server, source: str, body: Any) -> None:
    server.lies.body = body
    (found,) = read(bind(ALERT, "alerts", url=server.url, alert="JourneySlow", **{"from": source}))
    assert found.value is None
    assert found.error


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (bind(RATIO, "telepathy"), "unknown probe; known probes: http, sql, process, prometheus, alerts"),
        (bind(RATIO), "missing key `url`"),
        (bind(RATIO, url=5), "`url` must be text"),
        (bind(COUNT, url="http://127.0.0.1"), "needs `value`"),
        (bind(RATIO, url="http://127.0.0.1", good_count="a"), "set both"),
        (bind(RATIO, url="http://127.0.0.1", timeout="soon"), "`timeout`"),
        (bind(RATIO, url="http://127.0.0.1", timeout=[]), "`timeout`"),
        (bind(RATIO, url="http://127.0.0.1", timeout=-1), "`timeout`"),
        (bind(ALERT, "alerts", url="http://127.0.0.1", alert="A", **{"from": "rumour"}), "prometheus or alertmanager"),
        (bind(RATIO, "process", run="./probe.sh"), "`run` must be a list"),
        (bind(RATIO, "sql", query="select 1"), "missing key `dsn_env`"),
    ],
)
def test_invalid_settings_are_reported(binding: SignalBinding, words: str) -> None:
    with pytest.raises(BadArguments) as caught:
        open_probe(binding)
    assert words in caught.value.wrong
    assert "signal journey" in caught.value.wrong
