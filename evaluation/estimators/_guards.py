"""Refusals that every estimator shares: rows that cannot answer get one clear line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.memo import remembered
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError, SpecError
from evaluation.spec.missing import lacking
from evaluation.spec.variance import Inference


def require_rows(data: ModelData) -> None:
    """Refuse an outcome without rows, or one that never varies.

    Raises
    ------
    DataError
        Where no row is left, or all outcomes are equal.
    """
    if data.n_obs == 0:
        raise DataError(
            f"outcome {data.outcome}: no rows are left for this model, all are missing or "
            "filtered out: look at the sample flow, then widen the filters or the window"
        )
    if float(np.ptp(data.y)) == 0.0 and not _varies_inside(data):
        raise DataError(
            f"outcome {data.outcome}: it has one value in all {data.n_obs} rows of this model, "
            "so nothing can be estimated: check the outcome's definition and the filters"
        )


def _varies_inside(data: ModelData) -> bool:
    """Say whether the outcome varies inside cells."""
    return data.within is not None and bool(np.any(data.within.scatter[:, -1, -1] > 0.0))


def refuse_effects(names: tuple[str, ...], estimator: str) -> None:
    """Refuse fixed effects where the estimator has no use for them.

    Raises
    ------
    SpecError
        Naming the estimator.
    """
    if names:
        raise SpecError(
            f"{estimator}: takes no fixed_effects ({', '.join(names)} given): leave them out, or "
            "name columns under controls"
        )


def required(values: FloatArray | None, name: str, outcome: str) -> FloatArray:
    """Return a role's array, or refuse where the design does not have it.

    Raises
    ------
    DataError
        Where ``values`` is ``None``.
    """
    if values is None:
        raise DataError(
            f"outcome {outcome}: the estimator needs {name}, which the design does not give: "
            "complete [design] or choose another estimator"
        )
    return values


def required_period(data: ModelData) -> IntArray:
    """Return the period index, or refuse where the panel names no time."""
    if data.period is None:
        raise DataError(
            f"outcome {data.outcome}: the estimator needs time, which the panel does not give: "
            "set panel.time"
        )
    return data.period


def codes_of(data: ModelData, name: str) -> IntArray:
    """Return codes 0, 1, ... of a column in the order of its sorted values, shape ``(n,)``."""
    values = data.columns[name]
    return remembered(
        data.memo,
        "codes of a column",
        (values,),
        lambda: _codes(values),
    )


def _codes(values: pd.Series) -> IntArray:
    codes: IntArray = pd.factorize(values, sort=True)[0].astype(np.int64)
    codes.flags.writeable = False  # other outcomes read the same
    return codes


def is_far(data: ModelData, cluster: str) -> bool:
    """Say whether entries are cells that are not made of a cluster: its rows are spread over them.

    A column that holds types in the place of units parts types, not units.
    """
    return data.from_cells and (cluster not in data.columns or cluster in data.levels)


def cluster_codes(data: ModelData, inference: Inference) -> tuple[IntArray, ...]:
    """Return the codes of every cluster column, but for those that no cell is made of.

    Raises
    ------
    SpecError
        Where the variance is clustered and no column is named.
    DataError
        Where a column has one value only.
    """
    names = inference.cluster
    if inference.variance in {"cr1", "cr3"} and not names:
        raise SpecError(
            f"variance {inference.variance}: needs a cluster column and none is named: set "
            "cluster, or variance = 'hc1'"
        )
    near = tuple(name for name in names if not is_far(data, name))
    clusters = tuple(codes_of(data, name) for name in near)
    for name, codes in zip(near, clusters, strict=True):
        if int(codes.max()) == 0:
            raise DataError(
                f"cluster {name}: all {data.n_obs} rows lie in one cluster, and clustered "
                "standard errors need at least two: name a finer cluster or leave it out"
            )
    return clusters


def require_both_sides(data: ModelData, above: FloatArray) -> None:
    """Refuse a running variable that lies on one side of the cutoff only.

    Parameters
    ----------
    data
        The rows.
    above
        Running variable less the cutoff, shape ``(n,)``.

    Raises
    ------
    InsufficientDesign
        Where one side is empty.
    DataError
        Where the running variable never varies.
    """
    upper = int(np.sum(above >= 0))
    lower = len(above) - upper
    if min(upper, lower) == 0:
        side = "below" if lower == 0 else "at or above"
        sentence = f"no row lies {side} the cutoff, and a discontinuity needs rows on both sides"
        raise lacking(f"outcome {data.outcome}", sentence, "other side of the cutoff")
