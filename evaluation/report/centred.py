"""Say where an interval is not centred at the estimate printed beside it."""

from __future__ import annotations

from evaluation.report.record import Record


def centre_notes(record: Record) -> tuple[str, ...]:
    """Return one line for every model whose intervals are centred at another estimate."""
    models = {row.model_id: None for row in record.details if row.name == "robust_estimate"}
    return tuple(
        f"{model}: intervals and p-values are robust and centred at the bias-corrected estimate, "
        "not at the conventional one that is printed"
        for model in models
    )
