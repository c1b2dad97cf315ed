"""Which figures a record has, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from evaluation.report.figures.event_study import event_study, rows_of
from evaluation.report.figures.rd_plot import rd_plot
from evaluation.report.record import Record

Draw = Callable[[], bytes]


def figures_of(record: Record) -> dict[str, Draw]:
    """Return how to draw every figure of a record, the most telling first."""
    found: dict[str, Draw] = {}
    for row in record.estimates:
        name = f"event_study_{row.model_id}_{row.outcome}"
        if name not in found and len(rows_of(record, row.model_id, row.outcome)) > 1:
            found[name] = partial(event_study, record, row.model_id, row.outcome)
    for name in record.points:
        if record.points[name]:
            found[name] = partial(rd_plot, record, name.removeprefix("rd_"))
    return found
