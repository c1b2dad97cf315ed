"""What varies inside the cells of a regression: the columns, their means and cross-products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Within


@dataclass(frozen=True)
class Inside:
    """Columns of a regression that vary inside its cells, r in all, and the outcome.

    Attributes
    ----------
    names
        Columns by their name in the panel.
    positions
        Where each stands among the regressors, shape ``(r,)``.
    means
        Means by cell, shape ``(cells, r)``.
    scatter
        Weighted cross-products about the means, outcome last, shape ``(cells, r + 1, r + 1)``.
    """

    names: tuple[str, ...]
    positions: IntArray
    means: FloatArray
    scatter: FloatArray

    @property
    def regressors_vary(self) -> bool:
        """Whether anything but the outcome varies inside a cell."""
        r = len(self.names)
        return bool(np.any(self.scatter[:, range(r), range(r)] != 0.0)) if r else False

    def shifted(self, by: int) -> Inside:
        """Return the same with every position moved by ``by``."""
        return replace(self, positions=self.positions + by)

    def products(self, width: int) -> FloatArray:
        """Return the sum over cells among ``width`` regressors and y, ``(width + 1, width + 1)``.

        Parameters
        ----------
        width
            Number of regressors.
        """
        at = np.append(self.positions, width)
        full = np.zeros((width + 1, width + 1))
        sums = [[self.scatter[:, i, j].sum() for j in range(len(at))] for i in range(len(at))]
        full[at[:, None], at[None, :]] = np.array(sums)
        return full

    def sums_by(self, codes: IntArray) -> FloatArray:
        """Return the sums over cells by code, shape ``(codes, r + 1, r + 1)``.

        Parameters
        ----------
        codes
            Codes 0, 1, ... shape ``(cells,)``.
        """
        size, side = int(codes.max()) + 1, len(self.names) + 1
        sums = np.empty((size, side, side))
        for i in range(side):
            for j in range(i, side):
                own = np.bincount(codes, self.scatter[:, i, j], size)
                sums[:, i, j] = sums[:, j, i] = own
        return sums


def inside_of(within: Within | None, columns: Mapping[str, FloatArray]) -> Inside | None:
    """Return what varies inside cells among some regressors, ``None`` where nothing was given.

    Parameters
    ----------
    within
        Cross-products of the model's data.
    columns
        Regressors at cell means by name, in the order of the regression.
    """
    if within is None:
        return None
    # The outcome stands last, whatever a control is called.
    varying = within.names[:-1]
    order = {name: at for at, name in enumerate(columns)}
    names = tuple(name for name in varying if name in order)
    chosen = [varying.index(name) for name in names] + [len(varying)]
    cells = len(within.scatter)
    return Inside(
        names,
        np.array([order[name] for name in names], dtype=np.int64),
        np.column_stack([columns[name] for name in names]) if names else np.zeros((cells, 0)),
        chosen_products(within.scatter, chosen),
    )


def chosen_products(scatter: FloatArray, chosen: list[int]) -> FloatArray:
    """Return the cross-products of some columns in every cell, as they are where it is all."""
    if chosen == list(range(scatter.shape[1])):
        return scatter
    found = np.empty((len(chosen), len(chosen), len(scatter))).transpose(2, 0, 1)
    for i, one in enumerate(chosen):
        for j, other in enumerate(chosen):
            found[:, i, j] = scatter[:, one, other]
    return found
