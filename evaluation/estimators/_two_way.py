"""The regression of two-way fixed effects, ready to be solved for any outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import own_periods, without_always_treated
from evaluation.estimators._columns import dense_codes, effect_codes, with_effect
from evaluation.estimators._guards import require_rows, required, required_period
from evaluation.estimators._interacted import Interacted, interacted
from evaluation.estimators._interacted_terms import product_labels
from evaluation.estimators._problem import DetailValue, Problem
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators.contract import Setting
from evaluation.spec.missing import TIMES, lacking


@dataclass(frozen=True)
class TwoWay:
    """A regression with what it was made of.

    Attributes
    ----------
    data
        Rows that enter, without units that were always treated.
    dose
        Treatment of every row, shape ``(n,)``.
    problem
        The regression.
    parts
        Interactions and trends.
    always
        Rows of always-treated units that are kept, ``None`` without any.
    details, warnings
        Of the always treated.
    """

    data: ModelData
    dose: FloatArray
    problem: Problem
    parts: Interacted
    always: NDArray[np.bool_] | None
    details: tuple[tuple[str, str, DetailValue], ...] = ()
    warnings: tuple[str, ...] = ()


def two_way(data: ModelData, setting: Setting) -> TwoWay:
    """Return the regression of a model on treatment, main effects, controls and effects.

    Parameters
    ----------
    data
        Rows of one outcome, or cells.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty group or side, one cluster, no variation.
    """
    require_rows(data)
    seen = None
    if setting.design.kind == "staggered_did" and data.cohort is not None:
        seen = without_always_treated(data, setting.design)
        data = seen.data
        require_rows(data)
    if setting.design.kind == "did":
        require_four_cells(data)
    always = None if seen is None else seen.always
    dose = _dose_of(data, setting)
    if float(np.ptp(dose)) == 0.0:
        raise DataError(
            f"outcome {data.outcome}: treatment has one value in all {data.n_obs} rows, so it has "
            "no effect to estimate: check design.treatment or design.treated and the window"
        )
    main, effects = _main_effects(data, setting), _effects(data, setting, always)
    parts = interacted(data, setting, main, effects, dose)
    problem = problem_of(
        data,
        setting,
        main=parts.main,
        codes=np.zeros(data.entries, dtype=np.int64),
        intensity=dose,
        labels=("", *product_labels(setting.estimand, parts)),
        effects=parts.effects,
        also=parts.products(dose),
        slopes=parts.slopes,
    )
    if seen is None:
        return TwoWay(data, dose, problem, parts, always)
    return TwoWay(data, dose, problem, parts, always, tuple(seen.details), tuple(seen.warnings))


def _dose_of(data: ModelData, setting: Setting) -> FloatArray:
    if data.dose is not None:
        return data.dose
    if setting.design.kind == "staggered_did":
        cohort = required(data.cohort, "a cohort", data.outcome)
        return (required_period(data) >= cohort).astype(np.float64)
    treated = required(data.treated, "a treated group", data.outcome)
    return treated * required(data.post, "a first post period", data.outcome)


def require_four_cells(data: ModelData) -> None:
    """Refuse a treated or control group that is empty before or after.

    Raises
    ------
    InsufficientDesign
        Naming the empty group and side.
    """
    if data.treated is None or data.post is None:
        return
    for group, member in (("treated", data.treated > 0), ("control", data.treated <= 0)):
        for side, at in (("before", data.post <= 0), ("after", data.post > 0)):
            if not np.any(member & at):
                sentence = f"the {group} group has no rows {side} the reform"
                lack = TIMES[side] if group == "treated" else "comparison group"
                raise lacking(f"outcome {data.outcome}", sentence, lack)


def _main_effects(data: ModelData, setting: Setting) -> dict[str, FloatArray]:
    if data.dose is not None or setting.design.kind == "staggered_did":
        return {}
    return {
        "(treated)": required(data.treated, "a treated group", data.outcome),
        "(post)": required(data.post, "a first post period", data.outcome),
    }


def _effects(
    data: ModelData, setting: Setting, always: NDArray[np.bool_] | None
) -> dict[str, IntArray]:
    effects = effect_codes(data, setting.fixed_effects)
    if always is not None and always.any():
        effects["(always treated in period)"] = own_periods(required_period(data), always)
    if data.dose is not None or setting.design.kind != "staggered_did":
        return effects
    cohort = required(data.cohort, "a cohort", data.outcome)
    effects = with_effect(effects, "(cohort)", dense_codes(cohort))
    return with_effect(effects, "(period)", dense_codes(required_period(data)))
