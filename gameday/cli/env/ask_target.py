"""A target made real: what its engine has, and whether it carries traffic."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from gameday.cli.env.ask_signal import read_map
from gameday.cli.init.server_probes import TOXIPROXY
from gameday.cli.prompts import ask_for, non_empty, one_of, print_wrapped
from gameday.errors import Refused
from gameday.files.missing_bindings import MissingBinding
from gameday.model import Binding, Environment, Json

WITHIN = 3.0
"""Seconds for one question to an engine."""
SHOWN = 20
_LIKE = {
    "docker": "{container: shop-db, tools: 'gameday-tools:1'}",
    "postgres": "{dsn_env: SHOP_DB, table: shop.orders}",
    "": "{name: value}",
}
"""Settings of an engine, for whoever is asked for them."""


def ask_target(lack: MissingBinding, environment: Environment, ready: Mapping[str, Json]) -> dict[str, Json]:
    """Its settings, as gameday.yaml has them."""
    from gameday.drill.injector_registry import Registry

    names = Registry().names()
    injector = names[0] if len(names) == 1 else ask_for("Which engine?", "toxiproxy", one_of(names))
    if injector != "toxiproxy":
        return {"injector": injector, **ask_for(f"Its settings, as in {_LIKE.get(injector, _LIKE[''])}", "", read_map)}
    url, proxies = ask_for("Toxiproxy at", _url(environment, ready), _listing)
    for name, one in list(proxies.items())[:SHOWN]:
        print_wrapped(f"{name}: {one.get('listen')} -> {one.get('upstream')}")
    if len(proxies) > SHOWN:
        print_wrapped(f"and {len(proxies) - SHOWN} more")
    proxy = ask_for("Which proxy?", str(ready.get("proxy", "")) or _likely(lack.name, list(proxies)), _one(proxies))
    return {"injector": injector, "url": url, "proxy": proxy}


def carries(binding: Binding) -> tuple[bool, str]:
    """Whether it is there and somebody is connected, and what is to be said of it."""
    from gameday.drill.injector_registry import Registry
    from gameday.plugins.types import Deadline

    try:
        checkable = Registry()[binding.injector].checkable
    except Refused as refused:
        return False, refused.wrong
    if checkable is None:
        return (
            True,
            f"The injector {binding.injector} does not check targets: `gameday plan` shows what it resolves to.",
        )
    missing = checkable.check_target(binding, Deadline.after(WITHIN))
    if missing:
        return False, f"{missing}. A drill would be refused: a fault where nothing passes teaches nothing."
    return True, "It is there, and carries traffic as far as can be seen from here."


def _url(environment: Environment, ready: Mapping[str, Json]) -> str:
    """As answered before, as the environment's other targets have it, as the variable says, as is usual."""
    others = [str(one.settings.get("url", "")) for one in environment.targets.values() if one.injector == "toxiproxy"]
    variable, usual = TOXIPROXY
    return str(ready.get("url", "")) or (others or [""])[-1] or os.environ.get(variable) or usual


def _listing(text: str) -> tuple[str, Mapping[str, Any]]:
    """The address and its proxies; raises ValueError where there are none."""
    from gameday.injectors.toxiproxy.api_client import Server, ServerTrouble
    from gameday.plugins.types import Deadline

    url = non_empty(text).rstrip("/")
    try:
        proxies = Server(url).proxies(Deadline.after(WITHIN))
    except ServerTrouble as trouble:
        raise ValueError(str(trouble)) from None
    found = {name: one for name, one in proxies.items() if name.isprintable() and isinstance(one, dict)}
    if not found:
        raise ValueError(f"{url} has no proxy yet: make one there, then answer again")
    return url, found


def _one(proxies: Mapping[str, Any]) -> Callable[[str], str]:
    def read(text: str) -> str:
        from gameday.files.schema_validation import did_you_mean

        if text not in proxies:
            meant = did_you_mean(text, proxies)
            raise ValueError(f"there is no proxy {text!r} there" + (f": {meant}" if meant else ""))
        return text

    return read


def _likely(target: str, names: list[str]) -> str:
    """The only one, or the one that is called so."""
    called = [name for name in names if target.casefold() in name.casefold()]
    return names[0] if len(names) == 1 else called[0] if len(called) == 1 else ""
