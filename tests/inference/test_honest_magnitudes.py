"""Bounds on relative magnitudes: the test as it is defined, brute force, and moderndid."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from evaluation.inference import honest_magnitudes
from evaluation.inference.breakdown import breakdown
from evaluation.inference.conditional_test import (
    ConditionalTest,
    least_favourable,
    share_beyond,
)
from evaluation.inference.honest_magnitudes import excludes, parts, relative_magnitudes
from evaluation.inference.trend_path import TrendPath

MADE = Path(__file__).parent.parent / "reference" / "made_with" / "moderndid_bounds.json"


def path(n, later, seed=0, first=True, effect=0.6):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(n + later, n + later + 6))
    covariance = (root @ root.T / (n + later + 6) + 0.3) * 0.04
    mean = np.r_[np.zeros(n), np.full(later, effect)]
    weights = np.eye(later)[0] if first else np.full(later, 1 / later)
    times = np.r_[np.arange(-n, 0), np.arange(1, later + 1)]
    return TrendPath(generator.multivariate_normal(mean, covariance), covariance, times, weights)


def inequalities(made, bound, largest):
    """Return the rows of one part, sign by sign, with those before the base where T is one."""
    n = made.before
    limit = np.r_[np.ones(n), np.full(len(made.weights), bound)][:, None] * largest
    rows = np.r_[made.steps - limit, -made.steps - limit]
    kept = (rows[:, n:] != 0).any(axis=1) if len(made.weights) > 1 else np.abs(rows).max(1) > 1e-10
    return rows[kept]


def programme(made, rows):
    """Return what one unit of eta and of every nuisance takes off each row, and of the target."""
    n, weights = made.before, made.weights
    basis = np.eye(len(weights))
    basis[int(np.argmax(np.abs(weights)))] = weights
    basis = np.r_[[weights], np.delete(basis, int(np.argmax(np.abs(weights))), axis=0)]
    turned = rows[:, n:] @ np.linalg.inv(basis)
    errors = np.sqrt(np.einsum("ki,ij,kj->k", rows, made.covariance, rows))
    return np.column_stack([errors, turned[:, 1:]]), turned[:, 0]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("n", "later"), [(2, 2), (2, 3), (3, 3), (2, 1)])
def test_vertices_are_those_of_the_dual_programme(n, later, first):
    made = path(n, later, first=first)
    for part, change in zip(
        parts(made, 0.7), np.repeat(made.steps[:n], 2, axis=0) * np.tile([1, -1], n)[:, None],
        strict=True,
    ):  # fmt: skip
        rows = inequalities(made, 0.7, change)
        wide, slope = programme(made, rows)
        found = set()
        for basis in combinations(range(len(rows)), wide.shape[1]):
            square = wide[list(basis)].T
            if abs(np.linalg.det(square)) < 1e-12:
                continue
            gamma = np.linalg.solve(square, np.eye(len(square))[0])
            if (gamma > -1e-12).all():
                whole = gamma @ rows[list(basis)]
                found.add((*np.round(whole, 9), round(float(gamma @ slope[list(basis)]), 9)))
        mine = {
            (*np.round(vertex, 9), round(float(own), 9))
            for vertex, own in zip(part.vertices, part.slopes, strict=True)
        }
        tidy = lambda rows: {tuple(v + 0.0 for v in row) for row in rows}  # noqa: E731
        assert tidy(mine) == tidy(found)


def by_programmes(made, bound, largest, value, first):
    """Decide as the papers define it: linear programmes, and bisection for the truncation."""
    rows = inequalities(made, bound, largest)
    wide, slope = programme(made, rows)
    size = (0.05 - 0.005) / (1 - 0.005)
    covariance = rows @ made.covariance @ rows.T
    y = rows @ made.estimates - slope * value
    solved = optimize.linprog(
        np.eye(wide.shape[1])[0], A_ub=-wide, b_ub=-y, bounds=(None, None), method="highs-ds"
    )
    eta, gamma = solved.fun, -solved.ineqlin.marginals
    if eta > first:
        return False
    error = np.sqrt(gamma @ covariance @ gamma)
    along = covariance @ gamma / error**2
    rest = y - along * eta

    def largest_at(v):
        return -optimize.linprog(
            -(rest + along * v), A_eq=wide.T, b_eq=np.eye(wide.shape[1])[0], method="highs"
        ).fun

    def truncated(far):
        near = eta
        if largest_at(far) <= far + 1e-10:
            return far
        for _ in range(36):
            middle = (near + far) / 2
            near, far = (middle, far) if largest_at(middle) <= middle + 1e-10 else (near, middle)
        return near

    low, high = truncated(eta - 30 * error), min(truncated(eta + 30 * error), first)
    inside = stats.norm.cdf(np.array([low, high]) / error)
    critical = stats.norm.ppf(inside[0] + (1 - size) * (inside[1] - inside[0])) * error
    return eta <= max(0.0, critical)


@pytest.mark.parametrize(("later", "first"), [(2, False), (3, True), (1, True)])
def test_ends_are_where_the_test_by_linear_programmes_turns(later, first):
    made = path(2, later, seed=3, first=first)
    changes = [sign * row for row in made.steps[:2] for sign in (1, -1)]
    for part, change in list(zip(parts(made, 0.8), changes, strict=True))[:2]:
        critical = least_favourable(part.covariance, 0.005, 2000, 1)
        test = ConditionalTest(part, critical, 0.05)
        for side in (-1.0, 1.0):
            end = honest_magnitudes._end(made, [test], side)
            if end == made.estimate:
                continue
            for shift, accepted in ((-1e-6, True), (1e-6, False)):
                value = end + side * shift * made.std_error
                assert by_programmes(made, 0.8, change, value, critical) == accepted


def test_no_accepted_value_lies_outside_the_interval():
    for seed in range(4):
        made = path(3, 3, seed=seed, first=False)
        found = relative_magnitudes(made, 0.6, 999, 1)
        reach = 3 * (found.high - found.low)
        grid = np.linspace(made.estimate - reach, made.estimate + reach, 20_001)
        tests = honest_magnitudes._tests(made, 0.6, 999, 1, 0.05)
        taken = grid[np.any([test.accepts(grid) for test in tests], axis=0)]
        step = grid[1] - grid[0]
        assert 0 <= taken[0] - found.low < step and 0 <= found.high - taken[-1] < step
        for end, side in ((found.low, -1e-7), (found.high, 1e-7)):
            assert not excludes(made, 0.6, end, 999, 1)
            assert excludes(made, 0.6, end + side, 999, 1)
        assert not excludes(made, 0.6, made.estimate, 999, 1)


@pytest.mark.parametrize("times", [[1, 2, 3], [2, 3, 6]])
def test_identified_set_is_that_of_linear_programmes(times):
    made = replace(path(3, 3, first=False), times=np.r_[-3, -2, -1, times])
    bound, n = 1.3, 3
    ends = []
    for change in made.steps[:n]:
        for sign in (1, -1):
            rows = np.r_[made.steps, -made.steps] - np.tile(
                np.r_[np.ones(n), np.full(3, bound)], 2
            )[:, None] * (sign * change)
            for way in (1, -1):
                solved = optimize.linprog(
                    way * made.direction, A_ub=rows, b_ub=np.full(len(rows), 1e-12),
                    A_eq=np.eye(6)[:n], b_eq=made.estimates[:n], bounds=(None, None),
                )  # fmt: skip
                if solved.success:
                    ends.append(made.estimate - way * solved.fun)
    found = relative_magnitudes(made, bound, 999, 1)
    assert found.identified_low == pytest.approx(min(ends), abs=1e-6)
    assert found.identified_high == pytest.approx(max(ends), abs=1e-6)


def test_larger_bounds_hold_smaller_ones():
    for first in (True, False):
        made = path(4, 3, seed=5, first=first)
        found = [relative_magnitudes(made, bound, 999, 1) for bound in (0, 0.25, 0.5, 1, 2, 4)]
        assert all(b.low < a.low and a.high < b.high for a, b in pairwise(found))


def test_without_violations_only_the_usual_interval_is_left():
    made = path(3, 3)
    found = relative_magnitudes(made, 0.0, 999, 1)
    half = 1.959964 * made.std_error
    # The two stages spend the level together: the width is that of the usual interval, or nearly.
    assert found.high - made.estimate == pytest.approx(half, rel=0.01)
    assert made.estimate - found.low == pytest.approx(half, rel=0.01)


@pytest.mark.parametrize("factor", [1e-6, 1e4, -1.0])
def test_scale_carries_through(factor):
    made = path(3, 2, first=False)
    scaled = replace(
        made, estimates=made.estimates * factor, covariance=made.covariance * factor**2
    )
    one, other = (relative_magnitudes(p, 1.0, 999, 1) for p in (made, scaled))
    ends = sorted([one.low * factor, one.high * factor])
    assert [other.low, other.high] == pytest.approx(ends, rel=1e-7)


def test_holds_its_size_where_the_violation_is_largest():
    made = path(2, 2, seed=1)
    generator = np.random.default_rng(7)
    # The trend moves by one, then by as much as it may: theta is zero and its bound reached.
    trend = np.array([-2.0, -1.0, 1.0, 2.0]) * 0.5
    draws = generator.multivariate_normal(trend, made.covariance, size=200)
    kept = [not excludes(replace(made, estimates=draw), 1.0, 0.0, 999, 1) for draw in draws]
    assert np.mean(kept) > 0.95 - 2.5 * np.sqrt(0.05 * 0.95 / 200)


@pytest.mark.parametrize("size", [(3, 6), (2, 2), (4, 7)])
def test_least_favourable_value_is_the_quantile_of_draws(size):
    rank, moments = size
    root = np.random.default_rng(2).normal(size=(moments, rank))
    found = least_favourable(root @ root.T, 0.05, 200_000, 3)
    drawn = (np.random.default_rng(0).normal(size=(400_000, rank)) @ root.T).max(axis=1)
    assert np.mean(drawn > found) == pytest.approx(0.05, abs=0.001)


def test_share_beyond_is_that_of_a_truncated_normal():
    value, low, high = (
        np.array([0.5, 2.0, 9.0]),
        np.array([-np.inf, 1.0, 8.5]),
        np.array([3, 4, 12]),
    )
    expected = stats.truncnorm.sf(value, low, high)
    assert share_beyond(value, low, high) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("row", json.loads(MADE.read_text(encoding="utf-8")))
def test_moderndid_gives_the_same_within_a_grid_step(row):
    """Every part with the critical value that moderndid drew for it; the lists are its output."""
    later = len(row["weights"])
    n = len(row["estimates"]) - later
    made = TrendPath(
        np.array(row["estimates"]),
        np.array(row["covariance"]),
        np.r_[np.arange(-n, 0), np.arange(1, later + 1)],
        np.array(row["weights"]),
    )
    assert len(row["magnitudes"]) == 3 * 2 * n
    for theirs in row["magnitudes"]:
        part = list(parts(made, theirs["bound"]))[2 * theirs["change"] + (theirs["sign"] < 0)]
        limits = ConditionalTest(part, theirs["critical"], 0.05).limits()
        # With one period after the base its second stage forgets that the first was passed.
        first = np.inf if later == 1 else theirs["critical"]
        test = ConditionalTest(part, first, 0.05)
        grid = np.linspace(*limits, 5001)
        taken = grid[test.accepts(grid)]
        slack = theirs["step"] + grid[1] - grid[0]
        assert [taken[0], taken[-1]] == pytest.approx(theirs["ends"], abs=slack)


def test_sixteen_coefficients_and_five_sizes_take_no_time():
    made = path(8, 8, first=False)
    start = time.process_time()
    for bound in (0, 0.5, 1, 1.5, 2):
        relative_magnitudes(made, bound, 10_000, 0)
    assert time.process_time() - start < 3


def test_breakdown_is_where_the_conclusion_turns():
    assert breakdown(lambda size: size < 0.3, 1.0) == pytest.approx(0.3, rel=1e-4)
    assert breakdown(lambda size: size < 300, 1.0) == pytest.approx(300, rel=1e-4)
    assert breakdown(lambda size: False, 1.0) is None
    assert breakdown(lambda size: True, 1.0) == np.inf


def test_least_favourable_value_where_all_directions_reach_as_far():
    """Two opposite moments: the largest is the size of one normal variable."""
    found = least_favourable(np.array([[1.0, -1.0], [-1.0, 1.0]]), 0.05, 100, 1)
    assert found == pytest.approx(stats.norm.ppf(0.975), abs=1e-9)
