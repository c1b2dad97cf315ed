"""Gates: conditions on a run that another program can insist on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from evaluation.errors import GateError, UsageError
from evaluation.report.record import Record
from evaluation.spec.faults import nearest

# Beyond this many standard errors, an estimate contradicts the truth of its world.
TRUTH_ERRORS = 4.0


def _all_models(record: Record) -> Iterator[str]:
    for row in record.estimates:
        if row.status not in ("ok", "warned"):
            yield f"{row.model_id} {row.outcome} is {row.status}"


def _checks(record: Record) -> Iterator[str]:
    for row in record.checks:
        if row.verdict in ("violation found", "refused"):
            yield f"{row.check} of {row.model_id} on {row.outcome}: {row.verdict}"


def _truth(record: Record) -> Iterator[str]:
    compared = False
    for row in record.estimates:
        truth = record.detail(row.model_id, row.outcome, "truth")
        if row.term or row.cohort or row.period or row.event_time is not None:
            continue
        if isinstance(truth, float) and row.estimate is not None and row.std_error:
            compared = True
            drawn = record.detail(row.model_id, row.outcome, "truth_monte_carlo_error")
            error = math.hypot(row.std_error, drawn if isinstance(drawn, float) else 0.0)
            distance = abs(row.estimate - truth) / error
            if distance > TRUTH_ERRORS:
                yield f"{row.model_id} {row.outcome} lies {distance:.1f} errors from the truth"
    if not compared:
        yield "no number of this spec has a known truth"


GATES: dict[str, Callable[[Record], Iterator[str]]] = {
    "all_models": _all_models,
    "checks": _checks,
    "truth": _truth,
}


def parse_gates(text: str, *, blind: bool = False) -> tuple[str, ...]:
    """Return the gates that a comma-separated text names.

    Raises
    ------
    UsageError
        For a name that is no gate, or one on the truth, which a blind run never shows.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in GATES:
            raise UsageError(
                f"--require: no gate {name!r}{nearest(name, GATES)} (there are: {', '.join(GATES)})"
            )
    if blind and "truth" in names:
        raise UsageError("--require truth: a blind run shows no truth; leave one of the two out")
    return names


def pass_gates(record: Record, gates: tuple[str, ...]) -> None:
    """Raise where a run fails a gate.

    Raises
    ------
    GateError
        One line for each failing gate.
    """
    failures = [
        f"{record.spec.id}: gate {name}: {'; '.join(reasons)}"
        for name in gates
        if (reasons := list(GATES[name](record)))
    ]
    if failures:
        raise GateError(*failures)
