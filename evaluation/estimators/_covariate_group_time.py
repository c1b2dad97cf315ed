"""Group-time effects with covariates, through the package ``differences``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.estimators._adoption import Adoption
from evaluation.estimators._group_time import BasePeriod, Contrast, ControlGroup, GroupTime

METHODS = {"dr": "dr", "reg": "reg", "ipw": "std_ipw"}


def covariate_group_time(
    ready: Adoption,
    controls: dict[str, FloatArray],
    anticipation: int,
    control_group: ControlGroup,
    rule: BasePeriod,
    method: str,
    block: IntArray,
) -> GroupTime:
    """Estimate group-time effects given covariates at the base period.

    Only point estimates and the influence function of every unit (of every row, where the panel
    is not balanced) come from ``differences``; they are summed within blocks here, because its
    own clustering fails.

    Parameters
    ----------
    ready
        The panel.
    controls
        Columns by name, each of shape ``(n,)``.
    anticipation, control_group, rule
        As for :func:`evaluation.estimators._group_time.contrasts_of`.
    method
        ``dr``, ``reg`` or ``ipw``.
    block
        Codes of units or clusters, shape ``(n,)``.

    Raises
    ------
    EstimationError
        Where a propensity score or outcome regression cannot be fitted.
    """
    frame, names = _frame(ready, controls)
    found = [
        one
        for one in _estimated(ready, frame, names, anticipation, control_group, rule, method)
        if np.isfinite(one.ATT)
    ]
    blocks = int(block.max()) + 1
    influence = np.zeros((blocks, len(found)))
    owner = _owner(ready, block)
    for j, one in enumerate(found):
        values = one.influence_func.toarray().ravel() / len(owner)
        influence[:, j] = np.bincount(owner, values, blocks)
    contrasts = tuple(
        Contrast(int(one.cohort), int(one.time), int(one.base_period), ()) for one in found
    )
    return GroupTime(contrasts, np.array([float(one.ATT) for one in found]), influence)


def _owner(ready: Adoption, block: IntArray) -> IntArray:
    """Return the block of every entry of an influence function: units in order, else rows."""
    if not ready.balanced or ready.data.unit is None:
        return block
    first = np.unique(ready.data.unit, return_index=True)[1]
    return block[first]


def _frame(ready: Adoption, controls: dict[str, FloatArray]) -> tuple[pd.DataFrame, list[str]]:
    names = [f"x{i}" for i in range(len(controls))]
    # On unbalanced panels differences fails where it sums within units, so it is handed rows as
    # if each were a unit of its own, and the summing is done here.
    unit = ready.data.unit if ready.balanced else np.arange(ready.data.n_obs)
    columns: dict[str, Any] = {
        "unit": unit,
        "period": ready.period,
        "y": ready.data.y,
        "cohort": np.where(np.isfinite(ready.cohort), ready.cohort, np.nan),
        **dict(zip(names, controls.values(), strict=True)),
    }
    if ready.data.weight is not None:
        columns["weight"] = ready.data.weight
    return pd.DataFrame(columns).set_index(["unit", "period"]), names


def _estimated(
    ready: Adoption,
    frame: pd.DataFrame,
    names: list[str],
    anticipation: int,
    control_group: ControlGroup,
    rule: BasePeriod,
    method: str,
) -> list[Any]:
    from differences import ATTgt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = ATTgt(
                data=frame, cohort_column="cohort", base_period=rule, anticipation=anticipation
            )
            model.fit(
                f"y ~ {' + '.join(names)}",
                est_method=METHODS[method],
                control_group=control_group,
                weights_column="weight" if ready.data.weight is not None else None,
                progress_bar=False,
            )
        # differences lets whatever its own libraries raise through.
        except Exception as error:
            raise EstimationError(
                f"outcome {ready.data.outcome}: group-time effects with controls cannot be fitted "
                f"({type(error).__name__} in differences): use fewer controls or method = 'reg'"
            ) from error
    # The influence functions have no public name in differences 0.3.
    results: list[Any] = model._result_dict["full_sample"]["ATTgt_ntl"]
    return results
