"""One part of a group less the other, as a column whose mean over the group is that difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from evaluation.data.derive.contract import FloatArray, Need, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"time"})
ROW_WISE = False


class Options(OptionsModel):
    """The column, the part, and the group it is a part of.

    With ``rows = { by = [...] }`` of the same group, the mean of the made column is that of part 1
    less that of part 0, period by period.

    Attributes
    ----------
    column
        Column whose means are compared.
    part
        Column that is 1 for one part, 0 for what is taken off, missing for neither.
    by
        Column that names the group.
    """

    column: Column
    part: Column
    by: Column


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return values scaled by the share of their part in its group and time, shape ``(n,)``.

    A value y of part 1 becomes y·N/n₁ and one of part 0 becomes -y·N/n₀, with N = n₀ + n₁ rows of
    the group at that time: their mean over the N rows is the difference of the two means. Missing
    where the value or part is, and where a group has one part alone at that time.

    Raises
    ------
    DataError
        Where the part holds something else than 0 and 1.
    """
    values = rows.numbers(options.column).astype(np.float64)
    part = rows.numbers(options.part).astype(np.float64)
    group = pd.factorize(rows.frame[options.by])[0].astype(np.int64)
    known = ~np.isnan(values) & ~np.isnan(part) & (group >= 0)
    if not np.isin(part[known], (0.0, 1.0)).all():
        raise DataError(f"{rows.where}.part: column {options.part!r} must hold 0 and 1 alone")
    time = np.unique(rows.times()[known], return_inverse=True)[1]
    one = part[known] == 1.0
    code = np.unique(group[known] * (int(time.max(initial=0)) + 1) + time, return_inverse=True)[1]
    of_one = np.bincount(code, weights=one)
    of_all = np.bincount(code).astype(np.float64)
    own = np.where(one, of_one[code], (of_all - of_one)[code])
    both = (of_one > 0) & (of_one < of_all)
    scaled = np.where(one, 1.0, -1.0) * values[known] * of_all[code] / own
    found = np.full(len(values), np.nan)
    found[known] = np.where(both[code], scaled, np.nan)
    return found
