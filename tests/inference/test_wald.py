"""Joint tests against closed forms."""

import numpy as np
import pytest
from scipy import stats

from evaluation.inference.wald import hotelling_p_value, wald


def test_independent_estimates_add_up():
    found = wald(np.array([1.0, 2.0]), np.diag([1.0, 4.0]))
    assert found.statistic == pytest.approx(2.0)
    assert found.rank == 2
    assert found.p_value == pytest.approx(stats.chi2.sf(2.0, 2))


def test_full_covariance_enters():
    covariance = np.array([[2.0, 0.8], [0.8, 1.0]])
    estimate = np.array([0.7, -0.3])
    wanted = estimate @ np.linalg.solve(covariance, estimate)
    assert wald(estimate, covariance).statistic == pytest.approx(wanted)


def test_redundant_restrictions_do_not_count_twice():
    transform = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    covariance = transform @ np.diag([1.0, 2.0]) @ transform.T
    found = wald(transform @ np.array([1.0, 1.0]), covariance)
    assert found.rank == 2
    assert found.statistic == pytest.approx(1.5)


def test_units_do_not_matter():
    generator = np.random.default_rng(2)
    root = generator.normal(size=(4, 4))
    estimate, scale = generator.normal(size=4), np.array([1e-6, 1.0, 1e5, 3.0])
    plain = wald(estimate, root @ root.T)
    scaled = wald(estimate * scale, root @ root.T * np.outer(scale, scale))
    assert scaled.rank == plain.rank == 4
    assert scaled.statistic == pytest.approx(plain.statistic, rel=1e-8)


def test_nothing_to_test():
    assert wald(np.zeros(2), np.zeros((2, 2))).p_value is None


def test_hotelling_has_its_size_where_chi_squared_has_not():
    generator = np.random.default_rng(5)
    blocks, q, draws = 10, 3, 4000
    hotelling = chi_squared = 0
    for _ in range(draws):
        scores = generator.standard_normal((blocks, q))
        mean = scores.mean(axis=0)
        test = wald(mean, np.cov(scores.T) / blocks)
        hotelling += hotelling_p_value(test, blocks) < 0.05
        chi_squared += test.p_value < 0.05
    # Three Monte Carlo errors of a share of 5 per cent over 4,000 draws are one per cent.
    assert abs(hotelling / draws - 0.05) < 0.01
    assert chi_squared / draws > 0.15


def test_hotelling_without_degrees_of_freedom():
    test = wald(np.ones(3), np.eye(3))
    assert hotelling_p_value(test, 3.0) is None
