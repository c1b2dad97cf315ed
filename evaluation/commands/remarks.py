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
    yield from _verdicts(record)


def _verdicts(record: Record) -> Iterator[str]:
    """Yield one line a verdict; the models of a check are named where it judges several."""
    judged: dict[str, dict[str, None]] = {}
    same: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for check in record.checks:
        if check.verdict == "no_bound_given":
            continue
        # The message of a smallest effect names its unit, which is its term.
        term = "" if check.check == EQUIVALENCE else check.term
        said = f"{check.verdict.replace('_', ' ')} ({check.message})"
        judged.setdefault(check.check, {})[check.model_id] = None
        same.setdefault((check.check, check.outcome, term, said), {})[check.model_id] = None
    for (name, outcome, term, said), models in same.items():
        named = ", ".join(models) if len(judged[name]) > 1 else ""
        about = ": ".join(part for part in (name, named, outcome, term) if part)
        yield f"{about}: {said}"
