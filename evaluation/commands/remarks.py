"""What the terminal adds to the table: why rows are missing or warned, and what checks found."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.phrases import message_words, said
from evaluation.report.record import Record
from evaluation.report.words import status_words, verdict_words
from evaluation.results import Estimate, WorthRow

# From here on a worth is printed without decimals.
WIDE = 100.0


def remarks(record: Record) -> Iterator[str]:
    """Yield a line for each distinct reason, each exploratory model, each verdict asked for."""
    told: dict[str, None] = {}
    for row in record.estimates:
        if row.status in ("refused", "failed"):
            # A level of a column is refused by itself, and named.
            level = (row.subgroup,) if row.subgroup else ()
            told[_told(record, row, row.model_id, row.outcome, *level)] = None
        elif row.reason:
            # A spec without models has none to name.
            named = (row.model_id,) if record.spec.models else ()
            told[_told(record, row, *named)] = None
    yield from told
    for model, reason in record.exploratory.items():
        yield f"{model}: {record.words.text('table.note.exploratory', reason=reason)}"
    yield from _verdicts(record)
    yield from _worths(record)


def _told(record: Record, row: Estimate, *places: str) -> str:
    """Return why a row is missing or warned: its status, where it stands, and its reason."""
    words = record.words
    return ": ".join((status_words(row.status, words), *places, message_words(row.reason, words)))


def _worths(record: Record) -> Iterator[str]:
    """Yield one line for the sum of every worth."""
    words = record.words
    for row in record.worth:
        if row.outcome:
            continue
        if row.value is None:
            reason = message_words(row.reason, words)
            yield f"{row.worth}: {status_words(row.status, words)} ({reason})"
            continue
        ends = words.interval(row.conf_low, row.conf_high, _decimals(row))
        shown = words.number(row.value, _decimals(row))
        key = "headline.worth" if row.months is None else "headline.worth_months"
        yield words.text(
            key, worth=row.worth, value=shown, unit=row.unit, interval=ends, months=row.months
        )


def _decimals(row: WorthRow) -> int:
    """Return with how many decimals a worth is printed: none where its interval is wide."""
    return 0 if max(abs(row.conf_low or 0.0), abs(row.conf_high or 0.0)) >= WIDE else 2


def _verdicts(record: Record) -> Iterator[str]:
    """Yield one line a verdict; the models of a check are named where it judges several."""
    words = record.words
    judged: dict[str, dict[str, None]] = {}
    same: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for check in record.checks:
        if check.verdict == "no_bound_given":
            continue
        # The message of a smallest effect names its unit, which is its term.
        term = "" if check.check == EQUIVALENCE else said("term", check.term, words)
        verdict, message = verdict_words(check.verdict, words), message_words(check.message, words)
        found = f"{verdict} ({message})"
        judged.setdefault(check.check, {})[check.model_id] = None
        same.setdefault((check.check, check.outcome, term, found), {})[check.model_id] = None
    for (name, outcome, term, found), models in same.items():
        named = ", ".join(models) if len(judged[name]) > 1 else ""
        about = ": ".join(part for part in (name, named, outcome, term) if part)
        yield f"{about}: {found}"
