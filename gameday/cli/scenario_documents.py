"""Scenarios as text and as documents, for `gameday list` and `gameday show SCENARIO`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gameday.units import format_duration, format_parameters

if TYPE_CHECKING:
    from gameday.app.scenario_list import ScenarioEntry
    from gameday.cli.json_documents import RequirementsDocument, ScenarioDetails, ScenarioDocument
    from gameday.model import Scenario

TITLE_WIDTH = 15


def scenario_document(entry: ScenarioEntry) -> ScenarioDocument:
    """Return what `list` shows of a scenario."""
    from gameday.cli.json_documents import ScenarioDocument

    scenario = entry.scenario
    return ScenarioDocument(
        name=entry.name, source=_source(entry), file=str(entry.path), type=scenario.type,
        difficulty=scenario.difficulty, timebox_s=scenario.timebox, statement=scenario.statement,
        requires=_requirements(scenario),
    )  # fmt: skip


def scenario_details(entry: ScenarioEntry) -> ScenarioDetails:
    """Return what `show` shows of a scenario."""
    from gameday.cli.json_documents import ScenarioDetails

    scenario = entry.scenario
    return ScenarioDetails(
        name=entry.name, source=_source(entry), file=str(entry.path), type=scenario.type,
        difficulty=scenario.difficulty, timebox_s=scenario.timebox, statement=scenario.statement,
        requires=_requirements(scenario), optional_roles=[role.value for role in scenario.roles_optional],
        faults=_faults(scenario), mitigations=list(scenario.mitigations), guardrails=_guardrails(scenario),
    )  # fmt: skip


def list_lines(entry: ScenarioEntry) -> Iterator[str]:
    """Yield a scenario's name, difficulty, statement and requirements; wrapped at words."""
    scenario = entry.scenario
    heading = f"{entry.name}  ({_source(entry)}, difficulty {scenario.difficulty}"
    yield f"{heading}, at most {format_duration(scenario.timebox)})"
    yield from _wrap(scenario.statement, "  ", "  ")
    yield from _wrap(f"requires {_summary(scenario)}", "  ", "    ")


def detail_lines(entry: ScenarioEntry) -> Iterator[str]:
    """Yield everything about a scenario, for the facilitator."""
    scenario = entry.scenario
    yield from _titled("Scenario", f"{entry.name} ({_source(entry)}, {entry.path})")
    yield from _titled("Hypothesis", scenario.statement)
    yield from _titled("Type", f"{scenario.type}, difficulty {scenario.difficulty}")
    yield from _titled("Duration", f"at most {format_duration(scenario.timebox)}")
    optional = f"; optional: {', '.join(scenario.roles_optional)}" if scenario.roles_optional else ""
    yield from _titled("Roles", f"{', '.join(scenario.roles_required) or 'none required'}{optional}")
    requirements = _requirements(scenario)
    for title, meanings in (
        ("Target", requirements.targets), ("Signal", requirements.signals), ("Action", requirements.actions),
    ):  # fmt: skip
        for name, meaning in meanings.items():
            yield from _titled(title, f"{name}: {meaning}" if meaning else name)
    for title, texts in (
        ("Fault", _faults(scenario)), ("Mitigation", scenario.mitigations), ("Guardrail", _guardrails(scenario)),
    ):  # fmt: skip
        for text in texts:
            yield from _titled(title, text)
    yield f"{'Timeline':<{TITLE_WIDTH}}gameday check --story {entry.name}"


def _source(entry: ScenarioEntry) -> str:
    return "local" if entry.is_local else "shipped"


def _requirements(scenario: Scenario) -> RequirementsDocument:
    from gameday.cli.json_documents import RequirementsDocument

    requires = scenario.requires
    return RequirementsDocument(
        roles=[role.value for role in scenario.roles_required],
        targets=dict(requires.targets),
        signals={name: signal.means for name, signal in requires.signals.items()},
        actions=dict(requires.actions),
    )


def _summary(scenario: Scenario) -> str:
    requires = scenario.requires
    kinds: Mapping[str, Mapping[str, object]] = {
        "target": requires.targets, "signal": requires.signals, "action": requires.actions,
    }  # fmt: skip
    parts = [f"{kind}{'' if len(names) == 1 else 's'} {', '.join(names)}" for kind, names in kinds.items() if names]
    return "; ".join(parts) or "nothing"


def _faults(scenario: Scenario) -> list[str]:
    return [
        f"{fault.id}: {fault.kind} {format_parameters(fault.params)}".rstrip() + f" on {fault.target}"
        for fault in scenario.faults
    ]


def _guardrails(scenario: Scenario) -> list[str]:
    return [f"{guardrail.expectation} for {format_duration(guardrail.hold)}" for guardrail in scenario.guardrails]


def _titled(title: str, text: str) -> Iterator[str]:
    yield from _wrap(text, f"{title:<{TITLE_WIDTH}}", " " * TITLE_WIDTH)


def _wrap(text: str, first: str, following: str) -> list[str]:
    import shutil
    import textwrap

    width = max(40, min(shutil.get_terminal_size().columns, 100))
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)
