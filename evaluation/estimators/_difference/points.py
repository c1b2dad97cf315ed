"""Mass points of every part of the rows, beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.moments import PairCells
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._difference.pairs import by_part, part_of_points, together
from evaluation.estimators._difference.parts import Part, members
from evaluation.estimators._guards import required


@dataclass(frozen=True)
class Parted:
    """Mass points by part.

    Attributes
    ----------
    points
        P points, those of a part beside each other: ``x`` ascends inside each part.
    part
        Position of every point's part, shape ``(P,)``.
    """

    points: MassPoints
    part: IntArray


def parted_points(
    data: ModelData,
    parts: tuple[Part, ...],
    controls: Sequence[str] = (),
    cluster: IntArray | None = None,
    by_unit: bool = False,
) -> Parted:
    """Return the mass points of rows or cells, a value of x once for each part.

    Parameters
    ----------
    data
        The model's data; ``running`` is centred at the cutoff.
    parts
        Every entry lies in one of them.
    controls, cluster, by_unit
        As for ``points_of``.

    Raises
    ------
    DataError
        Where a part has no rows, or the design lacks what parts them.
    NeedsRows
        Where pair cells are missing, do not part their points so, or would need weights.
    """
    running = required(data.running, "a running variable", data.outcome)
    part = np.zeros(data.entries, dtype=np.int64)
    for at, inside in enumerate(members(data, parts)):
        part[inside] = at
    pairs = data.pairs if by_unit else None
    levels = np.unique(running if pairs is None else np.concatenate([running, pairs.running]))
    # Part and value of x as one whole number: no sum of the two could lose a digit of x.
    code = part * len(levels) + np.searchsorted(levels, running)
    coded = replace(
        data,
        running=code.astype(np.float64),
        pairs=None if pairs is None else _coded(pairs, parts, levels),
        share_above=None,
    )
    points = points_of(coded, controls, cluster, by_unit=by_unit)
    of_point, place = np.divmod(points.x.astype(np.int64), len(levels))
    x = levels[place]
    points = replace(points, x=x, above=_above(data, code, points.x, x))
    return Parted(points, of_point)


def pooled_points(
    data: ModelData,
    controls: Sequence[str] = (),
    cluster: IntArray | None = None,
    by_unit: bool = False,
) -> MassPoints:
    """Return the mass points of all rows, parts taken together.

    Parameters
    ----------
    data, controls, cluster, by_unit
        As for ``points_of``.
    """
    whole = data
    if by_unit and data.pairs is not None:
        whole = replace(data, pairs=together(data.pairs))
    return points_of(whole, controls, cluster, by_unit=by_unit)


def _coded(pairs: PairCells, parts: tuple[Part, ...], levels: FloatArray) -> PairCells:
    part = part_of_points(pairs, parts)
    code = part * len(levels) + np.searchsorted(levels, pairs.running)
    return by_part(pairs, part, code.astype(np.float64))


def _above(data: ModelData, code: IntArray, codes: FloatArray, x: FloatArray) -> FloatArray | None:
    """Return the mean share of each point above the cutoff, ``None`` where all are whole."""
    if data.share_above is None or not (x == 0).any():
        return None
    weight = np.ones(data.entries) if data.rows is None else data.rows.astype(np.float64)
    weight = weight if data.weight is None else data.weight
    at = np.searchsorted(codes, code)
    mean = np.bincount(at, weight * data.share_above, len(x)) / np.bincount(at, weight, len(x))
    above: FloatArray = np.where(x == 0, np.clip(mean, 0.0, 1.0), x > 0)
    return above
