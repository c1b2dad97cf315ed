"""Record what stands behind every row of the result files, as the run that made them knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evaluation.cells.supply import Supply
from evaluation.checks._specified import Specified
from evaluation.checks._subgroups import Subgroups
from evaluation.checks.judging import Judgement
from evaluation.data.panel import FlowStep
from evaluation.estimators.fitting import ModelResult
from evaluation.report.evidence.behind_rows import BehindRows
from evaluation.report.evidence.cells import cell_evidence
from evaluation.report.record import Record
from evaluation.results import Counts, Evidence, Statistic

FLOW = "flow"


def evidence_rows(spec_id: str, artefact: str, counts: Iterable[Counts]) -> Iterator[Evidence]:
    """Yield the evidence of rows in their order, counted from 1.

    Parameters
    ----------
    spec_id, artefact
        Where they stand.
    counts
        What stands behind each; nothing is said of a row of which nothing is known.
    """
    for at, one in enumerate(counts, start=1):
        for statistic, value in one.items():
            yield Evidence(spec_id, artefact, at, "", statistic, value)


def recorded(
    record: Record,
    supply: Supply,
    results: tuple[ModelResult, ...],
    subgroups: tuple[Subgroups, ...],
    universe: Sequence[Specified],
    verdicts: tuple[Judgement, ...],
) -> tuple[Evidence, ...]:
    """Return the evidence of result files, sample flow and cells.

    Parameters
    ----------
    record
        The rows that are written; its checks are those of ``verdicts``, in their order.
    supply
        What was estimated from.
    results, subgroups, universe, verdicts
        What was found, with its counts.
    """
    behind = BehindRows(results, subgroups, verdicts)
    files: tuple[tuple[str, Iterable[Counts]], ...] = (
        ("estimates.csv", behind.estimates(record.estimates)),
        ("details.csv", (behind.detail(one) for one in record.details)),
        ("checks.csv", (behind.verdict(one) for one in verdicts)),
        ("specifications.csv", (one.counts for one in universe)),
        ("worth.csv", (behind.worth(one, record.worth) for one in record.worth)),
        (FLOW, flow_counts(record.flow)),
    )
    spec_id = record.spec.id
    return (
        *(row for name, counts in files for row in evidence_rows(spec_id, name, counts)),
        *cell_evidence(spec_id, supply.gathered),
    )


def flow_counts(flow: Sequence[FlowStep]) -> Iterator[Counts]:
    """Yield what each step of the sample leaves, and by how many units it differs from the last.

    A step that leaves every unit differs by none.
    """
    last: FlowStep | None = None
    for step in flow:
        counts: dict[Statistic, float | int] = {"rows": step.rows}
        if step.units is not None:
            counts["units"] = step.units
            if last is not None and last.units is not None and last.units != step.units:
                counts["difference_units"] = abs(last.units - step.units)
        yield counts
        last = step
