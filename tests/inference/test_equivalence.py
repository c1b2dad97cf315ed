"""Two one-sided tests, their power and the minimum detectable effect."""

import numpy as np
import pytest
from scipy import stats

from evaluation.inference.equivalence import (
    equivalence,
    equivalence_power,
    minimum_detectable_effect,
)


@pytest.mark.parametrize("df", [None, 12.0])
@pytest.mark.parametrize("estimate", [-1.2, -0.3, 0.0, 0.4, 2.0])
def test_p_below_five_per_cent_exactly_where_the_90_interval_lies_inside(estimate, df):
    found = equivalence(estimate, 0.5, -1.0, 1.3, df)
    inside = found.low > -1.0 and found.high < 1.3
    assert inside == (found.p_value < 0.05)


def test_p_value_is_the_larger_of_the_two():
    found = equivalence(0.4, 0.5, -1.0, 1.0)
    assert found.p_value == pytest.approx(stats.norm.sf((1.0 - 0.4) / 0.5))


def test_power_formula_at_no_effect():
    cut = stats.norm.ppf(0.95)
    wanted = 2 * stats.norm.cdf(1.0 / 0.3 - cut) - 1
    assert equivalence_power(0.0, 0.3, 1.0) == pytest.approx(wanted)


def test_power_is_floored_at_zero():
    assert equivalence_power(0.0, 10.0, 1.0) == 0.0


def test_power_by_simulation():
    generator = np.random.default_rng(4)
    draws = generator.normal(0.2, 0.35, 4000)
    share = np.mean([equivalence(x, 0.35, -1.0, 1.0).p_value < 0.05 for x in draws])
    assert equivalence_power(0.2, 0.35, 1.0) == pytest.approx(share, abs=0.03)


def test_minimum_detectable_effect():
    assert minimum_detectable_effect(1.0) == pytest.approx(2.8016, abs=1e-4)
    wanted = stats.t.ppf(0.975, 9) + stats.t.ppf(0.8, 9)
    assert minimum_detectable_effect(2.0, 9.0) == pytest.approx(2 * wanted)


def test_bounds_out_of_order_are_refused():
    with pytest.raises(ValueError, match="lower bound"):
        equivalence(0.0, 1.0, 1.0, -1.0)
    with pytest.raises(ValueError, match="positive standard error"):
        equivalence(0.0, 0.0, -1.0, 1.0)
