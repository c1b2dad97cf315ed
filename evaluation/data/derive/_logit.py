"""A logit on rows that repeat: statsmodels on distinct rows with counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.derive.contract import FloatArray
from evaluation.errors import DataError

# Far below what a second run could tell apart.
TOLERANCE = 1e-12
MOST_ROUNDS = 200
MOST_LEVELS = 500


def regressors(frame: pd.DataFrame, where: str) -> FloatArray:
    """Return a constant and columns: numbers as they are, text as levels but the first.

    Parameters
    ----------
    frame
        Columns that predict, n rows.
    where
        Key path, for messages.

    Raises
    ------
    DataError
        Where text has very many levels.
    """
    columns = [np.ones(len(frame))]
    for name in frame:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            columns.append(values.to_numpy(np.float64))
            continue
        code, levels = pd.factorize(values, sort=True)
        if len(levels) > MOST_LEVELS:
            raise DataError(
                f"{where}.from: column {name!r} holds {len(levels)} levels of text, and "
                f"{MOST_LEVELS} are the most; recode it"
            )
        for level in range(1, len(levels)):
            columns.append(np.where(code < 0, np.nan, code == level))
    return np.column_stack(columns)


def fitted_logit(x: FloatArray, y: FloatArray, where: str) -> FloatArray:
    """Return the coefficients of a logit by maximum likelihood, shape ``(p,)``.

    Columns that depend on earlier ones get 0.

    Parameters
    ----------
    x, y
        Regressors and 0/1 outcome, shapes ``(n, p)`` and ``(n,)``.
    where
        Key path, for messages.

    Raises
    ------
    DataError
        Where the outcome has one value, or the likelihood has no maximum.
    """
    import warnings

    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    if len(y) == 0 or y.min() == y.max():
        raise DataError(
            f"{where}: what is predicted has one value in the rows before fit_before, so nothing "
            "can be fitted; check of, fit_before and the window"
        )
    rows, counts, ones = _distinct(x, y)
    kept = _independent(rows, counts)
    model = GLM(np.column_stack([ones, counts - ones]), rows[:, kept], family=Binomial())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they tell is told below
        fit = model.fit(maxiter=MOST_ROUNDS, tol=TOLERANCE, tol_criterion="params")
    found = np.asarray(fit.params, dtype=np.float64)
    if not fit.converged or not np.isfinite(found).all():
        raise DataError(
            f"{where}: the logit does not converge: some value of a predictor has outcomes of one "
            "kind only; leave it out of from, or make it coarser"
        )
    beta = np.zeros(x.shape[1])
    beta[kept] = found
    return beta


def predicted_logit(x: FloatArray, beta: FloatArray) -> FloatArray:
    """Return the probabilities, missing where a regressor is, shape ``(n,)``."""
    from scipy.special import expit

    found: FloatArray = expit(x @ beta)
    return found


def _distinct(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return distinct rows, in order, with how many rows and ones each stands for."""
    code = np.zeros(len(x), dtype=np.int64)
    for column in x.T:
        own = np.unique(column, return_inverse=True)[1]
        code = np.unique(code * (int(own.max()) + 1) + own, return_inverse=True)[1]
    first = np.full(int(code.max()) + 1, -1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return x[first], np.bincount(code).astype(np.float64), np.bincount(code, y).astype(np.float64)


def _independent(rows: FloatArray, counts: FloatArray) -> list[int]:
    """Return the positions of columns that no earlier ones make."""
    kept: list[int] = []
    scaled = rows * np.sqrt(counts)[:, None]
    basis = np.zeros((len(rows), 0))
    for at in range(rows.shape[1]):
        column = scaled[:, at]
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        size, whole = float(np.linalg.norm(rest)), float(np.linalg.norm(column))
        if whole > 0 and size > 1e-8 * whole:
            kept.append(at)
            basis = np.column_stack([basis, rest / size])
    return kept
