"""Intervals, p-values and critical values against scipy's distributions."""

import math

import pytest
from scipy import stats

from evaluation.inference.intervals import critical_value, interval, upper_tail


@pytest.mark.parametrize("df", [None, 1.0, 4.0, 28.0, 355.0])
@pytest.mark.parametrize("probability", [0.6, 0.8, 0.95, 0.975, 0.995])
def test_critical_values_match_scipy(probability, df):
    wanted = stats.norm.ppf(probability) if df is None else stats.t.ppf(probability, df)
    assert critical_value(probability, df) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("df", [None, 3.0, 106.0])
@pytest.mark.parametrize("ratio", [-1.0, 0.0, 0.5, 2.0, 6.0])
def test_tails_match_scipy(ratio, df):
    wanted = stats.norm.sf(ratio) if df is None else stats.t.sf(ratio, df)
    assert upper_tail(ratio, df) == pytest.approx(wanted, rel=1e-10)


def test_interval_holds_zero_exactly_where_p_exceeds_five_per_cent():
    inside, outside = interval(1.95, 1.0), interval(1.97, 1.0)
    assert inside.low < 0 < inside.high and inside.p_value > 0.05
    assert outside.low > 0 and outside.p_value < 0.05


def test_t_interval_is_wider_than_normal():
    normal, student = interval(1.0, 1.0), interval(1.0, 1.0, 10.0)
    assert student.high > normal.high and student.p_value > normal.p_value


@pytest.mark.parametrize("std_error", [None, math.nan])
def test_without_standard_error_there_is_no_interval(std_error):
    found = interval(1.0, std_error)
    assert (found.low, found.high, found.p_value) == (None, None, None)


def test_zero_standard_error_has_no_p_value():
    assert interval(1.0, 0.0).p_value is None
