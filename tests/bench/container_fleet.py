"""Many small containers on the engine, and what the engine itself says of them, asked by the bare SDK."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from support.docker import TOOLS, Docker

LABEL, FEW = "gameday-bench.container_fleet", "gameday-bench.few"
"""All of a herd bear the first with its name; the first few of it bear the second too."""
MANY, SOME = 50, 5


@dataclass(frozen=True)
class Herd:
    """`api`: the peer's SDK, and the bench's own eye; `ids` by their names."""

    docker: Docker
    api: Any
    name: str
    ids: dict[str, str]

    def versions(self) -> str:
        """Return the versions of the SDK and of the engine."""
        return f"Docker SDK {version('docker')}, engine {self.api.version()['Version']}"

    def shown(self) -> dict[str, tuple[bool, bool, str]]:
        """Return for each container if it runs, if it is paused, and its start time."""
        return {name: self._state(self.api.inspect_container(ident)["State"]) for name, ident in self.ids.items()}

    def runs(self, name: str) -> bool:
        """Return True if the container runs and is not paused."""
        return self._state(self.api.inspect_container(name)["State"])[:2] == (True, False)

    @staticmethod
    def _state(state: Any) -> tuple[bool, bool, str]:
        return bool(state["Running"]), bool(state["Paused"]), str(state["StartedAt"])

    def all_run(self) -> bool:
        """One listing, so that a look costs the engine little."""
        listed = self.api.containers(all=True, filters={"label": f"{LABEL}={self.name}"})
        return len(listed) == len(self.ids) and all(one["State"] == "running" for one in listed)

    def holds_anything_of(self, drill: str) -> bool:
        """Return True if a container of that drill is left on the engine."""
        return bool(self.api.containers(all=True, filters={"name": f"^/{drill}"}))

    def mend(self, name: str) -> None:
        """Let it go on, whatever was done to it."""
        self.docker("unpause", name, code=None)
        self.docker("start", name)


@contextlib.contextmanager
def herd(docker: Docker) -> Iterator[Herd]:
    """MANY of them, running; removed at the end."""
    import docker as sdk

    api = sdk.APIClient(base_url=docker.url, version="auto", num_pools=16)
    made = Herd(docker, api, secrets.token_hex(4), {})
    try:
        for number in range(MANY):
            _born(made, number)
        yield made
    finally:
        for ident in made.ids.values():
            api.remove_container(ident, force=True)
        api.close()


def _born(made: Herd, number: int) -> None:
    name = f"gdb-{made.name}-{number}"
    labels = {LABEL: made.name} | ({FEW: made.name} if number < SOME else {})
    host = made.api.create_host_config(network_mode="none")
    words: Sequence[str] = ("sleep", "100000")
    made.ids[name] = made.api.create_container(TOOLS, list(words), name=name, labels=labels, host_config=host)["Id"]
    made.api.start(name)
