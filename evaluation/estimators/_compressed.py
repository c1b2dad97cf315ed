"""The same regression on fewer cells, where a key repeats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from evaluation.cells.compress import compress
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Within
from evaluation.estimators._problem import Problem

# More columns than these make their cross-products larger than what is saved.
MOST_AVERAGED = 24


def compressed(problem: Problem) -> Problem:
    """Return the same regression on cells, where they are at most half as many.

    Cells are made of clusters, effects and the columns of interest; other columns are averaged in
    them, with their cross-products inside. Exact for coefficients, for sums of squares and for
    sums of scores within clusters, hence for ``iid``, ``cr1`` and ``cr3``.
    """
    varying = () if problem.within is None else problem.within.names[:-1]
    averaged = tuple(problem.nuisance)
    if len(averaged) > MOST_AVERAGED:
        averaged = tuple(name for name in averaged if name in varying)
    key: list[np.ndarray[Any, Any]] = [
        *problem.clusters,
        *problem.effects.values(),
        problem.codes,
        problem.intensity,
        *problem.also,
        *problem.slope_arrays(),
        *(values for name, values in problem.nuisance.items() if name not in averaged),
    ]
    columns = [problem.nuisance[name] for name in averaged]
    scatter = _scatter(problem.within, averaged)
    cells = compress(key, problem.y, problem.weight, columns, scatter, memo=problem.memo)
    if cells is None:
        return problem
    rows = cells.first
    nuisance = {name: values[rows] for name, values in problem.nuisance.items()}
    nuisance |= dict(zip(averaged, cells.columns.T, strict=True))
    return replace(
        problem,
        y=cells.y,
        weight=cells.weight,
        nuisance=nuisance,
        codes=problem.codes[rows],
        intensity=problem.intensity[rows],
        effects={name: _renumbered(codes[rows]) for name, codes in problem.effects.items()},
        clusters=tuple(codes[rows] for codes in problem.clusters),
        also=tuple(values[rows] for values in problem.also),
        slopes=tuple(
            replace(one, codes=_renumbered(one.codes[rows]), values=one.values[rows])
            for one in problem.slopes
        ),
        within=Within((*averaged, "y"), cells.scatter),
    )


def _scatter(
    within: Within | None, averaged: tuple[str, ...]
) -> dict[tuple[int, int], FloatArray] | None:
    """Return the cross-products inside what is merged, by places among ``averaged`` and y."""
    if within is None:
        return None
    order = {name: at for at, name in enumerate(averaged)}
    places = [(at, order[n]) for at, n in enumerate(within.names[:-1]) if n in order]
    places.append((len(within.names) - 1, len(averaged)))
    return {
        (min(i, j), max(i, j)): within.scatter[:, a, b]
        for a, i in places
        for b, j in places
        if a <= b
    }


def _renumbered(codes: IntArray) -> IntArray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
