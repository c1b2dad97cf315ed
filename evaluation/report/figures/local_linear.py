"""Straight lines through the points of a figure, one on each side of a cutoff."""

from __future__ import annotations

import numpy as np

from evaluation.report.points import Points

Line = tuple[tuple[float, float], tuple[float, float]]


def local_line(points: Points, cutoff: float, width: float | None, below: bool) -> Line | None:
    """Return the ends of a weighted least-squares line, ``None`` where a side has no two points.

    Weights are the rows behind each point times a triangular kernel, 1 - |x - cutoff| / width;
    without a width they are the rows.

    Parameters
    ----------
    points
        ``(x, mean, rows)``.
    cutoff
        In units of x; a point at the cutoff lies above it.
    width
        Bandwidth in units of x, ``None`` for all points.
    below
        Which side.
    """
    side = [
        point
        for point in points
        if (point[0] < cutoff) == below and (width is None or abs(point[0] - cutoff) < width)
    ]
    if len(side) < 2:
        return None
    x, y, rows = (np.array(column, dtype=np.float64) for column in zip(*side, strict=True))
    kernel = np.ones_like(x) if width is None else 1.0 - np.abs(x - cutoff) / width
    root = np.sqrt(rows * kernel)
    columns = np.column_stack([np.ones_like(x), x - cutoff])
    level, slope = np.linalg.lstsq(columns * root[:, None], y * root, rcond=None)[0]
    ends = (float(x.min()), float(x.max()))
    first, last = ((end, float(level + slope * (end - cutoff))) for end in ends)
    return first, last
