"""What units are called, where a design compares single units with each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.panel import Panel
from evaluation.spec.design import SingleUnitDesign
from evaluation.spec.spec import Spec


def unit_labels(panel: Panel, rows: NDArray[np.bool_], spec: Spec) -> dict[int, str]:
    """Return the label of every unit of some rows by its code; none where units are many.

    Parameters
    ----------
    panel, rows
        A sample and which of its rows count, shape ``(n,)``. Codes follow the units' order, as in
        ``ModelData.unit``.
    spec
        Only a ``single_unit`` design weighs units one by one.
    """
    if panel.unit is None or not isinstance(spec.design, SingleUnitDesign):
        return {}
    labels = pd.factorize(panel.frame[panel.unit][rows], sort=True)[1]
    return {code: str(label) for code, label in enumerate(labels)}
