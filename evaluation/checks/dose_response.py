"""Whether the effect rises with the dose: the model by strata of a column, and their trend."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from evaluation.checks._numbers import Number, joint_covariance
from evaluation.checks._power import against
from evaluation.checks._refit import taken
from evaluation.checks._variants import with_models
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.data.numbers import numbers_of
from evaluation.errors import DataError
from evaluation.estimators.contract import FloatArray
from evaluation.inference.intervals import interval
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.options import Column, Evidence, OptionsModel

TITLE = "Dose response"
ASSUMPTION = "the effect is one of the policy, and so grows with how much of it there is"
SOURCE = (
    "Callaway, Goodman-Bacon and Sant'Anna (2024), Difference-in-differences with a continuous "
    "treatment, arXiv 2107.02637, section 3: levels by dose, not slopes of causes"
)
LEVEL = 0.05
DESIGNS = frozenset({"did", "staggered_did"})
RISES, FALLS, NO_TREND = "rises with the dose", "falls with the dose", "no trend detected"


class Options(OptionsModel):
    """The column by which strata are made, and its parts.

    Attributes
    ----------
    by
        Column of the dose, fixed before the reform.
    parts
        Number of strata, cut at quantiles of rows before the reform.
    at
        Rising points at which strata are cut, in place of ``parts``; a value at a point lies above
        it.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()

    by: Column
    parts: int = Field(default=4, ge=2, le=20)
    at: tuple[Annotated[int | float, Field(allow_inf_nan=False)], ...] = ()


@dataclass(frozen=True)
class Stratum:
    """One stratum: its name, its condition and its place on the scale of the trend."""

    label: str
    keep: Filter
    score: float


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model in every stratum of a column, and test a linear trend over strata.

    Cutpoints are quantiles of the rows before the reform, or those given (``at``). The trend is a
    least-squares slope over ranks of strata with all weights alike; its error comes from the
    influence of every cluster on each stratum, else as if strata were independent, and then the
    message says so. Strata must be fixed before the reform: a column that treatment changes makes
    groups that treatment chose. Verdicts are ``rises with the dose``, ``falls with the dose`` and
    ``no trend detected``.

    Raises
    ------
    DataError
        For other designs, cutpoints that do not rise, and where no rows tell the quantiles.
    """
    if case.spec.design.kind not in DESIGNS:
        raise DataError(f"design.kind {case.spec.design.kind!r}: has no groups to part by dose")
    strata = _strata(options.by, _cutpoints(case, options))
    model = case.result.model
    parts = [_part(model, place, one) for place, one in enumerate(strata)]
    spec = with_models(case.spec, *parts, influence=True)
    results = case.refit(spec)
    return tuple(_verdict(name, strata, results, options.by) for name in case.result.fits)


def _part(model: Model, place: int, stratum: Stratum) -> Model:
    changed = {"id": f"{model.id}_{place + 1}", "keep": (*model.keep, stratum.keep)}
    return model.model_copy(update=changed)


def _cutpoints(case: Case, options: Any) -> tuple[float, ...]:
    if options.at:
        if any(low >= high for low, high in pairwise(options.at)):
            raise DataError("at: cutpoints must rise")
        return tuple(options.at)
    if not case.has_rows:
        raise DataError("at: give the cutpoints, as only cells were given and quantiles need rows")
    prepared = case.rows()
    frame, post = prepared.panel.frame, prepared.roles.post
    values = numbers_of(frame[options.by], "by", options.by)
    if post is not None:
        values = values[post <= 0]
    values = values[~np.isnan(values)]
    if not len(values):
        raise DataError(f"by: column {options.by!r} has no values before the reform")
    shares = np.arange(1, options.parts) / options.parts
    cuts = np.unique(np.quantile(values, shares, method="inverted_cdf"))
    # A quantile at the smallest value would leave the stratum below it empty.
    return tuple(float(one) for one in cuts if one > values.min())


def _strata(column: str, cuts: tuple[float, ...]) -> tuple[Stratum, ...]:
    if not cuts:
        raise DataError(f"by: column {column!r} has too few values to part; give cutpoints at")
    ends = (None, *cuts, None)
    found = []
    for place, (low, high) in enumerate(pairwise(ends)):
        bounds = {"at_least": low, "below": high}
        given = {name: value for name, value in bounds.items() if value is not None}
        words = " and ".join(
            f"{name.replace('_', ' ')} {value:.4g}" for name, value in given.items()
        )
        keep = Filter.model_validate({"column": column, **given})
        found.append(Stratum(words, keep, float(place)))
    return tuple(found)


def _verdict(
    outcome: str, strata: tuple[Stratum, ...], results: tuple[ModelResult, ...], column: str
) -> Verdict:
    refitted = [
        taken(one.label, result, outcome) for one, result in zip(strata, results, strict=True)
    ]
    known = [
        (stratum.score, one.label, one.number)
        for stratum, one in zip(strata, refitted, strict=True)
        if one.number is not None and one.number.std_error
    ]
    details: list[tuple[str, float | int | str | None]] = []
    for one in refitted:
        if one.number is None:
            details.append((f"estimate {one.label}: refused", one.reason))
            continue
        details += [
            (f"estimate {one.label}", one.number.estimate),
            (f"estimate {one.label}: std_error", one.number.std_error),
        ]
    if len(known) < 2:
        why = "; ".join(dict.fromkeys(one.reason for one in refitted if one.reason))
        return Verdict(
            outcome, None, None, "refused", f"fewer than two strata have an estimate: {why}",
            details=tuple(details),
        )  # fmt: skip
    trend = trend_of(np.array([score for score, _, _ in known]), [one for _, _, one in known])
    found = trend.p_value is not None and trend.p_value < LEVEL
    words = "; ".join(f"{label}: {one.estimate:.4g}" for _, label, one in known)
    held = "" if trend.joint else "; error as if strata were independent"
    largest = max(abs(one.estimate) for _, _, one in known) / max(len(known) - 1, 1)
    return Verdict(
        outcome,
        trend.slope,
        trend.p_value,
        (RISES if trend.slope > 0 else FALLS) if found else NO_TREND,
        f"by {column}: {words}; trend {trend.slope:+.4g} a stratum (standard error "
        f"{trend.std_error:.4g}{held}); "
        f"{against(trend.std_error, largest, 'a trend from zero to the largest')}",
        details=(
            ("strata", len(known)),
            ("trend", trend.slope),
            ("trend_std_error", trend.std_error),
            ("trend_from_joint_variance", trend.joint),
            *details,
        ),
    )


@dataclass(frozen=True)
class Trend:
    """A slope over strata, its error, and whether it rests on their joint variance."""

    slope: float
    std_error: float
    p_value: float | None
    joint: bool


def trend_of(scores: FloatArray, numbers: list[Number]) -> Trend:
    """Return the least-squares slope of estimates over scores.

    Parameters
    ----------
    scores
        Shape ``(strata,)``.
    numbers
        Estimates of strata.
    """
    centred = scores - scores.mean()
    weights = centred / (centred @ centred)
    slope = float(weights @ np.array([one.estimate for one in numbers]))
    errors = np.array([one.std_error or 0.0 for one in numbers])
    joint = joint_covariance(numbers)
    if joint is None:
        covariance = np.diag(errors**2)
    else:
        scale = errors / np.sqrt(np.diag(joint))
        covariance = joint * np.outer(scale, scale)
    std_error = float(np.sqrt(weights @ covariance @ weights))
    known = [one.df for one in numbers if one.df is not None]
    found = interval(slope, std_error, min(known, default=None))
    return Trend(slope, std_error, found.p_value, joint is not None)
