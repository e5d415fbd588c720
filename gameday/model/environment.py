"""A named place: what logical names mean there, and what a drill may touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gameday.model.approvals import Approval, OwnedFault
from gameday.model.scenario import Expectation, Scenario
from gameday.model.types import AlertHandling, Json, MessageKind, SignalKind


@dataclass(frozen=True, slots=True)
class Binding:
    """A logical target made real: which injector, and the injector's own settings (address, name, labels)."""

    environment: str
    target: str
    injector: str
    settings: Mapping[str, Json]
    others: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """The settings of the environment's other targets that the same injector does, for a fault between two."""
    shown: tuple[str, ...] = ()
    """The things that preflight showed, where it did, by their ids, else by name: a fault hits none beside them."""
    seed: int = 0
    """The plan's own: where a part of several things is hit, it is drawn by this and the target's name."""
    drawn: bool = True
    """False where somebody looks at a plan that has no seed yet: every thing that may be drawn is told."""
    folder: str = ""
    """The folder of gameday.yaml: relative paths start there."""
    owner: str = ""
    """Whose approval a fault on it needs; empty for nobody's."""


@dataclass(frozen=True, slots=True)
class SignalBinding:
    """Binding of a signal: the probe's name and its settings.

    `every`: seconds between two samples; `healthy`: the limit within which it is healthy here; `min_samples`: with
    fewer a ratio is unknown.
    """

    signal: str
    kind: SignalKind
    probe: str
    settings: Mapping[str, Json]
    every: float = 1.0
    healthy: Expectation | None = None
    min_samples: int = 5
    folder: str = ""
    """The folder of gameday.yaml: commands run there, and relative paths start there."""


COMMAND_TIMEOUT_S = 60.0
"""For a command of an environment, unless the environment says another time."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a responder may do: the command, and the one that undoes it.

    `timeout`: seconds after which either command is ended."""

    name: str
    do: tuple[str, ...]
    undo: tuple[str, ...] = ()
    timeout: float = COMMAND_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class ChannelBinding:
    """Binding of a message channel: its plugin, and the plugin's own settings as written.

    `timeout`: seconds for one attempt to deliver; `in_rehearsals`: it sends without people too."""

    name: str
    channel: str
    settings: Mapping[str, Json]
    sends: frozenset[MessageKind] = frozenset(MessageKind)
    in_rehearsals: bool = False
    timeout: float = 5.0
    folder: str = ""
    """The folder of gameday.yaml: relative paths start there."""


@dataclass(frozen=True, slots=True)
class IncidentSource:
    """Where open incidents of the team are found: the kind of source, and its own settings as written.

    `timeout`: seconds for one answer."""

    name: str
    source: str
    settings: Mapping[str, Json]
    timeout: float = 5.0
    folder: str = ""
    """The folder of gameday.yaml: commands run there, and relative paths start there."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """The team's issue tracker. `url`: without a slash at its end; `timeout`: seconds for one answer.

    `settings`: those of the connection, as written."""

    kind: str
    project: str
    url: str
    labels: tuple[str, ...]
    issue_type: str
    settings: Mapping[str, Json]
    timeout: float = 5.0
    folder: str = ""
    """The folder of gameday.yaml: relative paths start there."""


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """How a team follows up its reviews. `escalate_after_days`: days overdue after which the team is told."""

    escalate_after_days: int = 28
    tracker: Tracker | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """The commands that start and stop the environment's own load.

    `timeout`: seconds after which either command is ended."""

    start: tuple[str, ...]
    stop: tuple[str, ...]
    timeout: float = COMMAND_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Environment:
    """A named place and what a drill may touch there. `kinds`: the allowed fault kinds, empty for all."""

    name: str
    targets: Mapping[str, Binding]
    signals: Mapping[str, SignalBinding]
    actions: Mapping[str, Action]
    terms: Mapping[str, str] = field(default_factory=dict[str, str])
    runbooks: Mapping[str, str] = field(default_factory=dict[str, str])
    charter: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds the team promised itself, by objective id (`swarm: 300`)."""
    load: Load | None = None
    channels: Mapping[str, ChannelBinding] = field(default_factory=dict[str, ChannelBinding])
    incidents: Mapping[str, IncidentSource] = field(default_factory=dict[str, IncidentSource])
    """Where open incidents are found, by name: while one is open, no drill runs."""
    alerts: AlertHandling | None = None
    """None where gameday.yaml states nothing: then they are untouched."""
    silence: Binding | None = None
    """The Alertmanager that silences alerts of the environment while a drill runs, and which alerts."""
    error_budgets: tuple[str, ...] = ()
    """Signals that are error budgets: outside their healthy limit, the briefing and the schedule warn."""
    approvals: tuple[Approval, ...] = ()
    """Approvals by the owners of targets."""
    kinds: frozenset[str] = frozenset()
    production: bool = False
    allows_drills: bool = True
    project: str = ""
    """The folder of its gameday.yaml; empty for the demo. Two projects may give an environment the same name."""

    @property
    def swept_bindings(self) -> tuple[Binding, ...]:
        """Bindings that a sweep searches for leftovers: the targets, and the silence."""
        return (*self.targets.values(), *((self.silence,) if self.silence else ()))

    def owned_faults(self, scenario: Scenario) -> tuple[OwnedFault, ...]:
        """Return the scenario's faults on targets that have an owner here, each once."""
        bound = [(fault.kind, self.targets[fault.target]) for fault in scenario.faults if fault.target in self.targets]
        faults = (OwnedFault(target.owner, target.target, kind) for kind, target in bound if target.owner)
        return tuple(dict.fromkeys(faults))

    @property
    def alerts_text(self) -> str:
        """What a drill does with alerts, as one sentence for everyone; empty where nothing is stated."""
        match self.alerts:
            case AlertHandling.TO_PLAYERS if self.silence is not None:
                return "Alerts go to the players alone: a silence that ends with the drill keeps them from others."
            case AlertHandling.TO_PLAYERS:
                return "Alerts go to the players alone, by the team's own routing."
            case AlertHandling.TO_ALL_MARKED:
                return f"Alerts reach everyone, and may be of the drill: gameday was-it-us --env {self.name}."
            case AlertHandling.UNTOUCHED:
                return "Alerts are untouched: they reach whoever they always reach."
            case _:
                return ""

    @property
    def command_folder(self) -> Path | None:
        """The folder in which the commands of actions and load run."""
        return Path(self.project) if self.project else None
