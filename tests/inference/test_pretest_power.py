"""Power of the pre-test and the bias that it leaves: exact cases and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluation.inference.box_normal import box_normal
from evaluation.inference.pretest_power import (
    Pretest,
    joint_power,
    pretest_power,
    slope_for_power,
)

COVARIANCE = np.array([[1.0, 0.4, 0.3], [0.4, 1.5, 0.5], [0.3, 0.5, 2.0]]) * 0.04


def pretest(n=2):
    return Pretest(
        estimates=np.array([0.1, -0.2, 0.15][:n]),
        covariance=COVARIANCE[:n, :n],
        shape=-np.arange(n, 0, -1.0) - 0.5,
        with_target=np.array([0.008, 0.01, 0.02][:n]),
        target_shape=1.0,
        critical=1.959963984540054,
    )


def test_one_coefficient_is_exact():
    test = pretest(1)
    found = pretest_power(test, 0.2, 999, 0)
    error = np.sqrt(COVARIANCE[0, 0])
    mean, half = 0.2 * test.shape[0], 1.959963984540054 * error
    own = stats.truncnorm((-half - mean) / error, (half - mean) / error, mean, error)
    outside = stats.norm.sf(half, mean, error) + stats.norm.cdf(-half, mean, error)
    assert found.power == pytest.approx(outside, rel=1e-10)
    carried = 0.008 / COVARIANCE[0, 0]
    assert found.conditional_bias == pytest.approx(0.2 + carried * (own.mean() - mean), rel=1e-8)
    assert found.bias == pytest.approx(0.2)
    assert found.bayes_factor == pytest.approx((1 - outside) / 0.95, rel=1e-9)
    densities = [stats.norm.pdf(0.1, drift, error) for drift in (mean, 0.0)]
    assert found.likelihood_ratio == pytest.approx(densities[0] / densities[1], rel=1e-10)


@pytest.mark.parametrize("n", [2, 3])
def test_several_coefficients_are_those_of_brute_force(n):
    test, slope = pretest(n), 0.12
    whole = np.block(
        [[test.covariance, test.with_target[:, None]], [test.with_target[None], np.array([[0.09]])]]
    )
    mean = slope * np.r_[test.shape, test.target_shape]
    drawn = np.random.default_rng(1).multivariate_normal(mean, whole, size=400_000)
    passed = (np.abs(drawn[:, :n]) <= test.half).all(axis=1)
    found = pretest_power(test, slope, 20_000, 0)
    assert found.power == pytest.approx(1 - passed.mean(), abs=0.004)
    error = drawn[passed, n].std() / np.sqrt(passed.sum())
    assert found.conditional_bias == pytest.approx(drawn[passed, n].mean(), abs=4 * error)
    density = [stats.multivariate_normal.pdf(test.estimates, m, test.covariance)
               for m in (mean[:n], np.zeros(n))]  # fmt: skip
    assert found.likelihood_ratio == pytest.approx(density[0] / density[1], rel=1e-9)


def test_box_probability_is_that_of_the_normal_distribution():
    mean, half = np.array([0.1, -0.2, 0.05]), np.array([0.4, 0.5, 0.3])
    expected = stats.multivariate_normal.cdf(
        half, mean, COVARIANCE, lower_limit=-half, rng=np.random.default_rng(0)
    )
    found = box_normal(mean, COVARIANCE, half, 50_000, 3)
    assert found.probability == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("power", [0.5, 0.8])
def test_slope_has_the_power_asked_for(n, power):
    slope = slope_for_power(pretest(n), power, 5000, 2)
    assert pretest_power(pretest(n), slope, 5000, 2).power == pytest.approx(power, abs=1e-8)


def test_power_below_the_size_cannot_be_had():
    assert slope_for_power(pretest(3), 0.06, 5000, 2) is None


def test_uncorrelated_target_is_biased_alike_whatever_passes():
    test = pretest(2)
    free = Pretest(
        test.estimates, test.covariance, test.shape, np.zeros(2), test.target_shape, test.critical
    )
    found = pretest_power(free, 0.1, 999, 0)
    assert found.conditional_bias == pytest.approx(found.bias)


def test_joint_power_is_that_of_the_noncentral_distributions():
    drift = np.array([0.3, 0.2, -0.1])
    away = drift @ np.linalg.solve(COVARIANCE, drift)
    chi = stats.ncx2.sf(stats.chi2.ppf(0.95, 3), 3, away)
    assert joint_power(drift, COVARIANCE, None) == pytest.approx(chi, rel=1e-9)
    f = stats.ncf.sf(stats.f.ppf(0.95, 3, 17), 3, 17, away)
    assert joint_power(drift, COVARIANCE, 20.0) == pytest.approx(f, rel=1e-9)
    assert joint_power(drift, COVARIANCE, 2.0) == 0.0
