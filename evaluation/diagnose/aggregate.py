"""From replications to the rows of a table: one for each number that a spec gives in a world."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.diagnose.replicate import Number, Replication, world_of
from evaluation.diagnose.verdicts import Judged, coverage_band, verdict_of
from evaluation.inference.simulation_errors import (
    Measured,
    mean_of,
    ratio_of,
    root_mean_square,
    share_of,
    spread_of,
    type_m_of,
    type_s_of,
)
from evaluation.results import Diagnosis
from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec

LEVEL = 0.05
VERDICTS = ("ruled_out", "not_ruled_out", "effect_found", "uninformative")
NONE = Measured(math.nan, math.nan)
Place = tuple[str, str, str]  # model, outcome, term


def diagnoses_of(spec: Spec, found: Sequence[Replication], design: str) -> tuple[Diagnosis, ...]:
    """Return the rows of one world.

    Parameters
    ----------
    spec
        In its world.
    found
        Replications in their order.
    design
        Digest of the design, by which a report knows that the spec is still the same.
    """
    numbers = _by_place(found)
    places = [place for model in spec.models for place in _places(spec, model.id, numbers)]
    lines = max(sum(bool(numbers.get(place)) for place in places), 1)
    rows = (
        row
        for place in places
        for row in _with_bounds(_row(spec, place, found, numbers.get(place, {}), lines), found)
    )
    return tuple(replace(row, design=design) for row in rows)


def _by_place(found: Sequence[Replication]) -> dict[Place, dict[int, Number]]:
    """Return numbers by place and replication."""
    numbers: dict[Place, dict[int, Number]] = {}
    for at, one in enumerate(found):
        for number in one.numbers:
            place = (number.model_id, number.outcome, number.term)
            numbers.setdefault(place, {})[at] = number
    return numbers


def _places(spec: Spec, model_id: str, numbers: Mapping[Place, object]) -> Iterator[Place]:
    """Yield the numbers of a model; an outcome without any is one line that says so."""
    for name in spec.outcomes_of(spec.model(model_id)):
        own = [place for place in numbers if place[:2] == (model_id, name)]
        yield from own or [(model_id, name, "")]


def _row(
    spec: Spec,
    place: Place,
    found: Sequence[Replication],
    numbers: Mapping[int, Number],
    lines: int,
) -> Diagnosis:
    model_id, outcome, term = place
    model = spec.model(model_id)
    name, horizon = parted(outcome)
    row = Diagnosis(
        spec_id=spec.id,
        world=world_of(spec),
        model_id=model_id,
        estimator=model.estimator,
        estimand=next((one.estimand for one in numbers.values()), model.estimand),
        outcome=name,
        horizon=horizon,
        term=term,
        persons=getattr(spec.panel, "persons", 0),
        replications=len(found),
        failed=len(found) - len(numbers),
        reason=_reason(place, found),
    )
    if not numbers:
        return replace(row, verdict="no_estimate")
    series = _Series.of([numbers[at] for at in sorted(numbers)])
    return _measured(row, series, lines)


def _reason(place: Place, found: Sequence[Replication]) -> str:
    """Return the reason most often given for no number."""
    reasons = Counter(
        reason
        for one in found
        for model, outcome, reason in (*one.failures, (*place[:2], one.refused))
        if reason and (model, outcome) == place[:2]
    )
    return min(reasons, key=lambda text: (-reasons[text], text)) if reasons else ""


@dataclass(frozen=True)
class _Series:
    """The numbers of one place, shape ``(R,)`` each; nan where there is none."""

    estimate: NDArray[np.float64]
    std_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: NDArray[np.float64]
    centre: NDArray[np.float64]
    centre_error: NDArray[np.float64]
    truth: NDArray[np.float64]
    truth_error: float
    cautious: bool

    @classmethod
    def of(cls, numbers: Sequence[Number]) -> _Series:
        def column(name: str) -> NDArray[np.float64]:
            values = (getattr(one, name) for one in numbers)
            return np.array([math.nan if x is None else x for x in values], dtype=np.float64)

        return cls(
            estimate=column("estimate"),
            std_error=column("std_error"),
            low=column("low"),
            high=column("high"),
            p_value=column("p_value"),
            centre=column("centre"),
            centre_error=column("centre_error"),
            truth=column("truth"),
            truth_error=float(column("truth_error").max()),
            cautious=any(one.cautious for one in numbers),
        )


def _measured(row: Diagnosis, series: _Series, lines: int) -> Diagnosis:
    count = len(series.estimate)
    known = ~np.isnan(series.std_error)
    spread = spread_of(series.estimate)
    error = mean_of(series.std_error[known]) if known.any() else NONE
    ratio = ratio_of(error, spread)
    row = replace(
        row,
        mean_estimate=mean_of(series.estimate).value,
        spread=_value(spread.value),
        spread_error=_value(spread.error),
        mean_std_error=_value(error.value),
        mean_std_error_error=_value(error.error),
        std_error_ratio=_value(ratio.value),
        std_error_ratio_error=_value(ratio.error),
    )
    tested = ~np.isnan(series.p_value)
    rejected = series.p_value[tested] < LEVEL
    if np.isnan(series.truth).any():
        return replace(row, verdict="no_truth")
    # Groups that a fit leaves out may move the truth of an average from draw to draw.
    truth = float(np.mean(series.truth))
    bias = mean_of(series.estimate - series.truth, series.truth_error)
    centre = mean_of(series.centre - series.truth, series.truth_error)
    scaled = _in_errors(series, centre)
    square = root_mean_square(series.estimate - series.truth)
    inside = ~np.isnan(series.low)
    held = (series.low <= series.truth) & (series.truth <= series.high)
    covered = share_of(held[inside])
    least, most = coverage_band(int(inside.sum()), lines) if inside.any() else (math.nan, math.nan)
    judged = Judged(count, lines, scaled, covered.value, series.cautious)
    row = replace(
        row,
        truth=truth,
        truth_error=series.truth_error,
        bias=bias.value,
        bias_error=_value(bias.error),
        centre_bias=centre.value,
        centre_bias_error=_value(centre.error),
        bias_in_std_errors=_value(scaled.value),
        bias_in_std_errors_error=_value(scaled.error),
        rmse=square.value,
        rmse_error=_value(square.error),
        coverage=_value(covered.value),
        coverage_error=_value(covered.error),
        coverage_least=_value(least),
        coverage_most=_value(most),
        verdict=verdict_of(judged),
    )
    share = share_of(rejected)
    if truth == 0.0:
        return replace(row, size=_value(share.value), size_error=_value(share.error))
    sign = type_s_of(series.estimate[tested], rejected, truth)
    size = type_m_of(series.estimate[tested], rejected, truth)
    return replace(
        row,
        power=_value(share.value),
        power_error=_value(share.error),
        type_s=_value(sign.value),
        type_s_error=_value(sign.error),
        type_m=_value(size.value),
        type_m_error=_value(size.error),
    )


def _in_errors(series: _Series, centre: Measured) -> Measured:
    """Return the bias in mean standard errors of the pair on which the interval stands."""
    errors = series.centre_error[~np.isnan(series.centre_error)]
    scale = float(np.mean(errors)) if len(errors) else math.nan
    if not scale > 0:
        return NONE
    return Measured(centre.value / scale, centre.error / scale)


def _with_bounds(row: Diagnosis, found: Sequence[Replication]) -> Iterator[Diagnosis]:
    """Yield a row with the shares of verdicts on its bound; further bounds are rows of their own.

    Shares are of all replications in which the verdict was given.
    """
    if row.term or row.verdict == "no_estimate":
        yield row
        return
    counted: dict[str, Counter[str]] = {}
    for one in found:
        for model, outcome, unit, word in one.verdicts:
            if (model, *parted(outcome)) == (row.model_id, row.outcome, row.horizon):
                counted.setdefault(unit, Counter())[word] += 1
    if not counted:
        yield row
        return
    bare = Diagnosis(
        row.spec_id, row.world, row.model_id, row.estimator, row.estimand, row.outcome, row.horizon,
        row.term, row.persons, row.replications, row.failed, row.reason,
    )  # fmt: skip
    for place, (unit, words) in enumerate(counted.items()):
        shares: dict[str, Any] = {name: words[name] / words.total() for name in VERDICTS}
        yield replace(row if place == 0 else bare, bound=unit, **shares)


def _value(number: float) -> float | None:
    return None if math.isnan(number) else number
