"""The predicted probability of a 0/1 column, fitted before a date and cross-fitted by unit.

Hernæs, Markussen and Røed (2017), Labour Economics 48, section 4: each person's probability of
claiming, predicted from characteristics by a logit on the years before the reform.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ConfigDict, Field

from evaluation.data.derive._dates import before
from evaluation.data.derive._logit import fitted_logit, predicted_logit, regressors
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"unit", "time"})
ROW_WISE = False


class Options(OptionsModel):
    """What is predicted, from which columns, on rows before which date, in how many parts.

    Attributes
    ----------
    of
        Column of 0 and 1 whose probability is predicted.
    from
        Columns that predict it; text is taken as levels.
    fit_before
        Date before which rows are fitted, or a whole number where time is one; rows of that time
        are not.
    folds
        Parts into which units fall; each is predicted by the fit on all others.
    per
        ``unit`` gives a unit one probability, by its columns at its first row; ``row`` one for each
        row, by the columns then.
    """

    model_config = ConfigDict(populate_by_name=True)

    of: Column
    made_from: tuple[Column, ...] = Field(min_length=1, alias="from")
    fit_before: dt.date | int
    folds: int = Field(default=5, ge=2)
    per: Literal["unit", "row"] = "unit"


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return the predicted probability of every row, shape ``(n,)``.

    Units are parted into ``folds`` by a hash of the unit; a part is predicted by the logit of all
    others, so that no unit's own outcome enters its prediction. Text is taken as levels. Missing
    where a column that predicts is missing.

    Raises
    ------
    DataError
        Where what is predicted is not 0 or 1, never varies in some part, or a logit does not
        converge.
    """
    outcome = rows.numbers(options.of).astype(np.float64)
    known = ~np.isnan(outcome)
    if not np.isin(outcome[known], (0.0, 1.0)).all():
        raise DataError(f"{rows.where}.of: column {options.of!r} must hold 0 and 1 alone")
    x = regressors(rows.frame.loc[:, list(options.made_from)], rows.where)
    whole = ~np.isnan(x).any(axis=1)
    early = before(rows, options.fit_before, "fit_before") & known & whole
    fold = _folds(rows, options.folds)
    at = np.arange(len(x)) if options.per == "row" else _first_rows(rows)
    found = np.full(len(x), np.nan)
    for part in range(options.folds):
        own = fold == part
        beta = fitted_logit(x[early & ~own], outcome[early & ~own], rows.where)
        chosen = np.flatnonzero(own)
        found[chosen] = predicted_logit(x[at[chosen]], beta)
    return found


def _folds(rows: Rows, folds: int) -> IntArray:
    """Return the part of every row, the same for all rows of a unit and in every order."""
    if rows.names is None:
        raise DataError(f"{rows.where}: needs panel.unit")
    texts = pd.Series(pd.unique(rows.names)).astype(str)
    hashed = pd.util.hash_pandas_object(texts, index=False, hash_key="activity-duty-01").to_numpy()
    part: IntArray = (hashed % np.uint64(folds)).astype(np.int64)
    return part[rows.units()]


def _first_rows(rows: Rows) -> IntArray:
    """Return, for every row, the position of its unit's first row."""
    unit = rows.units()
    order = np.lexsort((rows.times(), unit))
    first = np.full(int(unit.max()) + 1, -1, dtype=np.int64)
    first[unit[order[::-1]]] = order[::-1]
    return first[unit]
