"""What was found of a delivery and done to it: tables by rules, persons and rows; no values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from evaluation.data.panel import FlowStep
from evaluation.data.registers.built import Built

NAME = "panel_report.csv"
HEAD = ("table", "rule", "action", "persons", "rows")

# How a person-month is observed, in words; `in` are the panel's rows.
OBSERVED = {
    "in": "a row each",
    "dead": "no row: from the month of death on",
    "emigrated": "no row: out of the country",
    "before data": "no row: neither a stay nor a status yet",
    "unlinked": "no row: the registers say nothing more",
}


def report_rows(built: Built) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of the report under :data:`HEAD`, as text.

    First the rows of every table, then what each rule did, then person-months by observation.
    """
    for table, rows in built.tables.items():
        yield table, "read", "rows in all", "", str(rows)
    for one in built.touched:
        persons = "" if one.persons is None else str(one.persons)
        yield one.table, one.rule, one.action, persons, str(one.rows)
    for name, months in built.statuses.items():
        yield "person_month", f"obs_status {name}", OBSERVED[name], "", str(months)
    for line in built.remarks:
        yield "person_month", "remark", line, "", ""
    yield "person_month", "built", "rows in all", str(built.persons), str(built.rows)


def report_text(built: Built) -> str:
    """Return the report as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(report_rows(built))
    return text.getvalue()


def panel_steps(built: Built) -> tuple[FlowStep, ...]:
    """Return the steps from the person-months asked for to the rows of the panel, as a flow.

    Empty where the delivery does not tell who was in the country.
    """
    left = sum(built.statuses.values())
    steps = [FlowStep("registers: months and ages asked for", left, None)] if left else []
    for name in ("dead", "emigrated", "before data", "unlinked"):
        if built.statuses.get(name):
            left -= built.statuses[name]
            units = built.persons if left == built.rows else None
            steps.append(FlowStep(f"registers: not {name}", left, units))
    return tuple(steps)
