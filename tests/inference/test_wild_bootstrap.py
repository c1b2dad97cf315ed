"""The wild cluster bootstrap against refits on rows, one draw at a time."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.inference.wild_bootstrap import all_signs, drawn, wild_bootstrap


def brute(given, which, signs, null, restricted):
    """Return t and |t*| of every draw, from refits on the rows."""
    at = given.interest[which]
    beta, errors, residual = given.ols(given.y)
    t = (beta[at] - null) / errors[at]
    centre, fitted = beta[at], given.y - residual
    if restricted:
        others = np.delete(given.full, at, axis=1)
        target = given.y - null * given.full[:, at]
        fit = others @ np.linalg.lstsq(others, target, rcond=None)[0]
        fitted, residual, centre = fit + null * given.full[:, at], target - fit, null
    found = []
    for v in signs:
        again, error, _ = given.ols(fitted + v[given.cluster] * residual)
        found.append(abs(again[at] - centre) / error[at])
    return t, np.array(found)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("null", [0.0, 0.4])
def test_p_value_is_that_of_refits_on_rows(clustered, restricted, null):
    given = clustered.rows()
    moments = clustered.moments_of(given)
    found = wild_bootstrap(
        moments, 0, 99, np.random.default_rng(3), null=null, weights="webb", restricted=restricted
    )
    signs = drawn("webb", 99, moments, np.random.default_rng(3))
    t, draws = brute(given, 0, signs, null, restricted)
    assert found.statistic == pytest.approx(t, rel=1e-9)
    assert found.p_value == (1 + np.sum(draws >= abs(t))) / 100
    assert (found.draws, found.enumerated) == (99, False)


@pytest.mark.parametrize("which", [0, 1])
def test_every_statistic_is_that_of_a_refit(clustered, which):
    from evaluation.inference import wild_bootstrap as module

    given = clustered.rows(seed=4)
    moments = clustered.moments_of(given)
    signs = all_signs(moments.clusters)[::16]
    bread, scores = moments.bread(), moments.scores()
    at = moments.interest[which]
    parts = module._polynomials(moments, scores, bread, bread[:, at], signs)
    for null in (0.0, -0.7):
        _, wanted = brute(given, which, signs, null, True)
        d = (moments.beta[at] - null) / bread[at, at]
        assert np.allclose(parts.statistics(d), wanted, rtol=1e-8)


def test_all_patterns_of_signs_are_listed_where_they_are_few(clustered):
    given = clustered.rows(clusters=7)
    moments = clustered.moments_of(given)
    found = wild_bootstrap(moments, 0, 64, np.random.default_rng(1))
    assert (found.draws, found.enumerated) == (64, True)
    t, draws = brute(given, 0, all_signs(7), 0.0, True)
    assert found.p_value == np.mean(draws >= abs(t) * (1 - 1e-9))
    # Nothing is drawn, so the generator does not matter.
    assert found == wild_bootstrap(moments, 0, 999, np.random.default_rng(2))
    assert not wild_bootstrap(moments, 0, 63, np.random.default_rng(1)).enumerated


def test_patterns_are_distinct_up_to_sign():
    signs = all_signs(6)
    both = {tuple(row) for row in np.concatenate([signs, -signs])}
    assert signs.shape == (32, 6) and len(both) == 64 and np.all(signs[0] == 1)


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
@pytest.mark.parametrize("restricted", [True, False])
def test_the_interval_holds_what_is_not_rejected(clustered, weights, restricted):
    moments = clustered.moments_of(clustered.rows(clusters=14, seed=2))

    def test(null):
        return wild_bootstrap(
            moments, 0, 499, np.random.default_rng(5),
            null=null, weights=weights, restricted=restricted,
        )  # fmt: skip

    found = test(0.0)
    span = found.conf_high - found.conf_low
    for end, outward in ((found.conf_low, -1), (found.conf_high, 1)):
        assert test(end - outward * 1e-6 * span).p_value > 0.05
        assert test(end + outward * 1e-6 * span).p_value <= 0.05
    assert found.conf_low < moments.beta[moments.interest[0]] < found.conf_high


def test_too_few_clusters_reject_nothing(clustered):
    found = wild_bootstrap(
        clustered.moments_of(clustered.rows(clusters=5)), 0, 999, np.random.default_rng(1)
    )
    # Sixteen patterns: the smallest p-value is 1/16.
    assert found.p_value >= 1 / 16
    assert found.conf_low is None and found.conf_high is None


def test_weights_have_mean_zero_and_variance_one(clustered):
    moments = clustered.moments_of(clustered.rows())
    for weights, values in (("rademacher", 2), ("webb", 6)):
        v = drawn(weights, 20_000, moments, np.random.default_rng(0))
        assert len(np.unique(v)) == values
        assert abs(v.mean()) < 0.01 and abs(v.var() - 1) < 0.01


def test_the_scale_of_columns_does_not_matter(clustered):
    given = clustered.rows(clusters=12)
    moments = clustered.moments_of(given)
    from dataclasses import replace

    scale = 10.0 ** np.arange(-3, given.x.shape[1] - 3)
    scaled = replace(
        moments,
        gram=moments.gram * np.outer(scale, scale),
        moment=moments.moment * scale,
        beta=moments.beta / scale,
    )
    first, second = (
        wild_bootstrap(one, 1, 299, np.random.default_rng(1)) for one in (moments, scaled)
    )
    assert first.p_value == second.p_value
    assert first.conf_low == pytest.approx(second.conf_low * scale[moments.interest[1]], rel=1e-6)


def test_size_under_the_hypothesis_with_unequal_clusters(clustered):
    """Reject five per cent of true hypotheses, where the t test rejects more."""
    from evaluation.inference.intervals import critical_value

    generator = np.random.default_rng(11)
    wild, plain = 0, 0
    for seed in range(200):
        given = clustered.rows(clusters=12, seed=int(generator.integers(1 << 30)), effect=0.0)
        given = type(given)(
            given.x, given.y * (1 + 2 * (given.cluster < 2)), given.cluster, given.interest, 1.1
        )
        found = wild_bootstrap(clustered.moments_of(given), 0, 199, np.random.default_rng(seed))
        wild += found.p_value <= 0.05
        plain += abs(found.statistic) > critical_value(0.975, 11)
    assert wild <= 20
    assert plain >= wild
