"""What the estimators for one treated unit share: guards, terms and details."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import SpecError
from evaluation.estimators._guards import refuse_effects
from evaluation.estimators._stand_ins import (
    Range,
    at_event_time,
    placebo_event_time,
    without_each_donor,
)
from evaluation.estimators._synthetic import Recipe, Synthetic
from evaluation.estimators._unit_matrix import UnitMatrix
from evaluation.estimators.contract import Setting, event_label
from evaluation.inference.placebos import EXACT, Rank, root_mean_square

Detail = tuple[str, str, float | int | str | bool | None]
LEVEL = 0.05
# Smaller weights stand in no list of donors.
SHOWN = 5e-4


def refuse_regression_keys(setting: Setting, estimator: str) -> None:
    """Refuse keys of a model that mean nothing for one treated unit.

    Raises
    ------
    SpecError
        For a cluster, fixed effects or controls.
    """
    if setting.inference.cluster:
        raise SpecError(
            f"{estimator}: with one treated unit there is no clustered standard error; leave "
            "cluster out (inference is by placebo in the donors)"
        )
    if setting.inference.variance in ("cr1", "cr3"):
        raise SpecError(f"{estimator}: variance {setting.inference.variance} needs a cluster")
    refuse_effects(setting.fixed_effects, estimator)
    if setting.controls:
        raise SpecError(
            f"{estimator}: takes no controls ({', '.join(setting.controls)} given): leave them out"
        )


def donors_rule(setting: Setting) -> str | None:
    """Return what the design does with donors that lack a period."""
    donors = getattr(setting.design, "donors", None)
    return getattr(donors, "incomplete", None)


def unit_warnings(matrix: UnitMatrix, found: Synthetic, data: ModelData) -> Iterator[str]:
    """Yield what makes a fit doubtful: too few donors, or a path that is not followed."""
    if matrix.donors + 1 < 1 / LEVEL:
        smallest = 1 / (matrix.donors + 1)
        yield (
            f"{matrix.donors} donors: the smallest placebo p-value is {smallest:.3f}, so no effect "
            "can be told from none at 5 per cent"
        )
    before = matrix.outcomes[0, : matrix.before]
    missed = float(root_mean_square(found.effects[: matrix.before]))
    if matrix.before > 1 and missed <= EXACT * float(before.std()):
        yield (
            f"outcome {data.outcome}: {matrix.donors} donors meet the treated unit exactly in its "
            f"{matrix.before} periods before the reform, and other weights would as well; look "
            "further back, or compare with fewer donors"
        )
    if missed > float(before.std()):
        yield (
            f"outcome {data.outcome}: the synthetic path misses the treated unit before the reform "
            "by more than that unit's own mean would; the effects after it mix with this"
        )


def fit_details(
    matrix: UnitMatrix, found: Synthetic, rank: Rank, event_ranks: dict[int, Rank]
) -> Iterator[Detail]:
    """Yield what stands beside every estimate: fit, rank, weights and paths."""
    before = matrix.before
    pre = float(root_mean_square(found.effects[:before]))
    post = float(root_mean_square(found.effects[before:]))
    yield "", "donors", matrix.donors
    yield "", "periods_before", before
    yield "", "periods_after", len(matrix.event_times) - before
    yield "", "pre_rmspe", pre
    yield "", "post_rmspe", post
    yield "", "rmspe_ratio", post / pre if pre > 0 else None
    yield "", "placebo_rank", rank.rank
    yield "", "placebo_units", rank.among
    yield "", "smallest_p_value", 1.0 / rank.among
    yield "", "donors_with_weight", int((found.unit_weights > 0).sum())
    heaviest = np.argsort(-found.unit_weights, kind="stable")
    for donor in heaviest[found.unit_weights[heaviest] >= SHOWN]:
        yield f"donor {matrix.names[donor + 1]}", "weight", float(found.unit_weights[donor])
    for at in np.flatnonzero(found.time_weights > 0).tolist():
        yield f"period {matrix.periods[at]}", "time_weight", float(found.time_weights[at])
    for at, time in enumerate(matrix.event_times.tolist()):
        label = event_label(time)
        yield label, "treated", float(matrix.outcomes[0, at])
        yield label, "synthetic", float(found.synthetic[at])
        yield label, "effect", float(found.effects[at])
        yield label, "placebo_rank", event_ranks[time].rank


def placebo_bands(matrix: UnitMatrix, placebos: FloatArray) -> Iterator[Detail]:
    """Yield the middle nine tenths and the ends of placebo effects at each event time.

    Parameters
    ----------
    matrix
        The units.
    placebos
        Effects of every donor in the treated unit's place, shape ``(J, T)``.
    """
    ends = np.quantile(placebos, [0.0, 0.05, 0.95, 1.0], axis=0)
    names = ("placebo_lowest", "placebo_low", "placebo_high", "placebo_highest")
    for at, time in enumerate(matrix.event_times.tolist()):
        for name, values in zip(names, ends, strict=True):
            yield event_label(time), name, float(values[at])


def elsewhere_details(matrix: UnitMatrix, recipe: Recipe, found: Synthetic) -> Iterator[Detail]:
    """Yield the estimates without each donor, and as if the reform had come earlier."""
    span: Range | None = without_each_donor(matrix, recipe, found)
    yield "", "leave_one_out_low", None if span is None else span.low
    yield "", "leave_one_out_high", None if span is None else span.high
    time = None if matrix.predictors is not None else placebo_event_time(matrix)
    yield "", "placebo_event_time", time
    if time is not None:
        yield "", "placebo_estimate", at_event_time(matrix, recipe, time).estimate
