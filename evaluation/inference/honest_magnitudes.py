"""Intervals under bounds on relative magnitudes: the conditional least-favourable hybrid.

Source: Rambachan and Roth (2023), Review of Economic Studies 90(5), sections 2.4.1 and 3;
Andrews, Roth and Pakes (2023), Review of Economic Studies 90(6), for the test.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.inference.conditional_test import (
    FIRST_STAGE,
    ConditionalTest,
    Moments,
    least_favourable,
)
from evaluation.inference.trend_path import HonestInterval, TrendPath

# Grid points an interval end is looked for among at a time, and their distance in errors.
CHUNK = 256
STEP = 1.0 / 50.0
HALVINGS = 40


def relative_magnitudes(
    path: TrendPath, bound: float, draws: int, seed: int, level: float = 0.05
) -> HonestInterval:
    """Return the interval if changes after the base are at most ``bound`` times those before it.

    The violation changes by at most ``bound`` times its largest change a period before the base,
    in each period after it: a union over which change is the largest and its sign. Every part is
    tested by the hybrid on a grid a fiftieth of a standard error wide, and the ends found are
    refined by bisection. The interval holds every value that some part accepts.

    Parameters
    ----------
    path
        Coefficients around the base.
    bound
        At least 0; 1 allows for changes as large as any seen.
    draws, seed
        Of the least-favourable critical value.
    level
        One less the coverage.
    """
    tests = list(_tests(path, bound, draws, seed, level))
    reach = bound * float(np.abs(path.step_weights).sum()) * largest_change(path)
    return HonestInterval(
        low=_end(path, tests, -1.0),
        high=_end(path, tests, 1.0),
        identified_low=path.estimate - reach,
        identified_high=path.estimate + reach,
    )


def excludes(
    path: TrendPath, bound: float, value: float, draws: int, seed: int, level: float = 0.05
) -> bool:
    """Say whether a value of the target lies outside the interval of ``relative_magnitudes``.

    Parameters
    ----------
    path, bound, draws, seed, level
        As in :func:`relative_magnitudes`.
    value
        In units of the outcome.
    """
    tests = []
    for test in _tests(path, bound, draws, seed, level):
        if bool(test.accepts(np.array([value]))[0]):
            return False
        tests.append(test)
    side = 1.0 if value > path.estimate else -1.0
    return side * (value - _end(path, tests, side)) > 0


def _tests(
    path: TrendPath, bound: float, draws: int, seed: int, level: float
) -> Iterator[ConditionalTest]:
    """Yield the test of every part."""
    for moments in parts(path, bound):
        first = least_favourable(moments.covariance, FIRST_STAGE * level, draws, seed)
        yield ConditionalTest(moments, first, level)


def largest_change(path: TrendPath) -> float:
    """Return the largest estimated change a period before the base, in absolute value."""
    return float(np.abs(path.steps[: path.before] @ path.estimates).max())


def parts(path: TrendPath, bound: float) -> Iterator[Moments]:
    """Yield the moment inequalities of every part: which change before the base is the largest.

    Parameters
    ----------
    path, bound
        As in :func:`relative_magnitudes`.
    """
    make = _all_rows if len(path.weights) == 1 else _later_rows
    for change in path.steps[: path.before]:
        for sign in (1.0, -1.0):
            yield make(path, bound, sign * change)


def _later_rows(path: TrendPath, bound: float, largest: FloatArray) -> Moments:
    """Return the vertices of the dual programme of the inequalities after the base.

    The rows are ±step_t - bound × largest. A multiplier that cancels every effect but the target
    weighs the two signs of step t by shares that differ by a multiple of ``step_weights``: the
    extreme ones take one sign of that multiple, or weigh both signs of one step alike.
    """
    steps = path.steps[path.before :]
    rows = np.stack([steps, -steps]) - bound * largest
    errors = np.sqrt(np.maximum(np.einsum("kti,ij,ktj->kt", rows, path.covariance, rows), 0.0))
    share = path.step_weights
    used = np.abs(share) > 0
    vertices, slopes = [], []
    for sign in (1.0, -1.0):
        side = np.where(sign * share > 0, 0, 1)[used]
        size = np.abs(share[used])
        total = size @ errors[side, np.flatnonzero(used)]
        vertices.append(size @ rows[side, np.flatnonzero(used)] / total)
        slopes.append(sign / total)
    # With one step in the target its two signs are vertices already.
    for t in range(len(share)):
        if used.sum() > 1 or not used[t]:
            vertices.append(rows[:, t].sum(axis=0) / errors[:, t].sum())
            slopes.append(0.0)
    return Moments(path, np.array(vertices), np.array(slopes))


def _all_rows(path: TrendPath, bound: float, largest: FloatArray) -> Moments:
    """Return every inequality by itself, where one period after the base leaves none to cancel."""
    n = path.before
    limit = np.where(np.arange(n + 1) < n, 1.0, bound)[:, None] * largest
    rows = np.concatenate([path.steps - limit, -path.steps - limit])
    rows = rows[np.abs(rows).max(axis=1) > 1e-10]
    errors = np.sqrt(np.einsum("ki,ij,kj->k", rows, path.covariance, rows))
    # A row times the effect is the slope; the target is its weight times the effect.
    return Moments(path, rows / errors[:, None], rows[:, -1] / (errors * path.weights[0]))


def _end(path: TrendPath, tests: list[ConditionalTest], side: float) -> float:
    """Return the farthest accepted value on one side, over all parts.

    The estimate under parallel trends is accepted always: the part whose change is the estimated
    largest has no positive moment there.
    """
    step, found = STEP * path.std_error, path.estimate
    limits = [(test, one) for test in tests if (one := test.limits()) is not None]
    outer = 1 if side > 0 else 0
    # Parts that can reach farthest first: most others are then passed over.
    for test, ends in sorted(limits, key=lambda one: -side * one[1][outer]):
        start, stop = ends[outer], ends[1 - outer]
        if side * (start - found) <= 0:
            continue
        last = max(stop, found) if side > 0 else min(stop, found)
        reached = _scan(test, start, last, step)
        if reached is not None and side * (reached - found) > 0:
            found = reached
    return found


def _scan(test: ConditionalTest, start: float, stop: float, step: float) -> float | None:
    """Return the first accepted value on the way from ``start`` to ``stop``."""
    count = int(np.ceil(abs(stop - start) / step)) + 1
    for first in range(0, count, CHUNK):
        places = np.arange(first, min(first + CHUNK, count))
        grid = start + (stop - start) * places / max(count - 1, 1)
        taken = np.flatnonzero(test.accepts(grid))
        if len(taken) == 0:
            continue
        inner = float(grid[taken[0]])
        if places[taken[0]] == 0:
            return inner
        outer = start + (stop - start) * (places[taken[0]] - 1) / max(count - 1, 1)
        return _refined(test, float(outer), inner)
    return None


def _refined(test: ConditionalTest, outer: float, inner: float) -> float:
    """Bisect between a rejected and an accepted value; the result is accepted."""
    for _ in range(HALVINGS):
        middle = (outer + inner) / 2
        if bool(test.accepts(np.array([middle]))[0]):
            inner = middle
        else:
            outer = middle
    return inner
