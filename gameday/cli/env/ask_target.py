"""Questions about a target: its engine, its settings, and a check of its traffic."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from gameday.cli.env.ask_signal import parse_inline_map
from gameday.cli.init.server_probes import TOXIPROXY
from gameday.cli.prompts import ask_parsed, choice_parser, parse_non_empty, print_wrapped
from gameday.errors import Refused
from gameday.files.missing_bindings import MissingBinding
from gameday.model import Binding, Environment, Json

ENGINE_TIMEOUT_S = 3.0
MAX_SHOWN = 20
_LIKE = {
    "docker": "{container: shop-db, tools: 'gameday-tools:1'}",
    "kubernetes": "{kubeconfig: ~/.kube/config, context: staging, namespace: shop, workload: deployment/db}",
    "postgres": "{dsn_env: SHOP_DB, table: shop.orders}",
    "": "{name: value}",
}
"""Example settings of each engine."""


def ask_target(lack: MissingBinding, environment: Environment, ready: Mapping[str, Json]) -> dict[str, Json]:
    """Ask for the settings of a target in gameday.yaml."""
    from gameday.drill.injector_registry import InjectorRegistry

    names = InjectorRegistry().names()
    injector = names[0] if len(names) == 1 else ask_parsed("Engine", "toxiproxy", choice_parser(names))
    if injector != "toxiproxy":
        return {
            "injector": injector,
            **ask_parsed(f"Settings, such as {_LIKE.get(injector, _LIKE[''])}", "", parse_inline_map),
        }
    url, proxies = ask_parsed("Toxiproxy address", _url(environment, ready), _read_proxies)
    for name, proxy_data in list(proxies.items())[:MAX_SHOWN]:
        print_wrapped(f"{name}: {proxy_data.get('listen')} -> {proxy_data.get('upstream')}")
    if len(proxies) > MAX_SHOWN:
        print_wrapped(f"and {len(proxies) - MAX_SHOWN} more")
    proxy = ask_parsed("Proxy", str(ready.get("proxy", "")) or _likely(lack.name, list(proxies)), _read_name(proxies))
    return {"injector": injector, "url": url, "proxy": proxy}


def check_traffic(binding: Binding) -> tuple[bool, str]:
    """Return True with a message if the target exists and carries traffic."""
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.plugins.types import Deadline

    try:
        checkable = InjectorRegistry()[binding.injector].checkable
    except Refused as refused:
        return False, refused.wrong
    if checkable is None:
        return (
            True,
            f"The injector {binding.injector} does not check targets: `gameday plan` shows what it resolves to.",
        )
    missing = checkable.check_target(binding, Deadline.after(ENGINE_TIMEOUT_S))
    if missing:
        return False, f"{missing}. A drill would be refused: a fault without traffic shows nothing."
    return True, "It exists and carries traffic, as far as visible from here."


def _url(environment: Environment, ready: Mapping[str, Json]) -> str:
    """Return the previous answer, else the address of other targets, the variable, or the default."""
    others = [
        str(target.settings.get("url", "")) for target in environment.targets.values() if target.injector == "toxiproxy"
    ]
    variable, usual = TOXIPROXY
    return str(ready.get("url", "")) or (others or [""])[-1] or os.environ.get(variable) or usual


def _read_proxies(text: str) -> tuple[str, Mapping[str, Any]]:
    """Return the address and its proxies. Raises ValueError without any."""
    from gameday.injectors.toxiproxy.api_client import ServerError, ToxiproxyServer
    from gameday.plugins.types import Deadline

    url = parse_non_empty(text).rstrip("/")
    try:
        proxies = ToxiproxyServer(url).proxies(Deadline.after(ENGINE_TIMEOUT_S))
    except ServerError as trouble:
        raise ValueError(str(trouble)) from None
    usable = {name: proxy for name, proxy in proxies.items() if name.isprintable() and isinstance(proxy, dict)}
    if not usable:
        raise ValueError(f"{url} has no proxies. Create one, then repeat.")
    return url, usable


def _read_name(proxies: Mapping[str, Any]) -> Callable[[str], str]:
    def read(text: str) -> str:
        from gameday.suggestions import did_you_mean

        if text not in proxies:
            suggestion = did_you_mean(text, proxies)
            raise ValueError(f"Proxy {text!r}: not found" + (f": {suggestion}" if suggestion else ""))
        return text

    return read


def _likely(target: str, names: list[str]) -> str:
    """Return the only proxy, or the only one whose name contains the target's."""
    matches = [name for name in names if target.casefold() in name.casefold()]
    return names[0] if len(names) == 1 else matches[0] if len(matches) == 1 else ""
