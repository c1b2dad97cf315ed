"""Month indices as the months and days that registers write."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_EPOCH = 1970 * 12


def year_months(index: NDArray[Any]) -> NDArray[np.int32]:
    """Return month indices as integers YYYYMM."""
    return np.asarray(index // 12 * 100 + index % 12 + 1, dtype=np.int32)


def first_days(index: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the first day of each month."""
    months = (index - _EPOCH).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype("datetime64[s]")


def last_days(index: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the last day of each month."""
    return first_days(index + 1) - np.timedelta64(1, "D")
