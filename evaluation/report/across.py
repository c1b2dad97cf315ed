"""Compare the numbers of several specs, where their checks ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.checks.contract import Verdict
from evaluation.report.concordance import SIDE_BY_SIDE, Reported, concordance
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.results import Check, Estimate
from evaluation.spec.design import RdDesign
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

KIND = "concordance"
# Estimands whose number counts units of treatment, and those that are slopes.
PER_UNIT = frozenset({"late", "late_at_cutoff"})
SLOPES = frozenset({"kink_at_cutoff", "change_in_kink_at_cutoff"})


@dataclass(frozen=True)
class Compared:
    """One comparison across specs.

    Attributes
    ----------
    check
        Its row.
    own, other
        The numbers; ``other`` is ``None`` where the spec named is not among the outputs.
    """

    check: Check
    own: Reported
    other: Reported | None


def across(records: Sequence[Record]) -> tuple[Compared, ...]:
    """Return the comparisons that the concordance checks of records ask for, in their order.

    Parameters
    ----------
    records
        Everything that one folder of outputs holds.
    """
    known = {record.spec.id: record for record in records}
    return tuple(one for record in records for one in _of_record(record, known))


def _of_record(record: Record, known: Mapping[str, Record]) -> Iterator[Compared]:
    spec = record.spec
    for request in spec.checks:
        if request.kind != KIND:
            continue
        options: Any = request.options
        against = options.against
        for row in _headlines(record, request.model):
            own = _reported(spec, row)
            place = f"{against.spec}, {against.model}"
            other = _counterpart(known.get(against.spec), against.model, own)
            if isinstance(other, str):
                verdict = Verdict(row.outcome, None, None, SIDE_BY_SIDE, f"{place}: {other}")
                found = None
            else:
                verdict, found = concordance(own, other), other
            check = Check(
                spec.id,
                request.name,
                row.model_id,
                row.outcome,
                verdict.term or place,
                verdict.statistic,
                verdict.p_value,
                verdict.verdict,
                verdict.message,
            )
            yield Compared(check, own, found)


def _headlines(record: Record, model_id: str | None) -> Iterator[Estimate]:
    for row in record.estimates:
        if is_headline(row) and model_id in (None, row.model_id):
            yield row


def _counterpart(record: Record | None, model_id: str, own: Reported) -> Reported | str:
    """Return the other spec's number for the same column, or why there is none."""
    if record is None:
        return "is not among these outputs; run it into the same folder"
    spec = record.spec
    if all(model.id != model_id for model in spec.models):
        return "has no such model"
    rows = [_reported(spec, row) for row in _headlines(record, model_id)]
    same = [
        one for one in rows if (one.outcome, one.months_after) == (own.outcome, own.months_after)
    ]
    close = same or [one for one in rows if one.outcome == own.outcome]
    return close[0] if close else "measures no outcome of the same column"


def _reported(spec: Spec, row: Estimate) -> Reported:
    outcome = spec.outcomes[row.outcome]
    return Reported(
        spec.id,
        row.model_id,
        row.estimand,
        f"{outcome.column} ({outcome.kind})",
        outcome.lead,
        _unit(spec, row.estimand),
        row.estimate,
        row.std_error,
        spec.panel.world if isinstance(spec.panel, SyntheticPanel) else "",
    )


def _unit(spec: Spec, estimand: str) -> str:
    """Return what a number counts and over whom."""
    rows = spec.sample.rows
    kind = f"groups by {', '.join(rows.by)}" if isinstance(rows, GroupedRows) else rows
    among = f"{spec.sample.denominator}, rows {kind}"
    received = getattr(spec.design, "treatment", None)
    if estimand in PER_UNIT and received is not None:
        return f"per unit of {received.column} among {among}"
    if estimand in SLOPES and isinstance(spec.design, RdDesign):
        return f"per person and step of {spec.design.running_variable.column} among {among}"
    return f"per person among {among}"
