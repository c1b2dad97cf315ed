"""What effects are worth: rows for every item of a ``[[worth]]`` and for their sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.checks._level_tests import level_covariance
from evaluation.checks._numbers import Number, number_of
from evaluation.checks.smallest_effect import Headline, headline_of
from evaluation.estimators.fitting import ModelResult
from evaluation.inference.worth import Amounts, Effects, Valued, valued
from evaluation.results import WorthRow
from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec
from evaluation.spec.worth import Worth, WorthItem
from evaluation.spec.worth_rules import item_model, months_covered

NO_ESTIMATE = "the model gives no estimate with a standard error, so there is no interval"
# How the effects of a sum vary together.
ONE, JOINT, WORST = "one effect", "joint influence of clusters", "worst correlation assumed"


@dataclass(frozen=True)
class Item:
    """One item with its effect.

    Attributes
    ----------
    asked, model_id
        What is valued, and whose effect.
    times
        Values of the outcome that lie in the months.
    headline, number
        The effect on one value of the outcome; ``None`` where there is none.
    """

    asked: WorthItem
    model_id: str
    times: float
    headline: Headline | None
    number: Number | None


def worth_rows(spec: Spec, results: tuple[ModelResult, ...]) -> Iterator[WorthRow]:
    """Yield a row for each item of every ``[[worth]]``, then one for their sum.

    A number stands only beside its interval: where an effect has no standard error, its row and the
    sum are ``refused``. The effect is that on the average row under the policy, taken as the same
    in every one of the months.

    Parameters
    ----------
    spec
        Names the items.
    results
        What its models gave.
    """
    by_id = {result.model.id: result for result in results}
    for worth in spec.worth:
        items = [_item(spec, worth, asked, by_id) for asked in worth.items]
        for one in items:
            yield _row(spec, worth, one, _valued([one]))
        yield _sum(spec, worth, items)


def _item(spec: Spec, worth: Worth, asked: WorthItem, results: dict[str, ModelResult]) -> Item:
    model_id = item_model(spec, worth, asked) or ""
    fit = results[model_id].fits.get(asked.outcome) if model_id in results else None
    covered = months_covered(spec, asked)
    times = 1.0 if worth.months is None or covered is None else worth.months / covered
    headline = None if fit is None else headline_of(fit)
    return Item(asked, model_id, times, headline, None if fit is None else number_of(fit))


def _valued(items: Sequence[Item]) -> tuple[Valued, str] | None:
    """Return the worth of items together and how they vary, ``None`` where one has no error."""
    headlines = [one.headline for one in items if one.headline is not None]
    numbers = [one.number for one in items if one.number is not None]
    if len(headlines) < len(items) or len(numbers) < len(items):
        return None
    errors = np.array([one.std_error for one in headlines])
    covariance = errors[:, None] ** 2 if len(items) == 1 else _covariance(numbers, errors)
    df = min((one.df for one in headlines if one.df is not None), default=None)
    effects = Effects(
        np.array([one.estimate for one in headlines]),
        errors,
        covariance,
        np.array([one.maximum_bias for one in headlines]),
        df,
    )
    how = ONE if len(items) == 1 else WORST if covariance is None else JOINT
    return valued(effects, _amounts(items)), how


def _covariance(numbers: Sequence[Number], errors: np.ndarray) -> np.ndarray | None:
    """Return the covariance from influences, ``None`` where the errors are not those printed."""
    printed = np.array([one.std_error or 0.0 for one in numbers])
    return level_covariance(numbers, None) if np.array_equal(printed, errors) else None


def _amounts(items: Sequence[Item]) -> Amounts:
    times = np.array([one.times for one in items])
    value = np.array([_amount(one.asked) for one in items])
    low = [_amount(one.asked) if one.asked.low is None else one.asked.low for one in items]
    high = [_amount(one.asked) if one.asked.high is None else one.asked.high for one in items]
    errors = np.array([one.asked.std_error or 0.0 for one in items])
    return Amounts(times * value, times * np.array(low), times * np.array(high), times * errors)


def _amount(item: WorthItem) -> float:
    return 1.0 if item.amount is None else item.amount


def _row(spec: Spec, worth: Worth, one: Item, found: tuple[Valued, str] | None) -> WorthRow:
    outcome, horizon = parted(one.asked.outcome)
    row = WorthRow(
        spec.id, worth.id, worth.unit, worth.months, one.model_id, outcome, horizon,
        amount=_amount(one.asked), amount_low=one.asked.low, amount_high=one.asked.high,
        amount_std_error=one.asked.std_error, source=one.asked.source or "",
        effect=None if one.headline is None else one.headline.estimate, status="refused",
        reason=NO_ESTIMATE,
    )  # fmt: skip
    return row if found is None else _with(row, *found)


def _sum(spec: Spec, worth: Worth, items: Sequence[Item]) -> WorthRow:
    found = _valued(items)
    row = WorthRow(spec.id, worth.id, worth.unit, worth.months, status="refused")
    if found is not None:
        return _with(row, *found)
    lost = [parted(one.asked.outcome)[0] for one in items if _valued([one]) is None]
    return replace(row, reason=f"no sum without {', '.join(dict.fromkeys(lost))}")


def _with(row: WorthRow, found: Valued, how: str) -> WorthRow:
    return replace(
        row, value=found.value, std_error=found.std_error, conf_low=found.low,
        conf_high=found.high, dependence=how, status="ok", reason="",
    )  # fmt: skip
