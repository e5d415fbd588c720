"""Links: secrets of their own for each role, kept for a new server, readable by nobody else."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from support.tls_server import create_certificates
from support.web_pages import BASE, WebDrill

from gameday.errors import BadArguments, Refused
from gameday.model import PageServer
from gameday.web.links import create_links, links_path, read_links, replace_link
from gameday.web.rights import PageRole
from gameday.web.server import check_certificate

DRILL = "gd-7f3a"


def test_a_link_is_a_secret_of_128_bits_for_each_role() -> None:
    tokens = [token for _ in range(20) for token in create_links(DRILL + "0" * _, BASE).tokens.values()]
    raw = [base64.urlsafe_b64decode(token + "==") for token in tokens]
    assert {len(secret) for secret in raw} == {16}
    assert len(set(tokens)) == 20 * len(PageRole)


def test_links_are_readable_by_their_user_only() -> None:
    create_links(DRILL, BASE)
    assert stat.S_IMODE(links_path(DRILL).stat().st_mode) == 0o600
    replace_link(DRILL, PageRole.IC, renew=True)
    assert stat.S_IMODE(links_path(DRILL).stat().st_mode) == 0o600


def test_a_new_server_has_the_same_links_at_its_own_address() -> None:
    before, again = create_links(DRILL, BASE), create_links(DRILL, "https://drill.example.com")
    assert (again.tokens, again.expires_at) == (before.tokens, before.expires_at)
    assert again.url(PageRole.IC).startswith("https://drill.example.com/join/")


def test_a_revoked_link_is_not_back_with_a_new_server() -> None:
    create_links(DRILL, BASE)
    replace_link(DRILL, PageRole.IC, renew=False)
    assert PageRole.IC not in create_links(DRILL, BASE).tokens
    assert create_links(DRILL, BASE).url(PageRole.IC) == ""


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tokens": {"boss": "x"}}', '{"base_url": 1, "tokens": []}'])
def test_a_file_that_cannot_be_read_is_written_again(content: str) -> None:
    links_path(DRILL).write_text(content)
    assert read_links(DRILL) is None
    assert set(create_links(DRILL, BASE).tokens) == set(PageRole)


def test_a_drill_without_links_has_none_to_revoke() -> None:
    with pytest.raises(Refused, match="has no links"):
        replace_link(DRILL, PageRole.IC, renew=True)


def test_a_token_opens_one_role_only(drill: WebDrill) -> None:
    links = drill.links
    assert {role: links.role_of(token) for role, token in links.tokens.items()} == {role: role for role in PageRole}
    assert links.role_of("") is None


@pytest.mark.parametrize(("settings", "refused"), [
    ({}, ""), ({"host": "::1"}, ""), ({"host": "localhost"}, ""),
    ({"host": "0.0.0.0"}, "unencrypted"), ({"host": "10.0.0.5"}, "unencrypted"),
    ({"host": "10.0.0.5", "url": "https://drill.example.com"}, "unencrypted"),
    ({"behind_proxy": True}, "behind a proxy"), ({"behind_proxy": True, "url": "http://drill.example.com"}, "behind"),
    ({"behind_proxy": True, "url": "https://drill.example.com"}, ""),
    ({"certificate": Path("c.pem")}, "belong together"), ({"key": Path("k.pem")}, "belong together"),
    ({"host": "0.0.0.0", "certificate": Path("c"), "key": Path("k")}, "no address"),
    ({"host": "10.0.0.5", "certificate": Path("c"), "key": Path("k")}, ""),
])  # fmt: skip
def test_links_never_travel_unencrypted(settings: dict[str, str], refused: str) -> None:
    wrong, remedy = PageServer(**settings).obstacle()  # type: ignore[arg-type]  # the fields of the table
    assert refused in wrong and bool(wrong) == bool(remedy) == bool(refused)


def test_a_certificate_that_cannot_be_used_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    made = create_certificates(tmp_path)
    certificate, key = map(Path, made.pair("server"))
    check_certificate(PageServer(certificate=certificate, key=key))
    check_certificate(PageServer())
    wrong = {
        "not a pair": (certificate, Path(made.pair("client")[1])),
        "a password": (certificate, tmp_path / "encrypted.key"),
        "not PEM": (tmp_path / "names", key),
        "No such file": (tmp_path / "absent", key),
    }
    for reason, (public, private) in wrong.items():
        with pytest.raises(BadArguments, match=reason):
            check_certificate(PageServer(certificate=public, key=private))


@pytest.mark.parametrize(("settings", "hosts"), [
    ({}, {"127.0.0.1:8480", "localhost:8480", "[::1]:8480"}),
    ({"url": "https://Drill.example.com", "behind_proxy": True}, {"drill.example.com", "drill.example.com:443"}),
    ({"url": "https://drill.example.com:443", "behind_proxy": True}, {"drill.example.com", "drill.example.com:443"}),
    ({"url": "https://drill.example.com:8443", "behind_proxy": True}, {"drill.example.com:8443"}),
])  # fmt: skip
def test_the_host_of_the_links_is_answered(settings: dict[str, str], hosts: set[str]) -> None:
    accepted = PageServer(**settings).accepted_hosts(8480)  # type: ignore[arg-type]  # the fields of the table
    assert hosts <= accepted and accepted - hosts <= {"127.0.0.1:8480", "localhost:8480", "[::1]:8480"}
