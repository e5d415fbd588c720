"""The same requests to this server and to Toxiproxy: docs/reference/proxy.md explains each difference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Server, original, ours
from support.proxy_differential import LATE, PLACE, Question, every

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "proxy.md"
TABLES = ("## Differences in the API", "## Differences between Toxiproxy versions")
QUESTIONS = every()
HEADERS = ("content-type", "x-content-type-options")


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Server, Server]]:
    with ours() as first, original(str(toxiproxy_server())) as second:
        yield first, second


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_both_servers_respond_alike_or_docs_explain(both: tuple[Server, Server], question: Question) -> None:
    here, there = (_asked(server.http, question) for server in both)
    if question.differs:
        assert here != there, f"no difference any more: the row {question.differs!r} is not needed for this"
    else:
        assert here == there


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.differs == "error texts"], ids=str)
@pytest.mark.engine("toxiproxy")
def test_only_error_texts_differ_where_docs_say_so(both: tuple[Server, Server], question: Question) -> None:
    here, there = (_without_words(_asked(server.http, question)) for server in both)
    assert here == there


def test_docs_and_requests_name_the_same_differences() -> None:
    named = {question.differs for question in QUESTIONS} - {""}
    assert set(_rows()) == named
    assert len(_rows()) == len(named), "a difference has two rows"


def test_requests_are_many_and_distinct() -> None:
    asked = {(q.verb, q.path, json.dumps(q.body), q.raw, q.agent) for q in QUESTIONS}
    assert len(QUESTIONS) >= 300
    assert len(asked) >= len(QUESTIONS) - 10


def _rows() -> list[str]:
    page = PAGE.read_text()
    sections = [page.partition(f"\n{table}\n")[2].partition("\n## ")[0] for table in TABLES]
    rows = [re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)[1:] for section in sections]
    return [row.strip("`") for found in rows for row in found]


def _asked(http: httpx.Client, question: Question) -> dict[str, object]:
    """Return the response, and the server's state after it."""
    for name, enabled in (("a", True), ("off", False)):
        assert http.post("/proxies", json=PLACE | {"name": name, "enabled": enabled}).status_code == 201
    assert http.post("/proxies/a/toxics", json=LATE).status_code == 200
    content = question.raw if question.raw is not None else _encoded(question.body)
    headers = {"User-Agent": question.agent}
    answer = http.request(question.verb, question.path, content=content, headers=headers)
    after = {name: proxy for name, proxy in http.get("/proxies").json().items() if "/" not in name}  # nobody can
    for name in after:
        assert http.delete(f"/proxies/{name}").status_code == 204
    return {
        "status": answer.status_code,
        "headers": {name: answer.headers.get(name) for name in HEADERS},
        "numbered": "x-toxiproxy-request-id" in answer.headers,
        "body": _read(_masked(answer.text)),
        "after": json.loads(_masked(json.dumps(after))),
    }


def _encoded(body: object) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _masked(text: str) -> str:
    """Ports that the kernel chose are not the same twice."""
    return re.sub(r'("listen": ?"[^"]*:)\d{4,5}"', r'\1PORT"', text)


def _read(text: str) -> object:
    """JSON as what it means: letters beyond ASCII may be written in two ways."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _without_words(answer: dict[str, object]) -> dict[str, object]:
    body = answer["body"]
    assert isinstance(body, dict)
    kind = re.match("bad request body|listen tcp", body["error"])
    return answer | {"body": body | {"error": kind and kind[0]}}
