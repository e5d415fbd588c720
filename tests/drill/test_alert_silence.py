"""A silence in the ledger: durable before it is made, gone with STOP, made anew by a resume, never after a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.fake_injector import Bench, Engines, MadeEngine, planned

from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.ledger import Ledger
from gameday.events import AllReverted, Halted, NewEvent, SilenceEndedUnexpectedly, Started, of_type
from gameday.model import Binding, Phase
from gameday.plugins.types import SILENCE_INJECTOR, ApplyOutcome, ApplyResult, Intent, Presence
from gameday.store.outstanding import markers_of_unknown_applies, outstanding_intents

SILENCE = Binding("test", "alerts (silence)", SILENCE_INJECTOR, {})


class MadeAlertmanager(MadeEngine):
    name = SILENCE_INJECTOR


class SilencedBench(Bench):
    """A drill whose environment states a silence."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.alertmanager = MadeAlertmanager()
        engines = Engines({"made": CheckedInjector(self.engine), SILENCE_INJECTOR: CheckedInjector(self.alertmanager)})
        self.ledger = Ledger(self.log, engines, self.clock, silence=SILENCE)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SilencedBench]:
    with closing(SilencedBench(tmp_path)) as bench:
        yield bench


def test_silence_is_durable_before_it_is_made(bench: SilencedBench) -> None:
    def look(intent: Intent) -> ApplyResult:
        assert bench.kinds() == ["silence-intended"] and list(outstanding_intents(bench.events())) == [intent.marker]
        return ApplyResult(ApplyOutcome.REFUSED, "enough seen")

    bench.alertmanager.on_apply = [look]
    bench.ledger.silence_alerts()
    [halt] = of_type(bench.events(), Halted)
    assert halt.body.reason == "alerts could not be silenced: enough seen"


def test_stop_deletes_it_with_the_faults_and_a_resume_makes_another(bench: SilencedBench) -> None:
    bench.ledger.silence_alerts()
    bench.ledger.apply(planned())
    [first] = bench.alertmanager.there
    assert first not in bench.engine.there, "made in one second, and still another marker"
    assert bench.ledger.revert_all() == [] and not bench.alertmanager.there and not bench.engine.there
    bench.ledger.allow_applies()
    [second] = bench.alertmanager.there
    assert second != first and bench.kinds().count("silenced") == 2


def test_planned_end_keeps_it_until_it_is_deleted_on_its_own(bench: SilencedBench) -> None:
    bench.ledger.silence_alerts()
    assert not markers_of_unknown_applies(bench.events()), "its revert waits for no quiet period"
    bench.ledger.apply(planned())
    assert bench.ledger.revert_all(keep_silence=True) == [] and bench.alertmanager.there
    assert bench.ledger.revert_silence() == [] and not bench.alertmanager.there
    assert bench.kinds()[-2:] == ["reverted", "silence-reverted"]
    assert not outstanding_intents(bench.events())


def test_drill_without_a_fault_says_nothing_of_faults(bench: SilencedBench) -> None:
    bench.ledger.silence_alerts()
    assert bench.ledger.revert_all() == []
    assert not list(of_type(bench.events(), AllReverted)) and not bench.ledger.outstanding()


def test_unknown_outcome_is_watched_for_a_late_silence(bench: SilencedBench) -> None:
    bench.alertmanager.on_apply = [lambda _intent: ApplyResult(ApplyOutcome.UNKNOWN, "no answer")]
    bench.ledger.silence_alerts()
    [marker] = outstanding_intents(bench.events())

    def arrive(_intent: Intent) -> Presence:
        bench.alertmanager.there.add(marker)
        return Presence.PRESENT

    bench.alertmanager.on_active = [lambda _: Presence.ABSENT, arrive]
    assert bench.ledger.revert_all() == []
    assert not bench.alertmanager.there and not outstanding_intents(bench.events())


def test_silence_that_somebody_ended_is_reported_once_and_not_made_again(bench: SilencedBench) -> None:
    bench.log.append(NewEvent(Started()))
    bench.ledger.silence_alerts()
    bench.alertmanager.there.clear()
    for _ in range(3):
        bench.ledger.renew_silence()
    [lapse] = of_type(bench.events(), SilenceEndedUnexpectedly)
    assert lapse.body.reason == "somebody ended or changed it"
    assert bench.log.state.phase is Phase.PLANNED and not bench.log.state.futile_reason, "no fault has lapsed"
    assert [call for call, _ in bench.alertmanager.calls] == ["apply"]


def test_own_revert_is_no_lapse(bench: SilencedBench) -> None:
    bench.ledger.silence_alerts()
    bench.ledger.revert_all()
    bench.ledger.renew_silence()
    assert "silence-lapsed" not in bench.kinds()
