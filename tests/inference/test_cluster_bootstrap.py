"""The pairs cluster bootstrap against refits on stacked copies of clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.inference import cluster_bootstrap as module
from evaluation.inference.cluster_bootstrap import cluster_bootstrap


def stacked(given, copies):
    """Return the rows of every drawn cluster, each copy a cluster of its own."""
    parts, new = [], []
    for g, times in enumerate(copies):
        own = np.flatnonzero(given.cluster == g)
        for _ in range(times):
            parts.append(own)
            new.append(np.full(len(own), len(new)))
    at = np.concatenate(parts)
    return replace(given, x=given.x[at], y=given.y[at], cluster=np.concatenate(new))


def test_draws_are_refits_on_copies_of_clusters(clustered):
    given = clustered.rows(clusters=12)
    moments = clustered.moments_of(given)
    found = cluster_bootstrap(moments, 40, np.random.default_rng(3))
    copies = np.random.default_rng(3).multinomial(12, np.full(12, 1 / 12), size=40)
    assert found.singular == 0
    for r in range(40):
        again = stacked(given, copies[r])
        beta, errors, _ = again.ols(again.y)
        assert np.allclose(found.estimates[r], beta[given.interest], rtol=1e-8)
        assert np.allclose(found.std_errors[r], errors[given.interest], rtol=1e-8)


def test_intervals_are_the_quantiles_they_say(clustered):
    given = clustered.rows(clusters=15)
    moments = clustered.moments_of(given)
    found = cluster_bootstrap(moments, 300, np.random.default_rng(1), level=0.9)
    own = moments.beta[moments.interest]
    assert np.allclose(found.percentile, np.quantile(found.estimates, [0.05, 0.95], axis=0).T)
    _, errors, _ = given.ols(given.y)
    pivots = np.sort((found.estimates[:, 0] - own[0]) / found.std_errors[:, 0])
    low = own[0] - np.quantile(pivots, 0.95) * errors[given.interest[0]]
    high = own[0] - np.quantile(pivots, 0.05) * errors[given.interest[0]]
    assert found.studentised[0] == pytest.approx([low, high])
    t = own[0] / errors[given.interest[0]]
    assert found.statistics[0] == pytest.approx(t)
    assert found.p_values[0] == (1 + np.sum(np.abs(pivots) >= abs(t))) / 301


def test_spread_is_near_the_sandwich_error(clustered):
    given = clustered.rows(clusters=60)
    _, errors, _ = given.ols(given.y)
    found = cluster_bootstrap(clustered.moments_of(given), 600, np.random.default_rng(2))
    assert found.estimates.std(axis=0) == pytest.approx(errors[given.interest], rel=0.15)


def few_treated(clustered):
    """Return a panel with one treated cluster, and a period seen in one cluster alone."""
    given = clustered.rows(clusters=8)
    x = given.x.copy()
    x[:, given.interest] *= (given.cluster == 0)[:, None]
    x[:, 0] *= given.cluster == 3
    return replace(given, x=x)


def test_draws_without_the_coefficient_are_counted_and_left_out(clustered):
    moments = clustered.moments_of(few_treated(clustered))
    copies = np.random.default_rng(4).multinomial(8, np.full(8, 1 / 8), size=100)
    found = cluster_bootstrap(moments, 100, np.random.default_rng(4))
    assert found.singular == np.sum(copies[:, 0] == 0) > 0
    assert len(found.estimates) == 100 - found.singular
    assert np.isfinite(found.percentile).all() and np.isfinite(found.studentised).all()


def test_a_lost_nuisance_column_leaves_the_others_as_they_are(clustered):
    given = few_treated(clustered)
    moments = clustered.moments_of(given)
    copies = np.ones((1, 8))
    copies[0, 3] = 0.0
    unit = 1.0 / np.sqrt(np.diag(moments.gram.sum(axis=0)))
    estimates, errors = module._refit(moments, unit, copies)
    again = stacked(given, copies[0].astype(int))
    beta, wanted, _ = again.ols(again.y)
    assert np.allclose(estimates[0], beta[given.interest], rtol=1e-8)
    assert np.allclose(errors[0], wanted[given.interest], rtol=1e-8)


def test_no_draw_left_gives_no_interval(clustered):
    moments = clustered.moments_of(few_treated(clustered))
    # The first draw of this seed leaves the treated cluster out.
    assert np.random.default_rng(3).multinomial(8, np.full(8, 1 / 8))[0] == 0
    found = cluster_bootstrap(moments, 1, np.random.default_rng(3))
    assert found.singular == 1 and found.estimates.shape == (0, 2)
    assert np.isnan(found.percentile).all() and np.isnan(found.studentised).all()


def test_batches_do_not_matter(clustered, monkeypatch):
    moments = clustered.moments_of(clustered.rows(clusters=10))
    first = cluster_bootstrap(moments, 50, np.random.default_rng(1))
    monkeypatch.setattr(module, "BATCH_DOUBLES", 1)
    second = cluster_bootstrap(moments, 50, np.random.default_rng(1))
    assert np.allclose(first.estimates, second.estimates, rtol=1e-12)
