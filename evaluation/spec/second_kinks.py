"""Where a second kink limits the bandwidth: the trace of a lead, and the cap of exposure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.spec.dates import AGE, BIRTH_MONTH
from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

MONTHS_SINCE = "months_since"


@dataclass(frozen=True, slots=True)
class SecondKink:
    """The nearest kink beside that of the cutoff.

    Attributes
    ----------
    distance
        Months from the cutoff.
    reason
        What makes it.
    """

    distance: int
    reason: str


def second_kink_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every bandwidth that reaches a second kink."""
    if not isinstance(spec.design, RdDesign):
        return
    if _by_birth(spec, spec.design.running_variable.column):
        for key, given in (
            ("design.reform_date", spec.design.reform_date),
            ("panel.window", spec.panel.window),
        ):
            if given is None:
                yield f"{key}: is missing; exposure by month of birth is capped by it"
    for model in spec.models:
        bandwidth = getattr(model.options, "bandwidth", None)
        second = second_kink_of(spec, model)
        if bandwidth is None or second is None:
            continue
        if second.distance < 1:
            yield f"models.{model.id}: {second.reason}; begin panel.window later, or set periods"
            continue
        widths = (bandwidth.fixed, getattr(bandwidth, "bias", None))
        if widths[0] is None or any(h is not None and h > second.distance for h in widths):
            yield (
                f"models.{model.id}.bandwidth: {second.reason}; give {{ fixed = ... }} of at most "
                f"{second.distance}"
            )
        if any(h > second.distance for h in getattr(model.options, "grid", ())):
            yield (
                f"models.{model.id}.grid: {second.reason}; give bandwidths of at most "
                f"{second.distance}"
            )


def second_kink_of(spec: Spec, model: Model) -> SecondKink | None:
    """Return the kink that bounds a model's bandwidth, ``None`` where there is none.

    An outcome L months after its row is measured on the day of release for rows L months younger
    than the cutoff. Months of exposure by month of birth are capped by the months between the
    reform and the outcome.

    Parameters
    ----------
    spec
        With an ``rd`` design.
    model
        One of its models.
    """
    design = spec.design
    if not isinstance(design, RdDesign):
        return None
    leads = [
        months
        for name in spec.outcomes_of(model)
        if name in spec.outcomes
        for months in _leads(model, spec.outcomes[name])
    ]
    column = design.running_variable.column
    if column == AGE:
        nearest = min((months for months in leads if months), default=None)
        if nearest is None:
            return None
        reason = (
            f"an outcome {nearest} months after its row has a second kink so many months before "
            "the cutoff"
        )
        return SecondKink(nearest, reason)
    cap = _cap(spec, model, column)
    if cap is None:
        return None
    cap += min(leads, default=0)
    reason = (
        "exposure by month of birth is capped at the outcome date, "
        f"{cap} months after design.reform_date"
    )
    return SecondKink(cap, reason)


def _leads(model: Model, outcome: Outcome) -> tuple[int, ...]:
    return model.horizons or outcome.horizons or (outcome.lead,)


def _cap(spec: Spec, model: Model, column: str) -> int | None:
    """Return the months from the reform to the first row, where births run through the cutoff."""
    if not isinstance(spec.design, RdDesign):
        return None
    reform, window = spec.design.reform_date, spec.panel.window
    if not _by_birth(spec, column) or reform is None or window is None:
        return None
    if not isinstance(window[0], dt.date):
        return None
    periods = getattr(model.options, "periods", "all")
    if periods == "pre":
        return None
    first = window[0] if periods == "all" else max(window[0], reform)
    return (first.year - reform.year) * 12 + first.month - reform.month


def _by_birth(spec: Spec, column: str) -> bool:
    """Whether a column counts months of birth."""
    derived = spec.derive.get(column)
    if derived is None or derived.op != MONTHS_SINCE:
        return False
    return getattr(derived.options, "column", None) == BIRTH_MONTH
