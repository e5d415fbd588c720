"""A due occurrence: as `gameday run --rehearse` or `gameday host`, but every ending is an answer, no exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gameday.app.environment_selection import stop_on_demand_demo
from gameday.app.run_due import DrillEnd
from gameday.app.start_drill import DrillRequest, prepare_drill
from gameday.cli.drill_signals import announce_interrupt, interrupt_drill
from gameday.cli.host import NobodyJoined, host_prepared
from gameday.cli.main import map_exceptions
from gameday.cli.output import print_output, print_status
from gameday.cli.run import NOT_STARTED, rehearse_prepared, set_process_title
from gameday.cli.timing_variable import read_timing
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.schedule.schedules import Schedule


def start_occurrence(file: str, schedule: Schedule) -> DrillEnd:
    """Rehearse or host a scenario, as the schedule says. Raises nothing that a drill can meet."""
    results: list[DrillResult] = []
    signals: list[str] = []
    errors: list[BaseException] = []

    def route_signals(end_in_order: Callable[[str], None]) -> None:
        def end(name: str) -> None:
            signals.append(name)
            end_in_order(name)

        interrupt_drill(end)

    def work() -> Exit:
        try:
            return _start(file, schedule, results, route_signals)
        except BaseException as error:
            errors.append(error)
            raise

    code = map_exceptions(work)
    interrupted = bool(signals) or any(isinstance(error, KeyboardInterrupt) for error in errors)
    reason = "; ".join(str(error) or type(error).__name__ for error in errors)
    missed = next((error.cause for error in errors if isinstance(error, NobodyJoined)), None)
    return DrillEnd(code, tuple(result.drill for result in results), reason, interrupted, missed)


def _start(
    file: str, schedule: Schedule, results: list[DrillResult], route_signals: Callable[[Callable[[str], None]], None]
) -> Exit:
    set_process_title("gameday schedule run-due")
    with announce_interrupt(NOT_STARTED):
        prepared = prepare_drill(DrillRequest(file, schedule.environment, timing=read_timing()), print_status)
    try:
        print_output(prepared.selected.description)
        for note in prepared.selected.notes:
            print_status(note)
        if (hosting := schedule.hosting) is None:
            return rehearse_prepared(prepared, prepared.folder.reviews, results, route_signals)
        return host_prepared(prepared, prepared.folder.reviews, results, route_signals, hosting)
    finally:
        stop_on_demand_demo(prepared.selected)
