"""What makes two models give different numbers, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluation.cells.needs_rows import NeedsRows
from evaluation.checks._cohort_means import cohort_means
from evaluation.checks._pre_period import detail_of
from evaluation.checks.bacon import FORBIDDEN as TREATED_BEFORE
from evaluation.checks.contract import ModelResult
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.inference.bacon import bacon

Reading = Callable[[ModelResult, Fit], Any]


def _detail(name: str) -> Reading:
    def read(result: ModelResult, fit: Fit) -> Any:
        del result
        return detail_of(fit, name)

    return read


def _of_model(name: str) -> Reading:
    def read(result: ModelResult, fit: Fit) -> Any:
        del fit
        found = getattr(result.model, name)
        return ", ".join(found) or "none" if isinstance(found, tuple) else found

    return read


def _variance(result: ModelResult, fit: Fit) -> Any:
    del fit
    return result.setting.inference.variance


def _clusters(result: ModelResult, fit: Fit) -> Any:
    del fit
    return ", ".join(result.setting.inference.cluster) or "none"


def _rows(result: ModelResult, fit: Fit) -> Any:
    del result
    return fit.n_obs


def _factor(result: ModelResult, fit: Fit) -> Any:
    del result
    found = detail_of(fit, "small_sample_factor")
    return f"{found:.6g}" if isinstance(found, float) else found


# What may differ, in the order in which it is told; the first touch the estimate, the last its
# error alone.
READINGS: tuple[tuple[str, Reading], ...] = (
    ("estimator", _of_model("estimator")),
    ("rows used", _rows),
    ("what is done with units seen in some periods only", _detail("unbalanced")),
    ("base period", _detail("base_period")),
    ("reference", _detail("reference")),
    ("control group", _detail("control_group")),
    ("periods of anticipation", _detail("anticipation")),
    ("fixed effects", _of_model("fixed_effects")),
    ("controls", _of_model("controls")),
    ("cluster", _clusters),
    ("variance", _variance),
    ("small-sample correction", _factor),
)
# Estimators that take units already treated as controls where adoption is staggered.
FORBIDDEN = frozenset({"twfe", "twfe_event_study"})


def causes(
    first: ModelResult, second: ModelResult, outcome: str, forbidden: str = ""
) -> tuple[str, ...]:
    """Return what differs between two models, each as ``what: one against the other``.

    Parameters
    ----------
    first, second
        The models.
    outcome
        Which both give.
    forbidden
        What is to be said of comparisons with units already treated.
    """
    fits = (first.fits[outcome], second.fits[outcome])
    found = []
    for name, read in READINGS:
        one, other = read(first, fits[0]), read(second, fits[1])
        if one is not None and other is not None and one != other:
            found.append(f"{name}: {one} against {other}")
    return (*found, forbidden) if forbidden else tuple(found)


def forbidden_comparisons(
    first: ModelResult, second: ModelResult, data: Callable[[], ModelData]
) -> str:
    """Return that one of two models compares with units already treated, and with what weight.

    Parameters
    ----------
    first, second
        The models.
    data
        Gives the rows or cells of one of them, which the weights are taken from.
    """
    kind = getattr(first.setting.design, "kind", "")
    mixing = [one for one in (first, second) if one.model.estimator in FORBIDDEN]
    if kind != "staggered_did" or len(mixing) != 1:
        return ""
    words = f"forbidden comparisons: {mixing[0].model.id} takes units already treated as controls"
    try:
        panel = cohort_means(data(), first.setting.design)
    except (DataError, NeedsRows):
        return words
    if isinstance(panel, str):
        return words
    weight = sum(one.weight for one in bacon(panel.cells) if one.kind in TREATED_BEFORE)
    return f"{words}, {weight:.1%} of its weight were it static"
