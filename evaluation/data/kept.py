"""Which rows of the sample a model keeps: its own filters and its periods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.data.filters import satisfied
from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.spec.model import Model


def kept_rows(panel: Panel, roles: Roles, model: Model) -> NDArray[np.bool_]:
    """Return which entries a model keeps, before it looks for missing values, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a filter compares text with a number, or a number with text.
    """
    rows = roles.rows.copy()
    known = panel.answer(f"models.{model.id}.keep")
    if known is not None:
        rows &= known.eq(1).to_numpy(dtype=bool)
    else:
        for position, keep in enumerate(model.keep):
            where = f"models.{model.id}.keep.{position + 1}"
            rows &= satisfied(panel.frame[keep.column], keep, where)
    periods = getattr(model.options, "periods", "all")
    if periods != "all" and roles.post is not None:
        rows &= roles.post == (1.0 if periods == "post" else 0.0)
    return rows
