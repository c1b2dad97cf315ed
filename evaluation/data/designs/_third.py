"""Which rows are of the group that a regression discontinuity compares with the others."""

from __future__ import annotations

import numpy as np

from evaluation.data.designs._moments import holds, undecided
from evaluation.data.panel import Panel
from evaluation.data.roles import FloatArray
from evaluation.errors import DataError
from evaluation.spec.design import RdDesign


def third_of(panel: Panel, design: RdDesign) -> FloatArray | None:
    """Return 1 in the group of ``design.third``, 0 outside it, missing where nobody knows.

    Raises
    ------
    DataError
        Where every row with a known group is in one.
    """
    if design.third is None:
        return None
    inside = holds(panel, design.third, "design.third")
    unknown = undecided(panel, design.third, "design.third")
    for there, words in ((inside, "no row is"), (~inside & ~unknown, "every row is")):
        if not there.any():
            raise DataError(
                f"design.third: {words} of the third difference, so nothing can be compared; "
                "check its condition and sample"
            )
    return np.where(unknown, np.nan, inside.astype(np.float64))
