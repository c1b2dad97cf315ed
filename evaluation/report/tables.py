"""Every table of a record: those that each spec has, and those that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.errors import UsageError
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.report.tabling.answers import Answers
from evaluation.report.tabling.described import described_table
from evaluation.report.tabling.grid import table_from
from evaluation.report.tabling.layout import Layout, Panel, Picked, layout_of
from evaluation.report.tabling.lists import checks_table, flow_table
from evaluation.report.tabular import Table
from evaluation.results import Estimate
from evaluation.spec.faults import nearest
from evaluation.spec.table_axes import Axis, Key

# Group-time effects by the hundred have a table of their own.
BUILDING_BLOCKS = "att_gt"
LABELS: tuple[Axis, ...] = ("outcome", "model", "place")
COUNTS = ("n_obs", "n_units", "n_clusters")
NUMBERS = ("estimate", "std_error", "interval", "p_value")
MAIN = ("estimand", *NUMBERS, "adjusted_p_value", "truth", "baseline_mean", *COUNTS)
LEVELS = (*NUMBERS, "truth", "n_obs", "n_clusters")
FURTHER = ("estimand", "estimate", "std_error", "interval", "truth")


def _is_level(row: Estimate) -> bool:
    return bool(row.subgroup) and not (row.cohort or row.period) and row.event_time is None


def _is_beside(row: Estimate) -> bool:
    return not (row.subgroup or is_headline(row)) and row.estimand != BUILDING_BLOCKS


def _is_block(row: Estimate) -> bool:
    return not (row.subgroup or is_headline(row)) and row.estimand == BUILDING_BLOCKS


def _listing(
    name: str, statistics: tuple[str, ...], labels: tuple[Axis, ...], picked: Picked
) -> Callable[[Answers], Table]:
    """Return what makes a table with a line for every number that is picked."""

    def make(answers: Answers) -> Table:
        columns = tuple(Key("statistic", one) for one in statistics)
        title = answers.words.text(f"table.title.{name}")
        layout = Layout(
            name, title, columns, (Panel("", columns),), picked, labels=labels, spare=True
        )
        return table_from(answers, layout)

    return make


DEFAULTS: Mapping[str, Callable[[Answers], Table]] = {
    "main": _listing("main", MAIN, ("outcome", "model"), is_headline),
    "heterogeneity": _listing("heterogeneity", LEVELS, LABELS, _is_level),
    "further": _listing("further", FURTHER, LABELS, _is_beside),
    "group_time": _listing("group_time", FURTHER, LABELS, _is_block),
    "described": described_table,
    "checks": checks_table,
    "sample_flow": flow_table,
}
# What every spec has, however empty.
ALWAYS = frozenset({"main"})
# What a run has that estimates nothing.
UNESTIMATED = ("described", "checks", "sample_flow")


def tables_of(record: Record) -> dict[str, Table]:
    """Return the tables of a record by id, the spec's own after those that every spec has.

    One of the spec's own takes the place of another of its id. Tables without a line are left out.
    """
    answers = Answers(record)
    if record.status == "insufficient":
        made = {name: DEFAULTS[name](answers) for name in UNESTIMATED}
        return {name: table for name, table in made.items() if table.rows}
    own = {asked.id: asked for asked in record.spec.tables}
    found = {name: make(answers) for name, make in DEFAULTS.items() if name not in own}
    found = {name: table for name, table in found.items() if table.rows or name in ALWAYS}
    return found | {
        name: table_from(answers, layout_of(record, asked)) for name, asked in own.items()
    }


def table_of(record: Record, name: str) -> Table:
    """Return one table.

    Raises
    ------
    UsageError
        Where there is none of that id.
    """
    answers = Answers(record)
    estimates = record.status != "insufficient"
    asked = next((one for one in record.spec.tables if one.id == name and estimates), None)
    if asked is not None:
        return table_from(answers, layout_of(record, asked))
    if name in (DEFAULTS if estimates else UNESTIMATED):
        table = DEFAULTS[name](answers)
        if table.rows or name in ALWAYS:
            return table
    there = tables_of(record)
    raise UsageError(f"no table {name!r}{nearest(name, there)} (there are: {', '.join(there)})")
