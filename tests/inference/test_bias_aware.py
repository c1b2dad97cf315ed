"""Bias-aware critical values and intervals, against simulation, other programs and their duals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluation.inference.bias_aware import (
    bias_aware_critical_value,
    bias_aware_interval,
    half_length,
)
from evaluation.inference.equivalence import equivalence, minimum_detectable_effect
from evaluation.inference.intervals import interval


@pytest.mark.parametrize("bias", [0.0, 1e-8, 0.1, 0.5, 1.0, 2.0, 6.0, 40.0])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_quantile_of_the_folded_normal(bias, level):
    found = bias_aware_critical_value(bias, level=level)
    assert found == pytest.approx(stats.foldnorm.ppf(level, bias), rel=1e-9)


def test_large_biases_leave_one_tail():
    # As RDHonest's own tests have it.
    for bias in (100.0, 10_000.0):
        wanted = stats.norm.ppf(0.93) + bias
        assert bias_aware_critical_value(bias, level=0.93) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("df", [3.0, 24.0])
def test_quantile_of_a_moved_t(df):
    draws = np.abs(stats.t.ppf((np.arange(200_000) + 0.5) / 200_000, df) + 1.3)
    assert bias_aware_critical_value(1.3, df) == pytest.approx(np.quantile(draws, 0.95), abs=1e-3)
    assert bias_aware_critical_value(1.3, df) > bias_aware_critical_value(1.3)


def test_without_bias_it_is_the_usual_interval():
    for df in (None, 12.0):
        found, usual = bias_aware_interval(0.4, 0.2, 0.0, df), interval(0.4, 0.2, df)
        assert (found.low, found.high) == (usual.low, usual.high)
        assert found.p_value == pytest.approx(usual.p_value, rel=1e-12)


@pytest.mark.parametrize("df", [None, 9.0])
def test_p_value_and_interval_are_dual(df):
    for estimate in (0.3, -0.9, 2.0):
        p = bias_aware_interval(estimate, 0.4, 0.25, df).p_value
        edge = bias_aware_interval(estimate, 0.4, 0.25, df, level=1 - p)
        assert min(abs(edge.low), abs(edge.high)) == pytest.approx(0, abs=1e-9)


def test_no_noise_leaves_the_bias():
    assert half_length(0.0, 0.3) == 0.3
    found = bias_aware_interval(1.0, 0.0, 0.3)
    assert (found.low, found.high, found.p_value) == (0.7, 1.3, None)
    assert bias_aware_interval(1.0, float("nan"), 0.3).low is None


def test_coverage_at_the_worst_bias():
    generator = np.random.default_rng(11)
    for bias in (0.0, 0.7, 3.0):
        half = half_length(1.0, bias)
        covered = np.abs(bias + generator.normal(size=200_000)) <= half
        assert covered.mean() == pytest.approx(0.95, abs=0.002)


def test_equivalence_counts_the_bias_on_both_sides():
    estimate, error, bias = 0.3, 0.1, 0.2
    edge = abs(estimate) + bias + stats.norm.ppf(0.95) * error
    assert equivalence(estimate, error, -edge, edge, bias=bias).p_value == pytest.approx(0.05)
    inside = equivalence(-estimate, error, -edge, edge, bias=bias)
    assert inside.p_value == pytest.approx(0.05)
    assert (inside.low, inside.high) == pytest.approx((-edge, -0.3 + 0.2 + (edge - 0.5)))


def test_what_is_detected_whatever_the_bias():
    error, bias = 0.1, 0.15
    found = minimum_detectable_effect(error, bias=bias)
    cut = half_length(error, bias)
    # The estimate is off by the whole bias, toward zero.
    power = stats.norm.sf((cut - (found - bias)) / error)
    assert power == pytest.approx(0.80, abs=1e-9)
