"""Columns less their projection on absorbed effects.

The effect with most levels is taken out by means within its levels; the others follow from normal
equations in their indicators, so that the projection is exact (Abowd, Creecy and Kramarz 2002).
Where those are too many it is found by alternating projections. Slopes that differ by level, such
as a trend in each municipality, stand among the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

from evaluation.data.memo import Memo, remembered
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.estimators._slopes import Slope, require_few_slopes

# Levels of the smaller effects together: their matrix takes 32 MB.
LARGEST_DENSE = 2_000
# Products of sparse rows that make that matrix: a few seconds.
MOST_PRODUCTS = 200_000_000
# Share of an indicator's variation below which it is a combination of the others.
DEPENDENT = 1e-11
# Columns projected at a time, and their entries: what is made on the way stays small.
BLOCK, LARGEST_BLOCK = 16, 2_000_000
# Far below a standard error; pyfixest's own default of 1e-6 moves the seventh digit.
DEMEAN_TOLERANCE = 1e-10
DEMEAN_ITERATIONS = 100_000


def swept(
    columns: FloatArray,
    effects: Mapping[str, IntArray],
    weight: FloatArray,
    slopes: Sequence[Slope] = (),
    in_place: bool = False,
    memo: Memo | None = None,
) -> FloatArray:
    """Return columns less their projection on the absorbed effects, shape as ``columns``.

    Parameters
    ----------
    columns
        Shape ``(n, c)``.
    effects
        Codes 0, 1, ... by name, every code in use, each of shape ``(n,)``.
    weight
        Shape ``(n,)``.
    slopes
        Columns whose coefficients differ by level, absorbed with the effects.
    in_place
        Whether the result takes the place of ``columns``.
    memo
        Where what takes these effects out may be known already.

    Raises
    ------
    DataError
        Where slopes stand beside effects with too many levels.
    EstimationError
        Where alternating projections do not converge.
    """
    into = columns if in_place else np.empty_like(columns)
    found = _projected(columns, effects, weight, slopes, into, memo)
    if found is not into:
        into[:] = found
    return into


def _projected(
    columns: FloatArray,
    effects: Mapping[str, IntArray],
    weight: FloatArray,
    slopes: Sequence[Slope],
    into: FloatArray,
    memo: Memo | None,
) -> FloatArray:
    codes = sorted(effects.values(), key=lambda one: -int(one.max()))
    levels = [int(one.max()) + 1 for one in codes]
    if slopes:
        require_few_slopes(slopes, sum(levels[1:]))
        return _direct(columns, codes, levels, weight, into, slopes, memo)
    most = np.bincount(codes[0])
    small = sum(levels[1:]) <= LARGEST_DENSE
    width = float(sum(levels[1:]))
    if len(codes) > 1 and not (
        small and float(np.minimum(most, width) @ np.minimum(most, width)) <= MOST_PRODUCTS
    ):
        return _alternating(columns, effects, weight)
    return _direct(columns, codes, levels, weight, into, (), memo)


def _direct(
    columns: FloatArray,
    codes: list[IntArray],
    levels: list[int],
    weight: FloatArray,
    into: FloatArray,
    slopes: Sequence[Slope],
    memo: Memo | None,
) -> FloatArray:
    made = remembered(
        memo,
        f"projection on {len(codes)} effects",
        (weight, *codes, *(array for one in slopes for array in (one.codes, one.values))),
        lambda: _projection(codes, levels, weight, slopes),
    )
    return _twice(made.projected, columns, into)


@dataclass(frozen=True)
class _Projection:
    """What takes effects out of any columns: D of the effect with most levels, O of all others.

    Attributes
    ----------
    basis, weighted
        (D, O), shape ``(n, levels + k)``, and its transpose times the weight.
    mass
        Weight of each level of D, shape ``(levels,)``.
    cross
        D'WO, shape ``(levels, k)``; ``None`` where there are no others.
    lower, chosen, unit
        Cholesky factor of the others' scaled normal equations, once D is out of them, which of
        them it holds, and the scale.
    """

    basis: sparse.csr_array
    weighted: sparse.csr_array
    mass: FloatArray
    cross: sparse.csr_array | None = None
    lower: FloatArray | None = None
    chosen: IntArray | None = None
    unit: FloatArray | None = None

    def projected(self, values: FloatArray) -> FloatArray:
        """Return columns less their projection."""
        sums, levels = self.weighted @ values, len(self.mass)
        coefficients = np.zeros_like(sums)
        means = sums[:levels] / self.mass[:, None]
        if self.cross is None or self.unit is None:
            coefficients[:levels] = means
        else:
            right = (sums[levels:] - self.cross.T @ means) * self.unit[:, None]
            half = solve_triangular(self.lower, right[self.chosen], lower=True)
            solved = solve_triangular(self.lower, half, lower=True, trans=1)
            others = coefficients[levels:]
            others[self.chosen] = solved * self.unit[self.chosen, None]
            coefficients[:levels] = means - (self.cross @ others) / self.mass[:, None]
        found: FloatArray = self.basis @ coefficients
        return np.subtract(values, found, out=found)


def _projection(
    codes: list[IntArray], levels: list[int], weight: FloatArray, slopes: Sequence[Slope]
) -> _Projection:
    blocks = [_indicators(c, n) for c, n in zip(codes, levels, strict=True)]
    blocks += [sparse.diags_array(one.values) @ _indicators(one.codes, one.count) for one in slopes]
    basis = sparse.hstack(blocks, format="csr")
    weighted = (basis.T @ sparse.diags_array(weight)).tocsr()
    mass = np.bincount(codes[0], weight, levels[0]).astype(np.float64)
    if len(blocks) == 1:
        return _Projection(basis, weighted, mass)
    products = (weighted @ basis[:, levels[0] :]).tocsr()
    cross, own = products[: levels[0]], products[levels[0] :].toarray()
    normal = own - (cross.T @ sparse.diags_array(1.0 / mass) @ cross).toarray()
    size = np.diag(own)
    unit = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
    factor, pivots, rank, _ = lapack.dpstrf(normal * np.outer(unit, unit), tol=DEPENDENT, lower=1)
    lower, chosen = np.tril(factor)[:rank, :rank], pivots[:rank] - 1
    return _Projection(basis, weighted, mass, cross, lower, chosen, unit)


def _twice(
    projected: Callable[[FloatArray], FloatArray], columns: FloatArray, into: FloatArray
) -> FloatArray:
    """Project columns twice, into another array: the second round takes out what rounding left."""
    width = max(1, min(BLOCK, LARGEST_BLOCK // max(len(columns), 1)))
    for start in range(0, columns.shape[1], width):
        block = slice(start, start + width)
        into[:, block] = projected(projected(columns[:, block]))
    return into


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
