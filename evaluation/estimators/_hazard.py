"""The regressors of a hazard with a link: rows with the same values and cluster are one entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._columns import control_columns, effect_codes
from evaluation.estimators._guards import cluster_codes, required
from evaluation.estimators.contract import Setting

# Entries times regressors: 40 million doubles are 320 MB.
LARGEST = 40_000_000
# Share of a column's length that may be left once those before it are taken out.
DEPENDENT = 1e-9


@dataclass(frozen=True)
class Hazard:
    """A hazard model ready to be fitted.

    Attributes
    ----------
    x
        Regressors of full rank, the constant first and treated × post last, shape ``(n, p)``.
    y, weight
        Means and sums of weights, shape ``(n,)``.
    rows
        Rows behind every entry, shape ``(n,)``.
    cluster
        Codes, shape ``(n,)``; ``None`` without a cluster.
    effects
        Codes of every effect, by name, for the count of parameters.
    predicted
        Rows left out because an effect predicts them without error.
    dropped
        Regressors left out because others say the same.
    """

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    rows: FloatArray
    cluster: IntArray | None
    effects: dict[str, IntArray]
    predicted: int
    dropped: tuple[str, ...]


def hazard_of(data: ModelData, setting: Setting) -> Hazard:
    """Return the regressors of a hazard: effects as indicators, controls, treated, post.

    Parameters
    ----------
    data
        Rows of one outcome of 0 and 1, or cells in which every control is constant.
    setting
        The model.

    Raises
    ------
    DataError
        Where the outcome is neither 0 nor 1, no event is left, or there are too many regressors.
    """
    treated = required(data.treated, "a treated group", data.outcome)
    post = required(data.post, "a first post period", data.outcome)
    clusters = cluster_codes(data, setting.inference)
    effects = effect_codes(data, setting.fixed_effects)
    nuisance = {**control_columns(data, setting.controls), "(treated)": treated, "(post)": post}
    weight = np.ones(data.entries) if data.weight is None else data.weight
    rows = np.ones(data.entries) if data.rows is None else data.rows.astype(np.float64)
    _refuse_shares(data)
    kept = _informative(effects, data.y, weight)
    predicted = int(rows[~kept].sum())
    parts = {**nuisance, **effects, **{f"({at})": one for at, one in enumerate(clusters)}}
    group = _grouped({name: one[kept] for name, one in parts.items()})
    first = np.unique(group, return_index=True)[1]
    entries = np.flatnonzero(kept)[first]
    total = np.bincount(group, weight[kept]).astype(np.float64)
    y = np.bincount(group, (weight * data.y)[kept]) / total
    if float(np.ptp(y)) == 0.0 and y[0] in (0.0, 1.0):
        raise DataError(
            f"outcome {data.outcome}: no level of the fixed effects has both rows with the event "
            "and rows without, so no hazard can be fitted: use fewer effects"
        )
    codes = {name: _dense(one[entries]) for name, one in effects.items()}
    width = 2 + len(nuisance) + sum(int(one.max()) for one in codes.values())
    if len(entries) * width > LARGEST:
        raise DataError(
            f"outcome {data.outcome}: {width} regressors in {len(entries)} cells are too many for "
            "a hazard with a link: use link = 'identity', or fewer effects and controls"
        )
    x, dropped = _matrix(
        codes, {name: one[entries] for name, one in nuisance.items()},
        (treated * post)[entries], total, data.outcome,
    )  # fmt: skip
    return Hazard(
        x, y, total, np.bincount(group, rows[kept]).astype(np.float64),
        _dense(clusters[0][entries]) if clusters else None, codes, predicted, dropped,
    )  # fmt: skip


def _refuse_shares(data: ModelData) -> None:
    """Refuse outcomes that are no events."""
    y = data.y
    wrong = ((y < 0) | (y > 1)).any()
    if data.within is None or data.weight is None:
        wrong |= not np.isin(y, (0.0, 1.0)).all()
    else:  # for 0 and 1, and for nothing else, the squares about a mean m sum to n m (1 - m)
        squares, sums = data.within.scatter[:, -1, -1], data.weight * y * (1.0 - y)
        wrong |= bool((np.abs(squares - sums) > 1e-9 * data.weight).any())
    if wrong:
        raise DataError(
            f"outcome {data.outcome}: holds other values than 0 and 1, and a link wants events: "
            "use link = 'identity'"
        )


def _informative(effects: dict[str, IntArray], y: FloatArray, weight: FloatArray) -> np.ndarray:
    """Return the entries of levels that have both events and others, shape ``(n,)``.

    A level without is fitted without error at an infinite effect; leaving it out may empty another
    effect's level, so that it is repeated.
    """
    kept = np.ones(len(y), dtype=bool)
    while True:
        before = int(kept.sum())
        for codes in effects.values():
            mass = np.bincount(codes[kept], weight[kept], int(codes.max()) + 1)
            events = np.bincount(codes[kept], (weight * y)[kept], int(codes.max()) + 1)
            kept &= ((events > 0) & (events < mass))[codes]
        if int(kept.sum()) == before:
            return kept


def _grouped(parts: dict[str, FloatArray | IntArray]) -> IntArray:
    frame = pd.DataFrame({name: _dense(values) for name, values in parts.items()})
    if not len(frame):
        return np.zeros(0, dtype=np.int64)
    return np.asarray(frame.groupby(list(frame.columns), sort=True).ngroup(), dtype=np.int64)


def _dense(values: FloatArray | IntArray) -> IntArray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _matrix(
    codes: dict[str, IntArray],
    nuisance: dict[str, FloatArray],
    interest: FloatArray,
    weight: FloatArray,
    outcome: str,
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the regressors of full rank and the names of those left out."""
    levels = {effect: int(one.max()) for effect, one in codes.items()}
    named = [f"{effect}[{at + 1}]" for effect, count in levels.items() for at in range(count)]
    names = ["(constant)", *named, *nuisance]
    x = np.zeros((len(weight), len(names) + 1))
    x[:, 0], x[:, -1] = 1.0, interest
    offset = 1
    for effect, one in codes.items():
        others = np.flatnonzero(one > 0)
        x[others, offset + one[others] - 1] = 1.0
        offset += levels[effect]
    for at, values in enumerate(nuisance.values(), start=offset):
        x[:, at] = values - np.average(values, weights=weight)
    scaled = x * np.sqrt(weight)[:, None]
    length = np.sqrt(np.einsum("ij,ij->j", scaled, scaled))
    scaled /= np.where(length > 0, length, 1.0)
    upper = np.linalg.qr(scaled, mode="r")
    kept = np.zeros(x.shape[1], dtype=bool)
    kept[: len(upper)] = np.abs(np.diag(upper)) > DEPENDENT
    if not kept[-1]:
        raise DataError(
            f"outcome {outcome}: treated × post is a combination of the effects and controls, so "
            "its coefficient is not identified: use fewer fixed effects"
        )
    dropped = tuple(n for n, keep in zip(names, kept[:-1], strict=True) if not keep)
    full = x if kept.all() else x[:, kept]
    return full, tuple(n for n in dropped if n in nuisance)
