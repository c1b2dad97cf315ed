"""Between which values a number of the data must lie, given the cells that were released."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.cells.store.kept import read_kept
from evaluation.cells.supply import Supply
from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._two_way import two_way
from evaluation.estimators.fitting import ModelResult, data_of, fit_models
from evaluation.estimators.supplying import given_supply
from evaluation.release.bundle.lone import BASELINE, lone_spec
from evaluation.release.bundle.numbers import Key, Number
from evaluation.release.protection import Protection
from evaluation.spec.design import DidDesign
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

ESTIMATES, DETAILS = "estimates.csv", "details.csv"
SHARE = "a share whose missing rows are all 0 or all 1"
SQUARES = "least squares with any 0 or 1 in the missing rows (Cauchy-Schwarz)"
ROUNDED = "least squares with counts as far off as rounding allows (Cauchy-Schwarz)"
# Columns and levels beyond which the regression is not solved once more.
LARGEST = 2_000
# What varies inside cells where no control does.
OUTCOME = "y"


@dataclass(frozen=True)
class Bound:
    """Smallest and largest value that the data can have given, and by which argument."""

    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Shape:
    """What bounds a coefficient of least squares on zeros and ones.

    Attributes
    ----------
    beta
        The coefficient from the released cells.
    spread
        Sum of squares of its regressor that the others leave.
    most
        Largest residual that any further row could have.
    rounding
        Sum over cells of the squared change that rounding may have made, per row.
    shrink
        Least share of a cell's rows that are rows of the data.
    rows
        Rows of the data in the released cells, at least.
    """

    beta: float
    spread: float
    most: float
    rounding: float
    shrink: float
    rows: int


def bounds_of(
    spec: Spec, folder: Path, printed: Mapping[Key, Number], fresh: Mapping[Key, Number],
    protection: Protection,
) -> dict[Key, Bound]:  # fmt: skip
    """Return bounds of the printed numbers that released cells do not give exactly.

    They hold for shares among a baseline, and for the coefficient of ``twfe`` on an outcome of
    zeros and ones without weights and controls. How many rows are missing follows from the count
    that is printed beside. Every bound is safe, and may be wide.

    Parameters
    ----------
    spec, folder
        The spec, and released cells in the format of the store.
    printed, fresh
        Numbers as printed, and as released cells give them.
    protection
        How the policy rounds counts.
    """
    found = {} if protection.rounds else _baselines(printed, fresh)
    if not isinstance(spec.design, DidDesign) or spec.design.treatment is not None:
        return found
    for model in spec.models:
        if model.estimator != "twfe" or model.controls or model.interact or model.group_trends:
            continue
        for name in spec.outcomes_of(model):
            place = _place(printed, fresh, model, name)
            if place is None or spec.outcomes[name].kind != "binary" or spec.panel.weight:
                continue
            shape = _shape(spec, folder, model, name, protection)
            rows = printed.get((*place[:-1], "n_obs"))
            if shape is not None and rows is not None:
                found[place] = coefficient(shape, _most_rows(rows, protection) - shape.rows)
    return found


def coefficient(shape: Shape, missing: float) -> Bound:
    """Return the bound of a coefficient of least squares, given how many rows are missing.

    With Gram matrices F of the data and V of the released cells, the coefficients differ by
    F^-1 X'r, where r holds, cell by cell, what the data have beyond the released cells' own fit.
    Hence the difference is at most sqrt(r'N^-1 r / (share * spread)), and half of that where no
    count is rounded and rows are only missing.

    Parameters
    ----------
    shape
        What the released cells say.
    missing
        Rows of the data that stand in no released cell, at most.
    """
    total = shape.rounding + max(missing, 0.0) * shape.most**2
    half = math.sqrt(total / (shape.shrink * shape.spread))
    if not shape.rounding:
        half /= 2.0
    words = ROUNDED if shape.rounding else SQUARES
    return Bound(shape.beta - half, shape.beta + half, words)


def share(mean: float, rows: float, missing: float) -> Bound:
    """Return the bound of a share of which ``missing`` rows are not seen; attained at both ends."""
    ones, size = mean * rows, rows + missing
    return Bound(ones / size, (ones + missing) / size, SHARE)


def _baselines(printed: Mapping[Key, Number], fresh: Mapping[Key, Number]) -> dict[Key, Bound]:
    found = {}
    for key, one in fresh.items():
        if key[0] != DETAILS or key[-3] != f"{BASELINE}mean" or not 0 <= one.value <= 1:
            continue
        beside = (*key[:-3], f"{BASELINE}rows", *key[-2:])
        rows, all_rows = fresh.get(beside), printed.get(beside)
        if rows is None or all_rows is None or all_rows.value <= rows.value:
            continue
        found[key] = share(one.value, rows.value, all_rows.value - rows.value)
    return found


def _place(
    printed: Mapping[Key, Number], fresh: Mapping[Key, Number], model: Model, outcome: str
) -> Key | None:
    """Return the key of a model's one coefficient, ``None`` where it is not one or has no gap."""
    own = [
        key for key in printed
        if key[0] == ESTIMATES and key[1] == model.id and key[-1] == "estimate"
        and (key[2] == outcome and not key[5]) and key in fresh
    ]  # fmt: skip
    return own[0] if len(own) == 1 else None


def within(bound: Bound, printed: Number, protection: Protection) -> bool:
    """Whether a printed number lies within its bound, as far as its digits tell."""
    slack = abs(printed.value) * (10.0 ** (1 - protection.digits) if protection.digits else 1e-9)
    return bound.low - slack - 1e-12 <= printed.value <= bound.high + slack + 1e-12


def _most_rows(rows: Number, protection: Protection) -> float:
    return float(protection.interval(round(rows.value))[1])


def _shape(
    spec: Spec, folder: Path, model: Model, name: str, protection: Protection
) -> Shape | None:
    asked = lone_spec(spec, model, name, clustered=False)
    try:
        supply = given_supply(asked, folder)
        (result,) = fit_models(asked, supply)
        if not result.fits or (protection.rounds and not _one_by_one(supply, model, folder)):
            return None
        problem = two_way(data_of(asked, result, supply, name), result.setting).problem
    except (DataError, EstimationError):
        return None
    levels = [int(codes.max()) + 1 for codes in problem.effects.values()]
    inside = () if problem.within is None else problem.within.names
    if {*inside} - {OUTCOME} or problem.levels or sum(levels) > LARGEST:
        return None
    columns = problem.columns()
    parts = [np.ones((len(columns), 1)), columns]
    parts += [np.eye(size)[codes] for size, codes in zip(levels, problem.effects.values(),
                                                         strict=True)]  # fmt: skip
    return shape_of(np.column_stack(parts), columns.shape[1], problem.y, problem.weight, levels,
                   _estimate(result), protection)  # fmt: skip


def _one_by_one(supply: Supply, model: Model, folder: Path) -> bool:
    """Whether every cell that the model sees is one released cell, rounded once."""
    gathered = supply.gathered
    kept = read_kept(folder)
    if gathered is None:
        return False
    made = len(gathered.tables[supply.route(model).cells].frame)
    there = [one.name for one in kept.plan.passes if f"{one.name}.parquet" in kept.files]
    return len(there) == 1 and len(kept.frame(there[0])) == made


def _estimate(result: ModelResult) -> float:
    (fit,) = result.fits.values()
    return float(fit.terms[0].estimate)


def shape_of(
    x: FloatArray, own: int, y: FloatArray, rows: FloatArray, levels: list[int], beta: float,
    protection: Protection,
) -> Shape | None:  # fmt: skip
    """Return what bounds one coefficient of a regression that was solved.

    Parameters
    ----------
    x
        Constant, columns and indicators of effects, shape ``(n, k)``.
    own
        Position of the coefficient, the last before the indicators.
    y, rows
        Mean of the outcome, and rows, shapes ``(n,)``.
    levels
        Levels of each effect.
    beta
        The coefficient, found otherwise: ``None`` comes back where it is another, or is none as
        the others explain its column.
    protection
        How the policy rounds counts.
    """
    gram = x.T @ (rows[:, None] * x)
    inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    theta = inverse @ (x.T @ (rows * y))
    unit = np.zeros(len(theta))
    unit[own] = 1.0
    if not np.allclose(gram @ inverse[own], unit, atol=1e-6):
        return None
    if not math.isclose(theta[own], beta, rel_tol=1e-6, abs_tol=1e-9):
        return None
    low, high = _reach(theta, own, levels)
    fit = x @ theta
    changed, least = _rounding(y, rows, fit, protection)
    shrink = float((least / rows).min())
    if not shrink > 0:
        return None
    spread = 1.0 / float(inverse[own, own])
    most = max(abs(1.0 - low), abs(high), abs(low), abs(1.0 - high))
    return Shape(beta, spread, most, changed, shrink, int(least.sum()))


def _reach(theta: FloatArray, own: int, levels: list[int]) -> tuple[float, float]:
    """Return between which values the fit of any row lies: every column 0 or 1, any level or none.

    A level that no released cell has may be given any effect, here none.
    """
    low = high = float(theta[0])
    for one in theta[1 : own + 1]:
        low, high = low + min(one, 0.0), high + max(one, 0.0)
    at = own + 1
    for size in levels:
        part = theta[at : at + size]
        low, high = low + min(part.min(), 0.0), high + max(part.max(), 0.0)
        at += size
    return low, high


def _rounding(
    y: FloatArray, rows: FloatArray, fit: FloatArray, protection: Protection
) -> tuple[float, FloatArray]:
    """Return how far rounding may have moved the moments of cells, and the least rows of each."""
    if not protection.rounds:
        return 0.0, rows
    ones = np.rint(y * rows).astype(np.int64)
    ends = np.array([protection.interval(round(one)) for one in rows], dtype=np.float64)
    sums = np.array([protection.interval(int(one)) for one in ones], dtype=np.float64)
    least = np.maximum(ends[:, 0], protection.minimum)
    moved = [
        (sums[:, at] - ones) - (size - rows) * fit for at in (0, 1) for size in (least, ends[:, 1])
    ]
    worst = np.max(np.abs(moved), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((worst**2 / least).sum()), least
