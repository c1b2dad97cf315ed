"""Effects that differ with a column: its products, and what must stand beside them.

With p interacted, y = β·D + δ·(D × p) + p, main effects and effects, and each of those times p.
Products with effects are absorbed as slopes by level (Hernæs, Markussen and Røed 2017, section 4).
p is taken less its mean over treated rows, so that the coefficient on D is the mean effect there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._columns import with_effect
from evaluation.estimators._guards import codes_of, required_period
from evaluation.estimators._slopes import Slope, slopes_by
from evaluation.estimators.contract import Setting

TREND = "(trend)"


@dataclass(frozen=True)
class Interacted:
    """What interactions and trends add to a regression.

    Attributes
    ----------
    columns
        Interacted columns less their means over treated rows, by name, each ``(n,)``.
    means
        Those means.
    main
        Nuisance columns: main effects of the regression, then each column and its products.
    effects
        Absorbed effects, with that of the group where it has a trend.
    slopes
        Products with effects, and trends.
    """

    columns: dict[str, FloatArray]
    means: dict[str, float]
    main: dict[str, FloatArray]
    effects: dict[str, IntArray]
    slopes: tuple[Slope, ...]

    def products(self, column: FloatArray) -> tuple[FloatArray, ...]:
        """Return the products of a column of interest with every interacted column."""
        return tuple(column * values for values in self.columns.values())


def interacted(
    data: ModelData,
    setting: Setting,
    main: Mapping[str, FloatArray],
    effects: dict[str, IntArray],
    treated: FloatArray,
) -> Interacted:
    """Return what a model's ``interact`` and ``group_trends`` add to its regression.

    Parameters
    ----------
    data, setting
        Rows of one outcome, and the model.
    main, effects
        Main effects and absorbed effects of the regression without them.
    treated
        Treatment or its dose: means are taken over rows where it is not zero, shape ``(n,)``.

    Raises
    ------
    DataError
        Where an interacted column holds text, never varies, or is no row's where it is treated.
    """
    weight = np.ones(data.entries) if data.weight is None else data.weight
    if setting.group_trends is not None:
        name = setting.group_trends
        effects = with_effect(effects, name, codes_of(data, name))
    columns, means, added = {}, {}, dict(main)
    slopes: list[Slope] = []
    for name in setting.interact:
        values = _numbers(data, name)
        mass = weight * np.abs(treated)
        if not mass.sum() > 0:
            raise DataError(f"outcome {data.outcome}: no row is treated, so nothing is interacted")
        means[name] = float(mass @ values / mass.sum())
        columns[name] = values - means[name]
        added[f"({name})"] = columns[name]
        added |= {f"({name} × {one.strip('()')})": columns[name] * x for one, x in main.items()}
        slopes += slopes_by(name, columns[name], effects, weight)
    if setting.group_trends is not None:
        period = required_period(data).astype(np.float64)
        group = {setting.group_trends: codes_of(data, setting.group_trends)}
        slopes += slopes_by(TREND, period, group, weight)
    return Interacted(columns, means, added, effects, tuple(slopes))


def _numbers(data: ModelData, name: str) -> FloatArray:
    values = data.columns[name]
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        raise DataError(
            f"outcome {data.outcome}: interact {name!r} holds text; recode it to numbers in derive"
        )
    found = values.to_numpy(dtype=np.float64)
    if float(np.ptp(found)) == 0.0:
        raise DataError(
            f"outcome {data.outcome}: interact {name!r} has one value in all {data.n_obs} rows, so "
            "no effect can differ with it"
        )
    return found


def further_words(setting: Setting) -> str:
    """Return what interactions and trends add to an equation, as text."""
    products = "".join(f" + {name} × (1 + main effects + effects)" for name in setting.interact)
    trend = "" if setting.group_trends is None else f" + trend[{setting.group_trends}]"
    return f"{products}{trend}"
