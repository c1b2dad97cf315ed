"""Say where an interval is not centred at the estimate printed beside it."""

from __future__ import annotations

from evaluation.report.record import Record


def centre_notes(record: Record) -> tuple[str, ...]:
    """Return one line for every model whose intervals are centred at another estimate."""
    models = {row.model_id: None for row in record.details if row.name == "robust_estimate"}
    return tuple(record.words.text("centred.note", model=model) for model in models)
