"""One rule for the address of a server, also for one with variables, and without repeating it."""

from __future__ import annotations

import pytest

from gameday.clients.server_address import UrlProblem, url_problem

VALID = (
    "http://127.0.0.1:8474", "https://chat.example/hooks/a@b?c=d@e", "http://[::1]:9090/", "${URL}", "${SCHEME}://host/",
    "http${S:-s}://host", "https://${HOST}:${PORT}/${PATH}", "https://chat.example/${HOOK:-a@b}", "HTTP://HOST/",
)  # fmt: skip
INVALID = {
    "127.0.0.1:9090": UrlProblem.SCHEME, "ftp://${HOST}/": UrlProblem.SCHEME, "http:/host": UrlProblem.SCHEME,
    "http://": UrlProblem.HOST, "http://host:0": UrlProblem.HOST, "http://host:70000": UrlProblem.HOST,
    "http://${HOST}:abc": UrlProblem.HOST, "http://[::1": UrlProblem.HOST, "http://ho st/": UrlProblem.HOST,
    "http://<host>/": UrlProblem.HOST, "http://host/a\tb": UrlProblem.HOST,
    "http://u:s3cret@host": UrlProblem.CREDENTIALS, "http://u:s3cret@host/${X}": UrlProblem.CREDENTIALS,
    "http://${USER}:${PASS}@host": UrlProblem.CREDENTIALS, "http://u@host:abc": UrlProblem.CREDENTIALS,
    "u:s3cret@host:8474": UrlProblem.CREDENTIALS,
    "${SCHEME}://u:s3cret@host": UrlProblem.CREDENTIALS, "${URL:-http://u:s3cret@host}": UrlProblem.CREDENTIALS,
}  # fmt: skip


@pytest.mark.parametrize("url", VALID)
def test_an_address_that_may_be_valid_has_no_problem(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize("url", INVALID)
def test_a_problem_names_no_part_of_the_address(url: str) -> None:
    assert url_problem(url) is INVALID[url]
