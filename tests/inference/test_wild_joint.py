"""The joint wild cluster bootstrap against refits on rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.errors import EstimationError
from evaluation.inference.wild_bootstrap import all_signs, drawn, wild_bootstrap
from evaluation.inference.wild_joint import wild_joint


def wald(given, y):
    """Return the Wald statistic of the coefficients of interest, from rows."""
    beta = np.linalg.lstsq(given.full, y, rcond=None)[0]
    residual = y - given.full @ beta
    bread = np.linalg.pinv(given.full.T @ given.full)
    sums = np.array(
        [(given.full * residual[:, None])[given.cluster == g].sum(axis=0) for g in given.groups]
    )
    variance = given.factor * bread @ (sums.T @ sums) @ bread
    own = np.ix_(given.interest, given.interest)
    return beta[given.interest] @ np.linalg.solve(variance[own], beta[given.interest])


def refits(given, signs):
    others = np.delete(given.full, given.interest, axis=1)
    fitted = others @ np.linalg.lstsq(others, given.y, rcond=None)[0]
    return np.array([wald(given, fitted + v[given.cluster] * (given.y - fitted)) for v in signs])


def test_p_value_is_that_of_refits_on_rows(clustered):
    given = clustered.rows(clusters=12, effect=0.6)
    moments = clustered.moments_of(given)
    found = wild_joint(moments, np.array([0, 1]), 99, np.random.default_rng(2), weights="webb")
    draws = refits(given, drawn("webb", 99, moments, np.random.default_rng(2)))
    assert found.statistic == pytest.approx(wald(given, given.y), rel=1e-8)
    assert found.p_value == (1 + np.sum(draws >= found.statistic)) / 100
    assert 0.02 < found.p_value < 0.98


def test_all_patterns_are_listed_where_they_are_few(clustered):
    given = clustered.rows(clusters=7)
    moments = clustered.moments_of(given)
    found = wild_joint(moments, np.array([0, 1]), 64, np.random.default_rng(2))
    draws = refits(given, all_signs(7))
    assert (found.draws, found.enumerated) == (64, True)
    assert found.p_value == np.mean(draws >= found.statistic * (1 - 1e-9))


def test_one_coefficient_is_the_single_test(clustered):
    moments = clustered.moments_of(clustered.rows(clusters=14))
    joint = wild_joint(moments, np.array([1]), 499, np.random.default_rng(2))
    single = wild_bootstrap(moments, 1, 499, np.random.default_rng(2))
    assert joint.p_value == single.p_value
    assert joint.statistic == pytest.approx(single.statistic**2, rel=1e-9)


def test_as_many_coefficients_as_clusters_are_refused(clustered):
    moments = clustered.moments_of(clustered.rows(clusters=6))
    few = replace(moments, gram=moments.gram[:2], moment=moments.moment[:2])
    with pytest.raises(EstimationError, match="cannot be tested jointly"):
        wild_joint(few, np.array([0, 1]), 99, np.random.default_rng(1))
