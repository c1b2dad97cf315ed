"""Mass points against rational arithmetic, under shifts and scales, and at the edges."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.local import local_fit
from evaluation.estimators._cct.neighbours import neighbours
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request


def sample(seed=1, span=30, most=8):
    generator = np.random.default_rng(seed)
    x = np.repeat(np.arange(-span, span).astype(float), generator.integers(2, most, 2 * span))
    y = 0.05 * x + 0.002 * x**2 + 0.4 * (x >= 0) + generator.normal(size=len(x))
    return x, y


def made(x, y, **changes):
    data = ModelData(outcome="y", y=y, columns=pd.DataFrame(index=range(len(y))), running=x)
    return points_of(replace(data, **changes), cluster=changes.pop("cluster", None))


def rational(points, side, order, h):
    """Coefficients of the local polynomial by normal equations in fractions."""
    inside = np.flatnonzero(side & (np.abs(points.x) < h))
    x = [Fraction(float(v)) for v in points.x[inside]]
    weight = [
        (1 - abs(v) / Fraction(h)) * Fraction(float(w))
        for v, w in zip(x, points.moments.weight[inside], strict=True)
    ]
    mean = [Fraction(float(v)) for v in points.moments.mean[inside, 0]]
    size = order + 1
    rows = [
        [sum(w * v ** (i + j) for w, v in zip(weight, x, strict=True)) for j in range(size)]
        + [sum(w * v**i * m for w, v, m in zip(weight, x, mean, strict=True))]
        for i in range(size)
    ]
    for pivot in range(size):
        rows[pivot] = [v / rows[pivot][pivot] for v in rows[pivot]]
        for row in range(size):
            if row != pivot:
                by = rows[row][pivot]
                rows[row] = [a - by * b for a, b in zip(rows[row], rows[pivot], strict=True)]
    return [float(row[-1]) for row in rows]


@pytest.mark.parametrize("order", [0, 1, 2, 4, 6])
def test_coefficients_equal_fractions(order):
    points = made(*sample())
    for side in (points.x < 0, points.x >= 0):
        fit = local_fit(points, side, order, 23.0, "triangular")
        wanted = rational(points, side, order, 23)
        assert fit.coefficients[:, 0] == pytest.approx(wanted, rel=1e-9)
        assert fit.level @ (points.moments.weight * points.moments.mean[:, 0]) == pytest.approx(
            wanted, rel=1e-9
        )


def numbers(found):
    change = found.change
    centres = [change.estimate, change.corrected]
    return np.array([*centres, change.std_error, change.robust_std_error, *found.h, *found.b])


@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
def test_a_large_level_costs_no_digits(variance):
    """A mean of 1e9 spreads, where sums of squares as they stand would have none left."""
    x, y = sample()
    cluster = np.arange(len(y)) % 13
    y = np.round(y * 2.0**20) / 2.0**20
    request = Request(variance=variance)
    points = [points_of(data(x, y + add), cluster=cluster) for add in (0.0, 1e9)]
    one, other = (numbers(fit_points(each, request)) for each in points)
    assert other == pytest.approx(one, rel=1e-7)


def data(x, y):
    return ModelData(outcome="y", y=y, columns=pd.DataFrame(index=range(len(y))), running=x)


@pytest.mark.parametrize("variance", ["nn", "hc1"])
@pytest.mark.parametrize("rule", ["mse", "mse_two", "cer_sum"])
def test_units_of_measurement(variance, rule):
    x, y = sample()
    request = Request(variance=variance, rule=rule)
    plain = numbers(fit_points(made(x, y), request))
    scaled = numbers(fit_points(made(x * 1e4, y * 1e-5), request))
    assert scaled == pytest.approx(np.concatenate([plain[:4] * 1e-5, plain[4:] * 1e4]), rel=1e-9)


def test_rows_in_any_order():
    x, y = sample()
    order = np.random.default_rng(0).permutation(len(x))
    request = Request()
    one = numbers(fit_points(made(x, y), request))
    assert numbers(fit_points(made(x[order], y[order]), request)) == pytest.approx(one, rel=1e-12)


def test_a_point_at_the_bandwidth():
    """A bandwidth that rounding puts beside a point: inside for a uniform kernel, else outside."""
    points = made(*sample())
    side = points.x >= 0
    for h in (12.0, 12.0 * (1 - 1e-15), 12.0 * (1 + 1e-15)):
        assert local_fit(points, side, 1, h, "uniform").inside.sum() == 13
        assert local_fit(points, side, 1, h, "triangular").inside.sum() == 12


def test_neighbours_are_whole_points():
    x = np.repeat([-5.0, -3.0, -2.0, -1.0], [1, 1, 4, 2])
    x = np.concatenate([x, [0.0, 1.0, 2.0, 6.0]])
    y = np.arange(len(x)).astype(float)
    points = made(x, y)
    mean, size = neighbours(points, points.x < 0)
    # -5: -3, then all of -2. -3: -2 is nearest. -2 has three others. -1: -2 is nearest.
    assert size.tolist() == [6, 5, 4, 6, 0, 0, 0, 0]
    wanted = [np.mean(y[:6]), np.mean(y[1:6]), np.mean(y[2:6]), np.mean(y[2:8])]
    assert mean[:4, 0] + points.centre[0] == pytest.approx(wanted)
    mean, size = neighbours(points, points.x >= 0)
    assert size.tolist() == [0, 0, 0, 0, 4, 4, 4, 4]


def test_too_few_points_are_one_line():
    points = made(*sample())
    with pytest.raises(EstimationError, match=r"2 distinct values .* needs 3"):
        fit_points(points, Request(h=(2.5, 2.5)))
    still = made(sample()[0], np.zeros(len(sample()[0])))
    with pytest.raises(EstimationError, match="varies too little"):
        fit_points(still, Request())
