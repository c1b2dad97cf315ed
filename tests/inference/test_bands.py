"""Uniform bands: closed forms at the two ends of correlation, and reproducibility."""

import numpy as np
import pytest
from scipy import stats

from evaluation.inference.bands import Bands, uniform_critical_value

BANDS = Bands(kind="uniform", draws=200_000, seed=5)


def test_independent_estimates_have_the_sidak_value():
    wanted = stats.norm.ppf(0.5 + 0.95 ** (1 / 6) / 2)
    assert uniform_critical_value(np.diag([1.0, 4, 9, 1, 1, 2]), BANDS) == pytest.approx(
        wanted, abs=0.01
    )


def test_one_estimate_counted_many_times_has_the_pointwise_value():
    assert uniform_critical_value(np.full((4, 4), 2.0), BANDS) == pytest.approx(1.96, abs=0.01)


def test_t_draws_give_a_larger_value():
    normal = uniform_critical_value(np.eye(3), BANDS)
    assert uniform_critical_value(np.eye(3), BANDS, df=8.0) > normal + 0.1


def test_same_seed_same_value():
    few = Bands(kind="uniform", draws=999, seed=1)
    first, second = (uniform_critical_value(np.eye(5), few) for _ in range(2))
    assert first == second


def test_estimates_without_variance_take_no_part():
    assert np.isnan(uniform_critical_value(np.zeros((2, 2)), BANDS))
    both = uniform_critical_value(np.diag([1.0, 0.0]), BANDS)
    assert both == pytest.approx(1.96, abs=0.01)
