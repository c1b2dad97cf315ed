"""Pair cells whose points are parted: in another order, or with the parts taken together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import PairCells
from evaluation.estimators._difference.parts import Part


def part_of_points(pairs: PairCells, parts: tuple[Part, ...]) -> IntArray:
    """Return the position of every point's part, shape ``(P,)``.

    Raises
    ------
    NeedsRows
        Where the pair cells do not part their points so.
    """
    found = np.full(len(pairs.running), -1, dtype=np.int64)
    for at, part in enumerate(parts):
        inside = np.ones(len(found), dtype=bool)
        if part.post is not None:
            inside &= pairs.post == part.post
        if part.third is not None:
            inside &= (pairs.third if pairs.third is not None else -1) == part.third
        found[inside] = at
    if (found < 0).any() or pairs.apart is None:
        raise NeedsRows("these pair cells do not part the rows that are compared")
    return found


def by_part(pairs: PairCells, part: IntArray, place: FloatArray) -> PairCells:
    """Return the pair cells with points in the order of their parts.

    Units in a run of neighbouring points are then those of one part.

    Parameters
    ----------
    pairs
        Parted pair cells.
    part
        Part of every point, shape ``(P,)``.
    place
        What stands for the running variable, ascending in this order, shape ``(P,)`` as the pair
        cells have their points.
    """
    order = np.lexsort((pairs.running, part))
    run = np.ix_(order, order)
    return replace(
        pairs,
        running=place[order],
        products=pairs.products[:, :, order[:, None], order[None, :]],
        successive=None if pairs.apart is None else pairs.apart[run],
        post=pairs.post[order],
        third=None if pairs.third is None else pairs.third[order],
        apart=None,
    )


def together(pairs: PairCells) -> PairCells:
    """Return the pair cells with one point for each value of the running variable.

    Products add up over what a value's points hold. Units seen in a run of points are the diagonal
    of ``successive`` less the sum above it, so a value's own diagonal takes up both of its points.
    """
    values, place = np.unique(pairs.running, return_inverse=True)
    starts = np.searchsorted(place, np.arange(len(values)))
    products = np.add.reduceat(np.add.reduceat(pairs.products, starts, axis=2), starts, axis=3)
    successive = pairs.successive
    if successive is not None:
        own = np.diag(successive)
        onward = successive - np.diag(own)
        summed = np.add.reduceat(np.add.reduceat(onward, starts, axis=0), starts, axis=1)
        inside = np.diag(summed)
        successive = summed - np.diag(inside) + np.diag(np.add.reduceat(own, starts) - inside)
    return replace(
        pairs,
        running=values,
        post=np.full(len(values), -1, dtype=np.int64),
        products=products,
        successive=successive,
        third=None,
        apart=None,
    )
