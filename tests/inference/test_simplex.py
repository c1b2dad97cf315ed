"""Weights on the simplex against optimality conditions, another solver and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaluation.inference.frank_wolfe import frank_wolfe_weights
from evaluation.inference.simplex import simplex_weights


def problem(seed: int, rows: int, count: int, scale: float = 1.0):
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(rows, count)) + generator.normal(size=(rows, 1))
    return points * scale, generator.normal(size=rows) * scale


def objective(weights, points, target, ridge):
    left = points @ weights - target
    return left @ left / len(target) + ridge**2 * weights @ weights


def slope(weights, points, target, ridge):
    return 2 * points.T @ (points @ weights - target) / len(target) + 2 * ridge**2 * weights


def assert_optimal(weights, points, target, ridge):
    """Hold the conditions of Karush, Kuhn and Tucker, which are enough in a convex problem."""
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1.0, abs=1e-12)
    gradient = slope(weights, points, target, ridge)
    size = np.abs(points).max() ** 2
    inside = gradient[weights > 0]
    assert np.ptp(inside) <= 1e-9 * size
    assert gradient.min() >= inside.min() - 1e-9 * size


@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 25),
    count=st.integers(1, 60),
    ridge=st.sampled_from([1e-6, 1e-3, 0.3, 5.0]),
    scale=st.sampled_from([1e-4, 1.0, 1e5]),
)
def test_optimality_conditions(seed, rows, count, ridge, scale):
    points, target = problem(seed, rows, count, scale)
    weights = simplex_weights(points, target, ridge * scale)
    assert_optimal(weights, points, target, ridge * scale)


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 0.5, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_equals_another_solver(seed, ridge):
    points, target = problem(seed, rows=12, count=7)
    found = simplex_weights(points, target, ridge)
    other = minimize(
        objective,
        np.full(7, 1 / 7),
        args=(points, target, ridge),
        jac=slope,
        method="SLSQP",
        bounds=[(0, 1)] * 7,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert found == pytest.approx(other.x, abs=2e-6)
    best = objective(found, points, target, ridge)
    assert best <= other.fun + 1e-12
    # And below what every pair of corners can do, gone through on a fine grid.
    for i in range(7):
        for j in range(i):
            for share in np.linspace(0, 1, 21):
                pair = np.zeros(7)
                pair[i], pair[j] = share, 1 - share
                assert objective(pair, points, target, ridge) >= best - 1e-12


def test_a_corner_and_an_edge_by_hand():
    points = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert simplex_weights(points, np.array([2.0, 0.0])) == pytest.approx([0, 1, 0])
    assert simplex_weights(points, np.array([1.0, 1.0])) == pytest.approx([0, 0.5, 0.5])
    assert simplex_weights(points, np.array([0.2, 0.3])) == pytest.approx([0.5, 0.2, 0.3])


def test_a_strong_ridge_makes_weights_equal():
    points, target = problem(3, 10, 8)
    assert simplex_weights(points, target, 1e4) == pytest.approx(np.full(8, 1 / 8), abs=1e-6)


def test_copies_share_a_weight():
    points, target = problem(5, 9, 4)
    alone = simplex_weights(points, target, 0.0)
    twice = simplex_weights(np.hstack([points, points]), target, 1e-6)
    assert twice[:4] + twice[4:] == pytest.approx(alone, abs=1e-7)
    alone = simplex_weights(points, target, 1e-2 / np.sqrt(2))
    twice = simplex_weights(np.hstack([points, points]), target, 1e-2)
    assert twice[:4] + twice[4:] == pytest.approx(alone, abs=1e-9)
    assert twice[:4] == pytest.approx(twice[4:], abs=1e-7)


def test_more_donors_than_periods_and_a_target_inside():
    """Many weights fit exactly; the ridge picks the shortest, which is unique."""
    generator = np.random.default_rng(11)
    points = generator.normal(size=(5, 40))
    target = points.mean(axis=1)
    weights = simplex_weights(points, target, 1e-6)
    assert points @ weights == pytest.approx(target, abs=1e-8)
    assert weights == pytest.approx(np.full(40, 1 / 40), abs=1e-5)
    order = generator.permutation(40)
    again = simplex_weights(points[:, order], target, 1e-6)
    assert again == pytest.approx(weights[order], abs=1e-7)


@pytest.mark.parametrize("ridge", [0.05, 1.0])
def test_frank_wolfe_comes_near_the_optimum_from_above(ridge):
    points, target = problem(8, 15, 12)
    best = objective(simplex_weights(points, target, ridge), points, target, ridge)
    stopped = frank_wolfe_weights(points, target, ridge, 1e-5)
    assert stopped.min() >= 0 and stopped.sum() == pytest.approx(1.0, abs=1e-12)
    reached = objective(stopped, points, target, ridge)
    assert best <= reached + 1e-15
    assert reached == pytest.approx(best, rel=1e-3)
    early = frank_wolfe_weights(points, target, ridge, 1.0)
    assert objective(early, points, target, ridge) > reached


def test_frank_wolfe_of_one_point():
    assert frank_wolfe_weights(np.ones((3, 1)), np.zeros(3), 0.0, 1e-5) == pytest.approx([1.0])


@pytest.mark.parametrize(("rows", "count"), [(4, 20), (8, 40), (12, 68)])
def test_a_target_among_many_points_is_met_exactly(rows, count):
    met = 0
    for seed in range(12):
        generator = np.random.default_rng(seed)
        points = 0.05 + 0.01 * generator.normal(size=(rows, count))
        target = 0.05 + 0.002 * generator.normal(size=rows)
        weights = simplex_weights(points, target)
        assert_optimal(weights, points, target, 0.0)
        met += objective(weights, points, target, 0.0) < 1e-28
    assert met >= 6
