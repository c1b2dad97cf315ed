"""What figures by event time share: the rows of a model, its bands, and time in words."""

from __future__ import annotations

from evaluation.estimators.contract import event_label
from evaluation.report.places import is_reference
from evaluation.report.record import Record
from evaluation.results import Estimate
from evaluation.spec.design import StaggeredDesign


def rows_of(record: Record, model_id: str, outcome: str) -> list[Estimate]:
    """Return the rows of an event study in order of event time."""
    rows = [
        row
        for row in record.estimates
        if row.model_id == model_id
        and not row.subgroup
        and row.outcome == outcome
        and row.estimand == "att_by_event_time"
        and row.event_time is not None
        and row.estimate is not None
    ]
    return sorted(rows, key=lambda row: row.event_time or 0)


def references_of(record: Record, model_id: str, outcome: str) -> list[int]:
    """Return the event times that others are compared with: zero by construction."""
    rows = rows_of(record, model_id, outcome)
    times = {row.event_time for row in rows if is_reference(row) and row.event_time is not None}
    stated = record.detail(model_id, outcome, "reference")
    return sorted(times | ({stated} if isinstance(stated, int) else set()))


def band_of(record: Record, row: Estimate) -> tuple[float, float] | None:
    """Return the ends of the uniform band at a row's event time, ``None`` where there is none."""
    if row.event_time is None:
        return None
    label = event_label(row.event_time)
    low = record.detail(row.model_id, row.outcome, "uniform_low", label)
    high = record.detail(row.model_id, row.outcome, "uniform_high", label)
    return (low, high) if isinstance(low, float) and isinstance(high, float) else None


def time_words(record: Record, model_id: str) -> str:
    """Return the unit and the origin of event time: ``quarters since the reform``."""
    spec = record.spec
    since = "adoption" if isinstance(spec.design, StaggeredDesign) else "reform"
    width = getattr(spec.model(model_id).options, "event_bin", None) or spec.panel.period
    if width is None and spec.panel.time_unit in ("month", "date"):
        width = "month"
    words = record.words
    units = words.text(f"figure.time.{width or 'period'}")
    return words.text(f"figure.time.since_{since}", units=units)


def capital(text: str) -> str:
    """Return text with a capital first letter and the rest as it stands."""
    return text[:1].upper() + text[1:]
