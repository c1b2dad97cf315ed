"""The outcome without treatment, fitted to untreated rows, and its difference from what is seen.

With D the indicators of one effect that is swept out, Z all other columns (indicators of effects,
then controls) and W the weights of untreated rows,

    S = Z'WZ - mean' diag(mass) mean,  gamma = S^- Z'W(y - mean of y),

means and masses being those of untreated rows by level of D. The effect on a treated row is
y - mean_y[d] - (z - mean[d])'gamma: Borusyak, Jaravel and Spiess (2024), Review of Economic Studies
91(6), theorem 2. Averages of it are linear in y, and the influence of cluster g on one follows from
the residuals of untreated rows and the spread of effects about an average: their equations 7
and 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Within
from evaluation.errors import DataError
from evaluation.estimators._inside import Inside, inside_of

# Columns beside the swept effect: their matrix takes 32 MB.
MOST_COLUMNS = 2_000
# Share of the largest eigenvalue of the scaled normal matrix below which it holds nothing.
NULL = 1e-10
# A row with more of a column than this in such directions cannot be imputed.
UNIDENTIFIED = 1e-6


@dataclass(frozen=True)
class Columns:
    """What explains the outcome without treatment.

    Attributes
    ----------
    levels
        D, shape ``(n, L)``, with no column where nothing is swept out.
    other
        Z, shape ``(n, K)``.
    inside
        What varies inside cells, its positions among the K columns; ``None`` on rows.
    """

    levels: sparse.csr_array
    other: sparse.csr_array
    inside: Inside | None


@dataclass(frozen=True)
class Untreated:
    """A fitted outcome without treatment.

    Attributes
    ----------
    columns
        Its columns on every entry.
    weight
        Weights of untreated entries, zero elsewhere, shape ``(n,)``.
    mass
        Sum of those by swept level, shape ``(L,)``.
    mean
        Mean of Z by swept level, shape ``(L, K)``.
    normal
        S, shape ``(K, K)``.
    inverse
        S^-, shape ``(K, K)``.
    gap
        Outcome less what is fitted, shape ``(n,)``: a residual, or an effect.
    known
        Whether an entry's outcome without treatment is identified, shape ``(n,)``.
    gamma
        Shape ``(K,)``.
    """

    columns: Columns
    weight: FloatArray
    mass: FloatArray
    mean: FloatArray
    normal: FloatArray
    inverse: FloatArray
    gap: FloatArray
    known: NDArray[np.bool_]
    gamma: FloatArray

    def reduced(self, left: sparse.csr_array) -> FloatArray:
        """Return left'(Z - mean), for a matrix of shape ``(n, T)``: shape ``(T, K)``."""
        found: FloatArray = (left.T @ self.columns.other).toarray()
        found -= (left.T @ self.columns.levels) @ self.mean
        return found


def columns_of(
    effects: Mapping[str, IntArray],
    swept: str | None,
    controls: Mapping[str, FloatArray],
    weight: FloatArray,
    within: Within | None,
    outcome: str,
) -> Columns:
    """Return the columns of the outcome without treatment.

    Parameters
    ----------
    effects
        Codes 0, 1, ... by name, each of shape ``(n,)``.
    swept
        Which of them is swept out, or none.
    controls
        Columns by name.
    weight
        Shape ``(n,)``.
    within
        Cross-products inside cells; ``None`` on rows.
    outcome
        For messages.

    Raises
    ------
    DataError
        Where the other effects have too many levels.
    """
    n = len(weight)
    carried = [_indicators(codes) for name, codes in effects.items() if name != swept]
    wide = sum(one.shape[1] for one in carried)
    if wide + len(controls) > MOST_COLUMNS:
        raise DataError(
            f"outcome {outcome}: the effects beside the largest have {wide} levels together, and "
            f"{MOST_COLUMNS} can be held: use fewer or coarser fixed_effects"
        )
    centred = [x - np.average(x, weights=weight) for x in controls.values()]
    numeric = sparse.csr_array(np.column_stack(centred) if centred else np.zeros((n, 0)))
    inside = inside_of(within, dict(controls))
    return Columns(
        _indicators(effects[swept]) if swept is not None else sparse.csr_array((n, 0)),
        sparse.csr_array(sparse.hstack([*carried, numeric], format="csr")),
        None if inside is None else inside.shifted(wide),
    )


