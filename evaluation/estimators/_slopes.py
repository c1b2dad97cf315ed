"""Absorbed slopes: columns whose coefficients differ by the level of an effect.

A linear trend in each municipality is one; the products of a column with unit and time effects are
others. They are absorbed as effects are, and count as parameters where effects do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.inference.small_sample import is_nested
from evaluation.spec.variance import FixedEffectCorrection

# Levels of slopes and smaller effects together: their matrix takes 130 MB.
MOST_LEVELS = 4_000
# Share of a column's variation that is more than rounding.
VARIES = 1e-10


@dataclass(frozen=True)
class Slope:
    """One column with a coefficient in each level.

    Attributes
    ----------
    variable
        Its name.
    effect
        Name of the effect whose levels it differs by.
    codes
        Codes 0, 1, ... of that effect, every code in use, shape ``(n,)``.
    values
        The column, centred, shape ``(n,)``.
    """

    variable: str
    effect: str
    codes: IntArray
    values: FloatArray

    @property
    def count(self) -> int:
        """Number of levels."""
        return int(self.codes.max()) + 1


def slopes_by(
    variable: str, values: FloatArray, effects: Mapping[str, IntArray], weight: FloatArray
) -> Iterator[Slope]:
    """Yield the slopes of a column by every effect inside which it varies.

    Parameters
    ----------
    variable, values
        The column, shape ``(n,)``.
    effects
        Absorbed effects: the column is centred, which they allow.
    weight
        Shape ``(n,)``.
    """
    centred = values - np.average(values, weights=weight)
    for name, codes in effects.items():
        if _varying(codes, centred, weight).any():
            yield Slope(variable, name, codes, centred)


def require_few_slopes(slopes: Sequence[Slope], others: int) -> None:
    """Refuse slopes that are too many to be solved for at once.

    Parameters
    ----------
    slopes
        The slopes.
    others
        Levels of effects that stand beside them.

    Raises
    ------
    DataError
        Naming the effect with most levels.
    """
    total = others + sum(one.count for one in slopes)
    if total <= MOST_LEVELS:
        return
    most = max(slopes, key=lambda one: one.count)
    raise DataError(
        f"{most.variable} with a slope in each of {most.count} levels of {most.effect}: "
        f"{total} coefficients stand beside the largest effect, and {MOST_LEVELS} are the most; "
        "use fewer or coarser fixed effects"
    )


def slope_parameters(
    slopes: Sequence[Slope],
    effects: Sequence[IntArray],
    clusters: Sequence[IntArray],
    weight: FloatArray,
    rule: FixedEffectCorrection,
) -> int:
    """Return how many parameters slopes add to k.

    As for effects: slopes of a column by one effect are as many as levels in which it varies, by
    the next one fewer, since the slopes of either sum to the column; those nested in a cluster
    count as the rule says. A column that some effect holds, as period effects hold a trend, costs
    one less.

    Parameters
    ----------
    slopes
        The slopes.
    effects
        Codes of every absorbed effect.
    clusters
        Codes of every cluster that entries are made of.
    weight
        Shape ``(n,)``.
    rule
        Which effects count.
    """
    if rule == "none":
        return 0
    count = 0
    for variable in dict.fromkeys(one.variable for one in slopes):
        values = next(one.values for one in slopes if one.variable == variable)
        count += all(_varying(codes, values, weight).any() for codes in effects)
        for one in slopes:
            nested = any(is_nested(one.codes, cluster) for cluster in clusters)
            if one.variable == variable and not (nested and rule == "nested"):
                count += int(_varying(one.codes, one.values, weight).sum()) - 1
    return count


def _varying(codes: IntArray, values: FloatArray, weight: FloatArray) -> IntArray:
    """Return whether a column varies inside each level, 1 or 0."""
    mass = np.bincount(codes, weight)
    means = np.bincount(codes, weight * values) / mass
    inside = np.bincount(codes, weight * (values - means[codes]) ** 2)
    whole = float(weight @ (values**2))
    found: IntArray = (inside > VARIES * whole * mass / mass.sum()).astype(np.int64)
    return found
