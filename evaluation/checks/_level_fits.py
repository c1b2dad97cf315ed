"""A model fitted inside every level of a column: together one fully interacted regression."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.supply import Supply
from evaluation.checks._together import kept
from evaluation.checks._variants import with_models
from evaluation.data.panel import Panel
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import CELLS, Failure, ModelResult
from evaluation.spec.extras import Heterogeneity
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

Level = bool | int | float | str
Refit = Callable[[Spec], tuple[ModelResult, ...]]

MOST_LEVELS = 20
FEWEST_CLUSTERS = 5


@dataclass(frozen=True)
class Levels:
    """The levels of a column in the rows of a model.

    Attributes
    ----------
    values
        In their order.
    without
        Rows that have none.
    apart
        Whether no cluster, or unit where there is none, has rows in two levels; ``None`` where
        nobody can tell.
    """

    values: tuple[Level, ...]
    without: int
    apart: bool | None


@dataclass(frozen=True)
class LevelFit:
    """What one level gave for one outcome.

    Attributes
    ----------
    label
        The level in words: ``sanction_regime = mild``.
    found
        Its fit, or why there is none.
    engine
        What it was estimated from.
    """

    label: str
    found: Fit | Failure
    engine: str = ""


def levels_of(spec: Spec, model: Model, by: str, supply: Supply) -> Levels:
    """Return the levels of a column in the sample of a model.

    Raises
    ------
    DataError
        Where it has one level or more than 20, holds dates, or is no column of the sample's rows.
    """
    panel = supply.panel_of(model)
    if by not in panel.frame and supply.route(model).engine == CELLS:
        raise DataError(
            f"heterogeneity: {by!r} has too many values to compare as levels; cut or recode it in "
            "derive"
        )
    if by not in panel.frame:
        raise DataError(
            f"heterogeneity: rows of the sample have no {by!r}; name a column in sample.rows.by"
        )
    column = panel.frame[by]
    if pd.api.types.is_datetime64_any_dtype(column):
        raise DataError(f"heterogeneity: {by!r} holds dates; cut it into levels in derive")
    known = column.dropna()
    values = tuple(sorted((_plain(one) for one in known.unique()), key=_order))
    where = f"heterogeneity: {by!r} has {len(values)}"
    if len(values) < 2:
        raise DataError(
            f"{where} level{'s' if not values else ''} in the sample of {model.id}: there is "
            "nothing to compare; widen the sample, or name another column"
        )
    if len(values) > MOST_LEVELS:
        raise DataError(
            f"{where} levels in the sample of {model.id}, more than {MOST_LEVELS}; cut or recode "
            "it in derive"
        )
    without = panel.count(column.isna().to_numpy(dtype=bool))
    return Levels(values, without, _apart(panel, model, by, supply))


def fit_levels(
    spec: Spec, model: Model, by: str, levels: Levels, refit: Refit
) -> dict[str, tuple[LevelFit, ...]]:
    """Return what a model gives inside every level, by outcome; every level has an entry.

    All levels are one variant of the spec, so that they share its passes over the rows. A level
    with fewer than 5 clusters is refused.

    Parameters
    ----------
    spec, model
        What is asked.
    by
        The column.
    levels
        Its levels.
    refit
        Estimates the models of a variant.
    """
    inside = tuple(
        _averaged(kept(model, f"level_{at}", Filter(column=by, equals=level)))
        for at, level in enumerate(levels.values, start=1)
    )
    # The longest ids leave no room for what follows them; nobody reads these.
    inside = tuple(m.model_copy(update={"id": f"level_{at}"}) for at, m in enumerate(inside))
    variant = with_models(spec, *inside, influence=bool(model.clusters))
    split = Heterogeneity(by=(by,), models=tuple(one.id for one in inside))
    variant = variant.model_copy(update={"heterogeneity": (split,)}).bound_to(spec.origin)
    labels = [label_of(by, level) for level in levels.values]
    try:
        results = refit(variant)
    except DataError as error:
        none = Failure("refused", "; ".join(error.faults))
        return {
            name: tuple(LevelFit(label, none) for label in labels)
            for name in spec.outcomes_of(model)
        }
    return {
        name: tuple(
            _taken(label, result, name) for label, result in zip(labels, results, strict=True)
        )
        for name in spec.outcomes_of(model)
    }


def label_of(by: str, level: Level) -> str:
    """Return a level in words."""
    return f"{by} = {level}"


def pair_label(by: str, first: LevelFit, second: LevelFit) -> str:
    """Return one level less another in words: ``sanction_regime = mild less strict``."""
    return f"{first.label} less {second.label.removeprefix(f'{by} = ')}"


def _taken(label: str, result: ModelResult, name: str) -> LevelFit:
    engine = result.engines[name].name if name in result.engines else ""
    fit = result.fits.get(name)
    if fit is None:
        failure = result.failures.get(name, Failure("failed", "gives nothing"))
        return LevelFit(label, failure, engine)
    clusters = fit.n_clusters
    if result.model.clusters and clusters is not None and clusters < FEWEST_CLUSTERS:
        reason = (
            f"{clusters} clusters, fewer than {FEWEST_CLUSTERS}, tell no error; take levels "
            "together in derive"
        )
        return LevelFit(label, Failure("refused", reason), engine)
    return LevelFit(label, fit, engine)


def _averaged(model: Model) -> Model:
    """Return an event study with the average of its coefficients after the reform."""
    if "average" not in type(model.options).model_fields:
        return model
    return model.model_copy(update={"options": model.options.model_copy(update={"average": True})})


def _apart(panel: Panel, model: Model, by: str, supply: Supply) -> bool | None:
    """Return whether no cluster, or unit, has rows in two levels."""
    named = model.clusters or tuple(filter(None, [panel.unit]))
    if not named:
        return True
    found = [_nested(panel.frame, name, by, supply) for name in named]
    return None if None in found else all(found)


def _nested(frame: pd.DataFrame, name: str, by: str, supply: Supply) -> bool | None:
    if name in frame:
        rows = frame[[name, by]].dropna()
        several = rows.drop_duplicates().groupby(name, observed=True).size() > 1
        return not bool(several.any())
    units = None if supply.gathered is None else supply.gathered.units
    if units is None or supply.spec.panel.unit != name or by not in units.varying:
        return None
    return units.varying[by] == 0


def _plain(value: Any) -> Level:
    found = value.item() if isinstance(value, np.generic) else value
    if isinstance(found, float) and found.is_integer():
        return int(found)
    if isinstance(found, bool | int | float | str):
        return found
    if isinstance(found, dt.date):
        raise DataError("heterogeneity: the column holds dates; cut it into levels in derive")
    return str(found)


def _order(level: Level) -> tuple[int, float, str]:
    return (1, 0.0, level) if isinstance(level, str) else (0, float(level), "")
