"""Caption and description of an event study."""

from __future__ import annotations

from evaluation.report.figures.path import band_of, references_of, rows_of, time_words
from evaluation.report.numbers import Numbers
from evaluation.report.places import is_reference
from evaluation.report.record import Record
from evaluation.report.words import listed, outcome_label, value_words


def event_caption(record: Record, model_id: str, outcome: str) -> str:
    """Return what an event study draws."""
    rows = rows_of(record, model_id, outcome)
    with_band = any(band_of(record, row) for row in rows)
    bands = ", and the uniform 95 % band" if with_band else ""
    references = [value_words(time) for time in references_of(record, model_id, outcome)]
    hollow = f" The hollow point is the reference, {listed(references)}." if references else ""
    return (
        f"{outcome_label(record.spec, outcome)}: effect by {time_words(record, model_id)}, model "
        f"{model_id}, with pointwise 95 % intervals{bands}.{hollow}"
    )


def event_alt(record: Record, model_id: str, outcome: str) -> str:
    """Return what an event study shows: how many points, the first and the last."""
    numbers = Numbers(record.spec.rounding)
    rows = [row for row in rows_of(record, model_id, outcome) if not is_reference(row)]
    ends = [
        f"{numbers.estimate(row.estimate)} ({numbers.estimate(row.conf_low)} to "
        f"{numbers.estimate(row.conf_high)}) at {value_words(row.event_time)}"
        for row in (rows[0], rows[-1])
    ]
    return (
        f"{outcome_label(record.spec, outcome)}: {len(rows)} estimates by "
        f"{time_words(record, model_id)}; first {ends[0]}, last {ends[1]}."
    )
