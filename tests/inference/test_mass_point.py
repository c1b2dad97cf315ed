"""The count at one value against its neighbours: by brute-force sums, size and power exactly."""

from math import comb

import numpy as np
import pytest

from evaluation.inference.mass_point import detectable_excess, mass_point_test


def pmf(n, p):
    return np.array([comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)])


def p_value(n, at, k):
    """Twice the smaller of the largest tails, over a grid of shares that the bound allows."""
    shares = np.linspace((1 - k) / (3 - k), (1 + k) / (3 + k), 41)
    few = max(pmf(n, p)[: at + 1].sum() for p in shares)
    many = max(pmf(n, p)[at:].sum() for p in shares)
    return min(1.0, 2 * min(few, many))


@pytest.mark.parametrize("k", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("counts", [(10, 4, 12), (9, 30, 11), (0, 3, 0), (5, 0, 8), (7, 7, 7)])
def test_p_value_is_that_of_binomial_sums(counts, k):
    before, at, after = counts
    found = mass_point_test(*counts, k)
    assert found.p_value == pytest.approx(p_value(sum(counts), at, k), abs=1e-12)
    assert found.total == sum(counts)
    if before + after:
        assert found.excess == pytest.approx(at / ((before + after) / 2) - 1)


@pytest.mark.parametrize("k", [0.0, 0.02, 0.2])
def test_the_bounds_are_those_of_the_second_difference(k):
    # f0 at the edge of |f- - 2 f0 + f+| <= k (f- + f+), whatever the slope.
    for slope in (-0.3, 0.0, 0.2):
        for sign in (-1, 1):
            low, high = 1 - slope, 1 + slope
            middle = (1 + sign * k) * (low + high) / 2
            share = middle / (low + middle + high)
            assert share == pytest.approx((1 + sign * k) / (3 + sign * k))


@pytest.mark.parametrize("k", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("n", [30, 200])
def test_size_is_at_most_nominal_for_all_that_the_bound_allows(n, k):
    rejects = np.array([mass_point_test(n - j, j, 0, k).p_value < 0.05 for j in range(n + 1)])
    sizes = [rejects @ pmf(n, p) for p in np.linspace((1 - k) / (3 - k), (1 + k) / (3 + k), 9)]
    assert max(sizes) <= 0.05
    assert max(sizes) > 0.005  # and not empty


def test_power_is_what_it_says():
    n, k = 600, 0.05
    excess = detectable_excess(n, k)
    share = (1 + excess) / (3 + excess)
    rejects = np.array([mass_point_test(n - j, j, 0, k).p_value < 0.05 for j in range(n + 1)])
    assert rejects @ pmf(n, share) == pytest.approx(0.8, abs=0.05)


def test_no_events():
    found = mass_point_test(0, 0, 0, 0.1)
    assert found.p_value is None and found.excess is None
