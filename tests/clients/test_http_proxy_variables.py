"""Addresses that are asked through the proxy of the environment."""

from __future__ import annotations

import pytest

from gameday.clients.http_proxy_variables import proxy_for

PROXIES = {"HTTPS_PROXY": "http://proxy:3128", "http_proxy": "proxy:3129"}
NO_PROXY = "internal.example, .svc,*.corp.example,10.0.0.0/8,[2001:db8::]/32,db.example:5432, "


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://shop.example/", "http://proxy:3128"),
        ("http://shop.example:8080/", "http://proxy:3129"),
        ("https://localhost:9/", ""),
        ("https://127.0.0.2/", ""),
        ("http://[::1]:9/", ""),
        ("https://internal.example/", ""),
        ("https://a.internal.example./", ""),
        ("https://notinternal.example/", "http://proxy:3128"),
        ("https://web.shop.svc/", ""),
        ("https://svc.example/", "http://proxy:3128"),
        ("https://a.corp.example/", ""),
        ("https://10.1.2.3/", ""),
        ("https://11.1.2.3/", "http://proxy:3128"),
        ("https://[2001:db8::1]/", ""),
        ("http://db.example:5432/", ""),
        ("http://db.example/", "http://proxy:3129"),
    ],
)
def test_no_proxy_holds_names_suffixes_networks_and_ports(url: str, proxy: str) -> None:
    assert proxy_for(url, {**PROXIES, "NO_PROXY": NO_PROXY}) == proxy


def test_other_variables() -> None:
    assert proxy_for("https://a.example", {}) == ""
    assert proxy_for("https://a.example", {"all_proxy": "http://all:1"}) == "http://all:1"
    assert proxy_for("https://a.example", {**PROXIES, "no_proxy": "*"}) == ""
    assert proxy_for("http://a.example", {"HTTP_PROXY": "http://set-by-a-request:1", "REQUEST_METHOD": "GET"}) == ""
