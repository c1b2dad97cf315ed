"""Ranks among donors, and the spread of placebos."""

import numpy as np
import pytest

from evaluation.inference.placebos import placebo_covariance, rank_among, ratios, root_mean_square


@pytest.mark.parametrize(
    ("statistic", "placebos", "rank"),
    [
        (5.0, [1, 2, 3], 1),
        (2.5, [1, 2, 3], 2),
        (0.0, [1, 2, 3], 4),
        (2.0, [1, 2, 3], 3),  # a tie counts against
        (2.0 + 1e-12, [1, 2, 3], 3),  # so does rounding
        (np.inf, [np.inf, 1.0], 2),
        (0.0, [0.0, 0.0], 3),
    ],
)
def test_rank(statistic, placebos, rank):
    found = rank_among(statistic, np.array(placebos, dtype=float))
    assert (found.rank, found.among) == (rank, len(placebos) + 1)
    assert found.p_value == rank / (len(placebos) + 1)


def test_p_values_are_uniform_where_nothing_tells_units_apart():
    generator = np.random.default_rng(2)
    values = np.abs(generator.normal(size=20))
    every = [rank_among(values[one], np.delete(values, one)).p_value for one in range(20)]
    assert sorted(every) == pytest.approx([rank / 20 for rank in range(1, 21)])


def test_covariance_is_that_of_all_placebos():
    effects = np.random.default_rng(3).normal(size=(9, 4))
    assert placebo_covariance(effects) == pytest.approx(np.cov(effects.T, bias=True))


def test_ratios_of_an_exact_fit_are_infinite():
    assert ratios(np.array([2.0, 1.0]), np.array([1.0, 0.0])).tolist() == [2.0, np.inf]
    assert root_mean_square(np.array([[3.0, 4.0]])) == pytest.approx([np.sqrt(12.5)])
