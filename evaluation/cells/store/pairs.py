"""Pair cells as one table: a row for each pair of points."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.cells.centres import centre_in, centre_name
from evaluation.data.moments import PairCells
from evaluation.errors import DataError

FIRST, SECOND = "ad_first", "ad_second"
RUNNING, POST, NEXT, UNITS = "ad_running", "ad_post", "ad_next", "ad_units"
THIRD, APART = "ad_third", "ad_next_apart"


def frame_of_pairs(pairs: PairCells) -> pd.DataFrame:
    """Return pair cells as a table.

    Columns: the positions of both points; the running variable and side of the first, and its
    group where there are groups; for every two variables the sum of their product,
    ``ad_sum_<v>|<w>``; how many units are seen next there, of all and inside a side and group; and
    the same in every row the number of units, and the centre of every variable that has one.
    """
    points = len(pairs.running)
    first, second = (one.ravel() for one in np.indices((points, points)))
    columns = {
        FIRST: first,
        SECOND: second,
        RUNNING: pairs.running[first],
        POST: pairs.post[first],
        UNITS: np.full(points * points, pairs.units),
    }
    if pairs.third is not None:
        columns[THIRD] = pairs.third[first]
    if pairs.successive is not None:
        columns[NEXT] = pairs.successive.ravel()
    if pairs.apart is not None:
        columns[APART] = pairs.apart.ravel()
    for a, one in enumerate(pairs.variables):
        for b, other in enumerate(pairs.variables):
            columns[f"ad_sum_{one}|{other}"] = pairs.products[a, b].ravel()
    for name, centre in zip(pairs.variables, pairs.centres, strict=False):
        columns[centre_name(name)] = np.full(points * points, centre)
    return pd.DataFrame(columns)


def pairs_of_frame(frame: pd.DataFrame, variables: tuple[str, ...], name: str) -> PairCells:
    """Return the pair cells of a table.

    Parameters
    ----------
    frame
        As :func:`frame_of_pairs` makes it, rows in any order.
    variables
        ``one``, then ``y``, then treatment and controls.
    name
        The file, for messages.

    Raises
    ------
    DataError
        Where a column is missing, or a pair.
    """
    needed = [FIRST, SECOND, RUNNING, POST, UNITS]
    needed += [f"ad_sum_{one}|{other}" for one in variables for other in variables]
    lacking = [column for column in needed if column not in frame]
    if lacking:
        raise DataError(f"{name}: no column {lacking[0]!r}; build the pair cells again")
    points = round(len(frame) ** 0.5)
    frame = frame.sort_values([FIRST, SECOND], kind="stable").reset_index(drop=True)
    expected = [one.ravel() for one in np.indices((points, points))]
    placed = all(
        len(frame) == points * points and np.array_equal(frame[column].to_numpy(), places)
        for column, places in zip((FIRST, SECOND), expected, strict=True)
    )
    if not placed:
        raise DataError(f"{name}: does not hold every pair of points once; build it again")
    products = np.array(
        [
            [
                frame[f"ad_sum_{one}|{other}"].to_numpy(np.float64).reshape(points, points)
                for other in variables
            ]
            for one in variables
        ]
    )
    by_point = frame.iloc[:: max(points, 1)].reset_index(drop=True)
    successive, apart = (
        frame[column].to_numpy(np.int64).reshape(points, points) if column in frame else None
        for column in (NEXT, APART)
    )
    return PairCells(
        running=by_point[RUNNING].to_numpy(np.float64),
        post=by_point[POST].to_numpy(np.int64),
        variables=variables,
        products=products,
        units=int(frame[UNITS].iloc[0]) if points else 0,
        successive=successive,
        centres=tuple(centre_in(frame, name) for name in variables),
        third=by_point[THIRD].to_numpy(np.int64) if THIRD in frame else None,
        apart=apart,
    )
