"""A quarter's evidence as a page and as CSV: no script, nothing fetched from elsewhere, nothing about a person."""

from __future__ import annotations

import csv
import io

from gameday.printable import strip_hidden
from gameday.scorecards.evidence import DrillEvidence, Evidence

CSV_COLUMNS = (
    "drill", "day", "scenario", "type", "environment", "mode", "hypothesis", "silent_alerts", "hours",
    "follow_up", "earlier_items_done", "earlier_items",
)  # fmt: skip


def render_evidence_csv(evidence: Evidence) -> str:
    """Return one row for each drill, below CSV_COLUMNS."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(map(_row, evidence.drills))
    return out.getvalue()


def _row(drill: DrillEvidence) -> tuple[object, ...]:
    return (
        drill.drill, drill.day, drill.scenario, drill.type, drill.environment, drill.mode, drill.held,
        " ".join(drill.silent_alerts), f"{drill.seconds / 3600:.2f}", drill.follow_up, drill.items_done, drill.items,
    )  # fmt: skip


def render_evidence_page(evidence: Evidence) -> str:
    """Return the page as HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(loader=PackageLoader("gameday.review", "."), autoescape=True, undefined=StrictUndefined)
    return strip_hidden(templates.get_template("evidence.html.j2").render(evidence=evidence))
