"""When treatment begins, for estimators that ask which rows it has reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import adoption
from evaluation.estimators._guards import required
from evaluation.estimators._problem import DetailValue
from evaluation.estimators.contract import Setting
from evaluation.spec.missing import TIMES, lacking


@dataclass(frozen=True)
class Started:
    """Rows by whether treatment has reached them.

    Attributes
    ----------
    data
        The rows used.
    cohort
        First treated period, ``inf`` where there is none, shape ``(n,)``.
    group, moment
        What effects of groups and periods are made of, shape ``(n,)``.
    group_name, moment_name
        Their names.
    untreated
        Rows that treatment cannot have reached, shape ``(n,)``.
    touched
        Rows that it may have reached, those of anticipation among them, shape ``(n,)``.
    anticipation
        Periods before treatment that it may already reach.
    dated
        Whether the first treated period is known, so that rows have an event time.
    cohort_labels
        Label of every cohort.
    details, warnings
        For the fit.
    """

    data: ModelData
    cohort: FloatArray
    group: FloatArray
    moment: FloatArray
    group_name: str
    moment_name: str
    untreated: NDArray[np.bool_]
    touched: NDArray[np.bool_]
    anticipation: int = 0
    dated: bool = True
    cohort_labels: dict[int, str] = field(default_factory=dict)
    details: tuple[tuple[str, str, DetailValue], ...] = ()
    warnings: tuple[str, ...] = ()


def started(data: ModelData, setting: Setting) -> Started:
    """Return which rows treatment has reached.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where no row, or every row, is treated; where treatment may switch off; with an unbalanced
        panel without a rule.
    """
    found = {"staggered_did": _staggered, "did": _did}[setting.design.kind](data, setting)
    for rows, words in ((found.untreated, "untreated"), (found.touched, "treated")):
        if not rows.any():
            raise DataError(
                f"outcome {data.outcome}: no row is {words}, so there is nothing to compare: check "
                "the design and the window"
            )
    return found


def _staggered(data: ModelData, setting: Setting) -> Started:
    design = setting.design
    ready = adoption(data, design)
    usable = np.isin(ready.cohort, ready.cohorts) | np.isinf(ready.cohort)
    untreated = usable & (ready.period < ready.cohort - design.anticipation)
    return Started(
        data=ready.data,
        cohort=ready.cohort,
        group=ready.cohort,
        moment=ready.period.astype(np.float64),
        group_name="(cohort)",
        moment_name="(period)",
        untreated=untreated,
        touched=usable & ~untreated,
        anticipation=design.anticipation,
        cohort_labels=data.cohort_labels,
        details=(
            *ready.details,
            *((("", "anticipation", design.anticipation),) if design.anticipation else ()),
        ),
        warnings=ready.warnings,
    )


def _did(data: ModelData, setting: Setting) -> Started:
    if data.dose is not None or setting.design.treatment is not None:
        raise DataError(
            f"outcome {data.outcome}: design.treatment varies over time and may switch off, after "
            "which rows are no longer untreated: use estimator = 'switching', or give the first "
            "treated period with design.kind = 'staggered_did'"
        )
    treated = required(data.treated, "a treated group", data.outcome)
    post = required(data.post, "a first post period", data.outcome)
    for group, member in (("treated", treated > 0), ("control", treated <= 0)):
        for side, at in (("before", post <= 0), ("after", post > 0)):
            if not np.any(member & at):
                sentence = f"the {group} group has no rows {side} the reform"
                lack = TIMES[side] if group == "treated" else "comparison group"
                raise lacking(f"outcome {data.outcome}", sentence, lack)
    reached = (treated > 0) & (post > 0)
    first, dated, label = 0.0, False, "treated"
    if data.period is not None and data.event_time is not None:
        first, dated = float((data.period - data.event_time)[0]), True
        label = data.period_labels.get(int(first), str(int(first)))
    return Started(
        data=data,
        cohort=np.where(treated > 0, first, np.inf),
        group=treated,
        moment=post if data.period is None else data.period.astype(np.float64),
        group_name="(treated)",
        moment_name="(post)" if data.period is None else "(period)",
        untreated=~reached,
        touched=reached,
        dated=dated,
        cohort_labels={int(first): label},
    )
