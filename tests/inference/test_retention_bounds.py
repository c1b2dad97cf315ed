"""Bounds under attrition: trimming by hand, the truth inside, extremes."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.errors import DataError
from evaluation.inference.retention_bounds import (
    groups_of,
    lee_bounds,
    manski_bounds,
    trimmed_mean,
)


def panel(n=40_000, seed=0, effect=1.0, kept=0.0, binary=False):
    """Return outcomes of four groups; treatment adds ``kept`` to the chance of being seen."""
    generator = np.random.default_rng(seed)
    treated, post = generator.random(n) < 0.4, generator.random(n) < 0.5
    y = generator.normal(size=n) + 0.5 * treated + 0.3 * post + effect * (treated & post)
    if binary:
        y = (y > 0.5).astype(float)
    # Whose outcome is seen depends on the outcome, where treatment decides.
    latent = generator.random(n)
    seen = latent < 0.8
    if kept < 0:
        seen &= ~(treated & post & (y > np.quantile(y, 0.7)) & (latent < -kept * 3))
    else:
        seen |= treated & post & (latent < 0.8 + kept)
    return np.where(seen, y, np.nan), treated, post, np.ones(n)


def test_trimming_is_that_of_sorted_rows():
    values = np.array([3.0, 1.0, 2.0, 4.0, 5.0])
    ones = np.ones(5)
    assert trimmed_mean(values, ones, 0.4, from_top=True) == pytest.approx(2.0)
    assert trimmed_mean(values, ones, 0.4, from_top=False) == pytest.approx(4.0)
    # Half of the row at the quantile goes.
    assert trimmed_mean(values, ones, 0.3, from_top=True) == pytest.approx(8.0 / 3.5)


def test_weights_are_rows_repeated():
    generator = np.random.default_rng(1)
    values, times = generator.normal(size=40), generator.integers(1, 5, 40)
    expected = trimmed_mean(np.repeat(values, times), np.ones(times.sum()), 0.23, from_top=True)
    found = trimmed_mean(values, times.astype(float), 0.23, from_top=True)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("kept", [0.1, -0.2])
@pytest.mark.parametrize("seed", range(5))
def test_the_truth_lies_inside(kept, seed):
    groups = groups_of(*panel(seed=seed, kept=kept))
    bounds = lee_bounds(groups)
    assert np.sign(groups.change) == np.sign(kept)
    # Sampling error of the mean of thousands: a twentieth.
    assert bounds.low - 0.05 <= 1.0 <= bounds.high + 0.05
    assert bounds.low <= groups.estimate <= bounds.high


def test_what_is_seen_alone_errs_where_treatment_takes_the_best_away():
    groups = groups_of(*panel(kept=-0.2))
    assert groups.estimate < 0.9


def test_share_trimmed_is_the_change_in_retention():
    y, treated, post, weight = panel(kept=0.1)
    groups = groups_of(y, treated, post, weight)
    seen = ~np.isnan(y)
    shares = [
        seen[(treated == g) & (post == t)].mean() for g, t in ((1, 1), (1, 0), (0, 1), (0, 0))
    ]
    change = shares[0] - shares[1] - shares[2] + shares[3]
    assert groups.change == pytest.approx(change)
    assert lee_bounds(groups).trimmed == pytest.approx(change / shares[0])


def test_manski_is_the_difference_with_extremes_filled_in():
    y, treated, post, weight = panel(binary=True, kept=-0.2)
    found = manski_bounds(groups_of(y, treated, post, weight), 0.0, 1.0)

    def did(fill):
        filled = np.where(np.isnan(y), fill, y)
        means = [filled[(treated == g) & (post == t)].mean()
                 for g, t in ((1, 1), (1, 0), (0, 1), (0, 0))]  # fmt: skip
        return means[0] - means[1] - means[2] + means[3]

    diagonal = treated == post
    assert found.low == pytest.approx(did(np.where(diagonal, 0.0, 1.0)))
    assert found.high == pytest.approx(did(np.where(diagonal, 1.0, 0.0)))
    lee = lee_bounds(groups_of(y, treated, post, weight))
    assert found.low <= lee.low <= lee.high <= found.high


def test_nothing_missing_leaves_a_point():
    y, treated, post, weight = panel()
    y = np.nan_to_num(y)
    groups = groups_of(y, treated, post, weight)
    assert lee_bounds(groups).low == pytest.approx(groups.estimate)
    bounds = manski_bounds(groups, 0.0, 1.0)
    assert bounds.low == bounds.high == pytest.approx(groups.estimate)


def test_a_group_without_outcomes_is_refused():
    y, treated, post, weight = panel()
    y[treated & post] = np.nan
    with pytest.raises(DataError, match="one of the four groups"):
        groups_of(y, treated, post, weight)
