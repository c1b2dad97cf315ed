"""Fixed-length intervals under bounded bends: brute force, and moderndid."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from evaluation.inference.honest_smoothness import fixed_length, folded_quantile, smoothness
from evaluation.inference.lasso_path import lasso_path
from evaluation.inference.trend_path import TrendPath

MADE = Path(__file__).parent.parent / "reference" / "made_with" / "moderndid_bounds.json"


def path(n, later, seed=0, first=True):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(n + later, n + later + 6))
    covariance = (root @ root.T / (n + later + 6) + 0.3) * 0.04
    weights = np.eye(later)[0] if first else np.full(later, 1 / later)
    times = np.r_[np.arange(-n, 0), np.arange(1, later + 1)]
    mean = np.r_[np.zeros(n), np.full(later, 0.6)]
    return TrendPath(generator.multivariate_normal(mean, covariance), covariance, times, weights)


def bends(times):
    """Return every change of slope as a row of coefficients at all whole times but the base."""
    low, high = int(times.min()), int(times.max())
    every = np.arange(low, high + 1)
    rows = np.zeros((len(every) - 2, len(every)))
    for i in range(len(rows)):
        rows[i, i : i + 3] = [1, -2, 1]
    return every, rows


def worst_bias(made, slopes, bound):
    """Return the largest bias of an affine estimator by a linear programme over trends."""
    every, rows = bends(made.times)
    gain = np.zeros(len(every))
    for time, weight in zip(made.times, np.r_[slopes, made.weights], strict=True):
        gain[every == time] = weight
    solved = optimize.linprog(
        -gain, A_ub=np.r_[rows, -rows], b_ub=np.full(2 * len(rows), bound),
        A_eq=(every == 0)[None].astype(float), b_eq=[0.0], bounds=(None, None),
    )  # fmt: skip
    return np.inf if solved.status == 3 else -solved.fun


def half_length(made, slopes, bound):
    whole = np.r_[slopes, made.weights]
    error = np.sqrt(whole @ made.covariance @ whole)
    return error * np.sqrt(stats.ncx2.ppf(0.95, 1, (worst_bias(made, slopes, bound) / error) ** 2))


@pytest.mark.parametrize(("times", "bound"), [([1, 2], 0.01), ([1, 2, 3], 0.08), ([2, 3, 5], 0.5)])
def test_no_affine_estimator_gives_a_shorter_interval(times, bound):
    made = path(3, len(times), seed=4, first=False)
    made = replace(made, times=np.r_[-3, -2, -1, times])
    reach = float(made.weights @ made.times[3:])

    def at(free):
        # Weights that do not bias a line: the last follows from the others.
        last = reach - 3 * free[0] - 2 * free[1]
        return half_length(made, np.r_[free, last], bound)

    best = min(
        (
            optimize.minimize(
                at, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9}
            )
            for start in ([0.0, 0.0], [0.3, -0.2])
        ),
        key=lambda one: one.fun,
    )  # fmt: skip
    centre, half = fixed_length(made, bound, 0.05)
    assert half == pytest.approx(best.fun, abs=1e-6)
    found = smoothness(made, bound)
    assert (found.low + found.high) / 2 == pytest.approx(centre)
    last = reach - 3 * best.x[0] - 2 * best.x[1]
    weights = np.r_[best.x, last, made.weights]
    assert centre == pytest.approx(float(weights @ made.estimates), abs=1e-4)


@pytest.mark.parametrize("first", [True, False])
def test_without_bends_a_line_is_extrapolated(first):
    made = path(5, 3, seed=2, first=first)
    n = 5
    line = made.times[:n].astype(float)
    precise = np.linalg.inv(made.covariance[:n, :n])
    # Generalised least squares of the slope, and of the target given the coefficients before.
    carried = precise @ made.covariance[:n, n:] @ made.weights
    slope = line @ precise @ made.estimates[:n] / (line @ precise @ line)
    reach = float(made.weights @ made.times[n:])
    expected = made.estimate - slope * reach - carried @ (made.estimates[:n] - slope * line)
    centre, half = fixed_length(made, 0.0, 0.05)
    assert centre == pytest.approx(expected, rel=1e-9)
    conditional = (
        made.std_error**2 - carried @ made.covariance[:n, :n] @ carried
        + (reach - carried @ line) ** 2 / (line @ precise @ line)
    )  # fmt: skip
    assert half == pytest.approx(1.959963984540054 * np.sqrt(conditional), rel=1e-8)
    assert fixed_length(made, 1e-12, 0.05)[0] == pytest.approx(expected, rel=1e-6)


def test_bends_at_will_leave_the_last_change():
    made = path(4, 2, seed=1)
    centre, half = fixed_length(made, 1e6, 0.05)
    assert centre == pytest.approx(made.estimates[4] + made.estimates[3])
    assert half == pytest.approx(1e6, rel=1e-4)


def test_one_coefficient_before_the_base_needs_no_choice():
    made = path(1, 2, first=False)
    centre, half = fixed_length(made, 0.1, 0.05)
    assert centre == pytest.approx(made.estimate + 1.5 * made.estimates[0])
    assert half == pytest.approx(half_length(made, np.array([1.5]), 0.1), rel=1e-9)


@pytest.mark.parametrize("times", [[1, 2, 3], [2, 4, 5]])
@pytest.mark.parametrize("bound", [0.3, 2.0])
def test_identified_set_is_that_of_linear_programmes(times, bound):
    made = replace(path(3, 3, first=False), times=np.r_[-3, -2, -1, times])
    every, rows = bends(made.times)
    pick = (every == np.r_[made.times[:3], 0][:, None]).astype(float)
    gain = np.zeros(len(every))
    gain[np.searchsorted(every, times)] = made.weights
    ends = []
    for way in (1, -1):
        solved = optimize.linprog(
            way * gain, A_ub=np.r_[rows, -rows], b_ub=np.full(2 * len(rows), bound),
            A_eq=pick, b_eq=np.r_[made.estimates[:3], 0.0], bounds=(None, None),
        )  # fmt: skip
        ends.append(made.estimate - way * solved.fun if solved.success else None)
    found = smoothness(made, bound)
    if None in ends:
        assert found.identified_low is None and found.identified_high is None
        return
    assert [found.identified_high, found.identified_low] == pytest.approx(ends, abs=1e-6)


def test_both_outcomes_of_the_identified_set_occur():
    made = path(3, 3, first=False)
    assert smoothness(made, 0.01).identified_low is None
    assert smoothness(made, 2.0).identified_low is not None


@pytest.mark.parametrize("factor", [1e-7, 1e5])
def test_scale_carries_through(factor):
    made = path(6, 4, first=False)
    scaled = replace(
        made, estimates=made.estimates * factor, covariance=made.covariance * factor**2
    )
    one, other = smoothness(made, 0.05), smoothness(scaled, 0.05 * factor)
    assert [other.low / factor, other.high / factor] == pytest.approx([one.low, one.high], rel=1e-7)


def test_larger_bounds_give_longer_intervals():
    made = path(8, 8, first=False)
    halves = [fixed_length(made, bound, 0.05)[1] for bound in (0, 0.01, 0.05, 0.2, 1.0)]
    assert halves == sorted(halves) and halves[0] < halves[-1]


def test_folded_quantile_is_that_of_the_noncentral_chi_square():
    for bias in (0.0, 0.3, 2.0, 30.0):
        expected = np.sqrt(stats.ncx2.ppf(0.95, 1, bias**2)) if bias else stats.norm.ppf(0.975)
        assert folded_quantile(bias, 0.05) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("seed", range(30))
def test_lasso_path_meets_the_first_order_conditions(seed):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(7, 9))
    if seed % 2:
        root = np.diff(np.eye(9), 2, axis=0) @ np.cumsum(root.T[:, :9], axis=0)[:, :7]
        root = np.r_[root, 0.01 * np.eye(7)].T
    curvature, gradient = root @ root.T, generator.normal(size=7)
    knots = lasso_path(curvature, gradient)
    assert knots[-1].penalty == 0.0
    assert knots[-1].values == pytest.approx(np.linalg.solve(curvature, gradient))
    middles = [(a.penalty + b.penalty, a.values + b.values) for a, b in zip(knots, knots[1:])]  # noqa: RUF007, B905
    for penalty, values in [(p / 2, v / 2) for p, v in middles]:
        left = gradient - curvature @ values
        used = np.abs(values) > 1e-12
        assert left[used] == pytest.approx(penalty * np.sign(values[used]), abs=1e-9)
        assert np.abs(left).max() <= penalty + 1e-9


@pytest.mark.parametrize("row", json.loads(MADE.read_text(encoding="utf-8")))
def test_moderndid_gives_the_same_interval(row):
    later = len(row["weights"])
    n = len(row["estimates"]) - later
    made = TrendPath(
        np.array(row["estimates"]),
        np.array(row["covariance"]),
        np.r_[np.arange(-n, 0), np.arange(1, later + 1)],
        np.array(row["weights"]),
    )
    for theirs in row["smoothness"]:
        found = smoothness(made, theirs["bound"])
        # Its centre follows a search over widths, which are flat where they are least.
        assert [found.low, found.high] == pytest.approx(theirs["ends"], abs=made.std_error / 50)
        width = theirs["ends"][1] - theirs["ends"][0]
        assert found.high - found.low == pytest.approx(width, rel=1e-5)
