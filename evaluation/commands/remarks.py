"""What the terminal adds to the table: why rows are missing or warned, and what checks found."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.record import Record


def remarks(record: Record) -> Iterator[str]:
    """Yield one line for each distinct reason, then one for each verdict that was asked for."""
    told: dict[str, None] = {}
    for row in record.estimates:
        if row.status in ("refused", "failed"):
            told[f"{row.status}: {row.model_id}: {row.outcome}: {row.reason}"] = None
        elif row.reason:
            told[f"{row.status}: {row.model_id}: {row.reason}"] = None
    yield from told
    for check in record.checks:
        if check.verdict != "no_bound_given":
            verdict = check.verdict.replace("_", " ")
            # The message of a smallest effect names its unit, which is its term.
            term = "" if check.check == EQUIVALENCE else check.term
            about = ": ".join(part for part in (check.check, check.outcome, term) if part)
            yield f"{about}: {verdict} ({check.message})"
