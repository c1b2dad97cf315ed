"""Entry, exit and its destinations at the cutoff, and the hazards month by month."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.estimators._flow.found import JUMP, NET
from evaluation.estimators.contract import label_of
from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import number
from evaluation.report.figures._down import draw_down
from evaluation.report.figures._estimates import BESIDE, MODEL, VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate
from evaluation.spec.model import Model

TITLE = "figure.entry_exit.title"
SECTION = "main"
ORDER = 50

ESTIMATOR = "rd_flow"
FLOWS = ("entry", "exit")
PREFIX = "sa_exit_"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the flows and, where asked for, the hazards by month of every model of flows."""
    found: list[Plot] = []
    for model in record.spec.models:
        if model.estimator != ESTIMATOR:
            continue
        for outcome in record.spec.outcomes_of(model):
            rows = [
                row
                for row in record.estimates
                if (row.model_id, row.outcome) == (model.id, outcome) and row.estimand == JUMP
            ]
            flows = [row for row in rows if row.event_time is None]
            months = [row for row in rows if row.event_time is not None]
            if flows:
                found.append(_flows(record, model, outcome, flows))
            for flow in FLOWS:
                own = [row for row in months if row.term.startswith(flow)]
                if own:
                    found.append(_hazards(record, model, outcome, flow, own))
    return tuple(found)


def _name(record: Record, term: str) -> str:
    """Return what a flow is called: a destination by the outcome or the column that it is."""
    words = record.words
    key = f"figure.entry_exit.flow.{'net' if term == NET else term}"
    if key in words:
        return words.text(key)
    for name, outcome in record.spec.outcomes.items():
        if outcome.column == term:
            return outcome_label(record.spec, name)
    destination = term.removeprefix(PREFIX)
    key = f"figure.entry_exit.destination.{destination}"
    shown = words.text(key) if key in words else outcome_label(record.spec, destination)
    return words.text("figure.entry_exit.to", destination=shown)


def _flows(record: Record, model: Model, outcome: str, rows: list[Estimate]) -> Plot:
    words = record.words
    label = outcome_label(record.spec, outcome)
    marks = {NET: MODEL, "entry": BESIDE, "exit": BESIDE}
    points = table(
        (
            "flow", _name(record, row.term), None, row.estimate, row.std_error, row.conf_low,
            row.conf_high, row.p_value, marks.get(row.term, VARIANT),
        )
        for row in rows
    )  # fmt: skip
    text = words.text("figure.entry_exit.flows", outcome=label, model=model.id)
    told = [
        words.text("figure.partition.one", outcome=row[1], estimate=record.numbers.estimate(row[3]))
        for row in points.rows
    ]
    return Plot(
        name=plot_name("entry_exit", model.id, outcome),
        kind="entry_exit",
        caption=text,
        alt=f"{text} {words.listed(told)}.",
        points=points,
        draw=partial(draw_down, title=label, across=words.text("figure.entry_exit.across")),
    )


def _hazards(record: Record, model: Model, outcome: str, flow: str, rows: list[Estimate]) -> Plot:
    words = record.words
    label = outcome_label(record.spec, outcome)
    points = table(_months(record, flow, rows))
    name = words.text(f"figure.entry_exit.flow.{flow}")
    text = words.text("figure.entry_exit.months", outcome=label, flow=name, model=model.id)
    banded = any(_bands(record, row) is not None for row in rows)
    lines = words.text(f"figure.entry_exit.{'bands' if banded else 'pointwise'}")
    told = summary(points, words, record.spec.rounding.estimate)
    return Plot(
        name=plot_name("hazards", flow, model.id, outcome),
        kind="entry_exit",
        caption=f"{text} {lines}",
        alt=f"{text} {told}",
        points=points,
        draw=partial(
            draw_along,
            title=f"{label}: {name[:1].lower()}{name[1:]}",
            along=words.text("figure.entry_exit.along"),
            breaks=(0.0,),
            whole=True,
        ),
    )


def _bands(record: Record, row: Estimate) -> tuple[float, float] | None:
    label = label_of(row.estimand, row.term)
    low, high = (
        number(record.detail(row.model_id, row.outcome, name, label))
        for name in ("uniform_low", "uniform_high")
    )
    return None if low is None or high is None else (low, high)


def _months(record: Record, flow: str, rows: list[Estimate]) -> Iterator[tuple[Value, ...]]:
    for row in rows:
        low, high = _bands(record, row) or (row.conf_low, row.conf_high)
        yield (
            flow, row.term, row.event_time, row.estimate, row.std_error, low, high, row.p_value,
            VARIANT,
        )  # fmt: skip