def _indicators(codes: IntArray) -> sparse.csr_array:
    n = len(codes)
    shape = (n, int(codes.max()) + 1)
    return sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=shape)


def fit_untreated(
    columns: Columns, y: FloatArray, weight: FloatArray, untreated: NDArray[np.bool_]
) -> Untreated:
    """Fit the outcome of untreated entries.

    Parameters
    ----------
    columns
        Columns on every entry.
    y, weight
        Outcome and weights (means and sums of cells), shape ``(n,)``.
    untreated
        Shape ``(n,)``.
    """
    own = np.where(untreated, weight, 0.0)
    y = y - np.average(y, weights=weight)
    levels, other = columns.levels, columns.other
    mass = np.asarray(levels.T @ own, dtype=np.float64)
    safe = np.where(mass > 0, mass, 1.0)
    weighted = sparse.csr_array(sparse.diags_array(own) @ other)
    mean: FloatArray = (levels.T @ weighted).toarray() / safe[:, None]
    mean_y = (levels.T @ (own * y)) / safe
    whole: FloatArray = (other.T @ weighted).toarray()
    normal = whole - mean.T @ (mean * mass[:, None])
    added = _inside_sums(columns.inside, untreated, other.shape[1])
    normal += added[:-1, :-1]
    # Indicators of levels without an untreated row leave a column of zeros.
    size = np.diag(whole) + np.diag(added)[:-1]
    unit = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
    values, vectors = np.linalg.eigh(normal * np.outer(unit, unit))
    kept = values > NULL * max(float(values.max(initial=0.0)), np.finfo(float).tiny)
    used = vectors[:, kept] * unit[:, None]
    inverse: FloatArray = (used / values[kept]) @ used.T

    def gap_of(gamma: FloatArray) -> FloatArray:
        gap: FloatArray = y - other @ gamma - levels @ (mean_y - mean @ gamma)
        return gap

    def score_of(gamma: FloatArray) -> FloatArray:
        left = own * gap_of(gamma)
        score: FloatArray = other.T @ left - mean.T @ (levels.T @ left)
        score += added[:-1, -1] - added[:-1, :-1] @ gamma
        return score

    gamma = np.zeros(other.shape[1])
    # The second and third round recover the digits that the normal equations lose.
    for _ in range(3):
        gamma = gamma + inverse @ score_of(gamma)
    known = _identified(columns, mean, vectors[:, ~kept] * unit[:, None])
    if levels.shape[1]:
        known &= np.asarray(levels @ (mass > 0).astype(np.float64)) > 0
    return Untreated(columns, own, mass, mean, normal, inverse, gap_of(gamma), known, gamma)


def _identified(columns: Columns, mean: FloatArray, null: FloatArray) -> NDArray[np.bool_]:
    """Return the entries whose columns lie in the span of those fitted, shape ``(n,)``.

    Parameters
    ----------
    columns
        Columns on every entry.
    mean
        Mean of Z by swept level, shape ``(L, K)``.
    null
        Directions that the fit says nothing about, shape ``(K, r)``.
    """
    moved = columns.other @ null - columns.levels @ (mean @ null)
    size = abs(columns.other) @ np.abs(null) + columns.levels @ (np.abs(mean) @ np.abs(null))
    outside = np.abs(moved) > UNIDENTIFIED * size.max(axis=0, initial=0.0)
    found: NDArray[np.bool_] = ~outside.any(axis=1)
    return found


def _inside_sums(inside: Inside | None, rows: NDArray[np.bool_], width: int) -> FloatArray:
    """Return cross-products inside some cells among K columns and y, ``(K + 1, K + 1)``."""
    full = np.zeros((width + 1, width + 1))
    if inside is not None:
        at = np.append(inside.positions, width)
        full[at[:, None], at[None, :]] = inside.scatter[rows].sum(axis=0)
    return full
