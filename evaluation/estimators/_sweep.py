"""Columns less their projection on absorbed effects.

The effect with most levels is taken out by means within its levels; the others follow from normal
equations in their indicators, so that the projection is exact (Abowd, Creecy and Kramarz 2002).
Where those are too many it is found by alternating projections.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError

# Levels of the smaller effects together: their matrix takes 32 MB.
LARGEST_DENSE = 2_000
# Products of sparse rows that make that matrix: a few seconds.
MOST_PRODUCTS = 200_000_000
# Share of an indicator's variation below which it is a combination of the others.
DEPENDENT = 1e-11
# Columns projected at a time, so that what is made on the way stays small.
BLOCK = 16
# Far below a standard error; pyfixest's own default of 1e-6 moves the seventh digit.
DEMEAN_TOLERANCE = 1e-10
DEMEAN_ITERATIONS = 100_000


def swept(columns: FloatArray, effects: Mapping[str, IntArray], weight: FloatArray) -> FloatArray:
    """Return columns less their projection on the absorbed effects, shape as ``columns``.

    Parameters
    ----------
    columns
        Shape ``(n, c)``.
    effects
        Codes 0, 1, ... by name, every code in use, each of shape ``(n,)``.
    weight
        Shape ``(n,)``.

    Raises
    ------
    EstimationError
        Where alternating projections do not converge.
    """
    codes = sorted(effects.values(), key=lambda one: -int(one.max()))
    levels = [int(one.max()) + 1 for one in codes]
    most = np.bincount(codes[0])
    small = sum(levels[1:]) <= LARGEST_DENSE
    width = float(sum(levels[1:]))
    if len(codes) > 1 and not (
        small and float(np.minimum(most, width) @ np.minimum(most, width)) <= MOST_PRODUCTS
    ):
        return _alternating(columns, effects, weight)
    return _direct(columns, codes, levels, weight)


def _direct(
    columns: FloatArray, codes: list[IntArray], levels: list[int], weight: FloatArray
) -> FloatArray:
    main = _indicators(codes[0], levels[0]).T.tocsr()
    mass = main @ weight
    scaled = sparse.diags_array(weight)

    def within(values: FloatArray) -> FloatArray:
        means = (main @ (values * weight[:, None])) / mass[:, None]
        found: FloatArray = values - means[codes[0]]
        return found

    if len(codes) == 1:
        return _twice(within, columns)
    others = sparse.hstack(
        [_indicators(c, n) for c, n in zip(codes[1:], levels[1:], strict=True)], format="csr"
    )
    cross = (main @ scaled @ others).tocsr()
    own = (others.T @ scaled @ others).toarray()
    normal = own - (cross.T @ sparse.diags_array(1.0 / mass) @ cross).toarray()
    unit = 1.0 / np.sqrt(np.diag(own))
    factor, pivots, rank, _ = lapack.dpstrf(normal * np.outer(unit, unit), tol=DEPENDENT, lower=1)
    lower, chosen = np.tril(factor)[:rank, :rank], pivots[:rank] - 1

    def projected(values: FloatArray) -> FloatArray:
        rest = within(values)
        right = (others.T @ (rest * weight[:, None]) * unit[:, None])[chosen]
        half = solve_triangular(lower, right, lower=True)
        alpha = np.zeros((others.shape[1], values.shape[1]))
        alpha[chosen] = solve_triangular(lower, half, lower=True, trans=1) * unit[chosen, None]
        return within(rest - others @ alpha)

    return _twice(projected, columns)


def _twice(projected: Callable[[FloatArray], FloatArray], columns: FloatArray) -> FloatArray:
    """Return columns projected twice: the second round takes out what rounding left."""
    found = np.empty_like(columns)
    for start in range(0, columns.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        found[:, block] = projected(projected(columns[:, block]))
    return found


def _indicators(codes: IntArray, levels: int) -> sparse.csr_array:
    rows = np.arange(len(codes))
    return sparse.csr_array((np.ones(len(codes)), (rows, codes)), shape=(len(codes), levels))


def _alternating(
    columns: FloatArray, effects: Mapping[str, IntArray], weight: FloatArray
) -> FloatArray:
    """Return the projection by pyfixest's rounds.

    Effects go in as an array in the order of the spec: pyfixest's formula interface passes their
    names through a set, so that the last bits of its coefficients follow the hash seed.
    """
    from pyfixest.core.demean import demean

    codes = np.column_stack(list(effects.values())).astype(np.uint64)
    scale = np.sqrt(np.average(columns**2, axis=0, weights=weight))
    scale[scale == 0] = 1.0
    values, converged = demean(columns / scale, codes, weight, DEMEAN_TOLERANCE, DEMEAN_ITERATIONS)
    if not converged:
        raise EstimationError(
            f"fixed effects {', '.join(effects)}: demeaning did not converge in "
            f"{DEMEAN_ITERATIONS} rounds: use fewer or coarser fixed effects"
        )
    result: FloatArray = np.asarray(values) * scale
    return result
