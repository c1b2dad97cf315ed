"""Jumps of several variables at once: covariance by brute force on rows, size of a joint test."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.side_by_side import fit_side_by_side, only
from evaluation.inference.wald import wald

H = 10.0
FIXED = Request(h=(H, H), b=(H, H), variance="cr1")


def rows(seed, persons=120, shift=(0.0, 0.0, 0.0)):
    generator = np.random.default_rng(seed)
    start = generator.integers(-12, 0, persons)
    x = (start[:, None] + np.arange(12)).ravel().astype(float)
    person = np.repeat(np.arange(persons), 12)
    common = generator.normal(size=persons)[person]
    values = np.stack(
        [common * load + generator.normal(size=len(x)) + s * (x >= 0)
         for load, s in zip((1.0, -0.7, 0.2), shift, strict=True)]
    )  # fmt: skip
    data = ModelData(
        outcome="a",
        y=values[0],
        columns=pd.DataFrame({"b": values[1], "c": values[2]}),
        running=x,
        unit=person.astype(np.int64),
    )
    return data, person.astype(np.int64), values, x


def brute(x, values, groups, share=None):
    """Return coefficients and covariance of jumps of local quadratics, by rows."""
    above = (x >= 0).astype(float) if share is None else share
    powers = np.vander(x, 3, increasing=True)
    columns = np.hstack([powers * (1 - above)[:, None], powers * above[:, None]])
    weight = np.clip(1 - np.abs(x) / H, 0, None)
    bread = np.linalg.inv(columns.T @ (columns * weight[:, None]))
    contrast = np.array([-1.0, 0, 0, 1, 0, 0]) @ bread
    estimates, sums = [], []
    for one in values:
        beta = bread @ columns.T @ (weight * one)
        score = (columns @ contrast) * weight * (one - columns @ beta)
        estimates.append(beta[3] - beta[0])
        sums.append(np.bincount(groups, score))
    return np.array(estimates), np.array(sums) @ np.array(sums).T


def correlations(matrix):
    size = np.sqrt(np.diag(matrix))
    return matrix / np.outer(size, size)


def check(points, request, x, values, groups, share=None):
    found = fit_side_by_side(points, request)
    estimates, covariance = brute(x, values, groups, share)
    corrected = [one.change.corrected for one in found.fits]
    np.testing.assert_allclose(corrected, estimates, rtol=1e-9)
    np.testing.assert_allclose(
        correlations(found.covariance), correlations(covariance), rtol=1e-9, atol=1e-12
    )
    errors = [one.change.robust_std_error for one in found.fits]
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=1e-12)


def test_covariance_by_person_is_that_of_rows():
    data, person, values, x = rows(1)
    points = points_of(data, ("b", "c"), person)
    check(points, FIXED, x, values, person)


def test_covariance_of_independent_rows():
    data, _, values, x = rows(2)
    points = points_of(data, ("b", "c"))
    check(points, replace(FIXED, variance="hc1"), x, values, np.arange(len(x)))


def test_a_month_partly_on_either_side():
    data, person, values, x = rows(3)
    share = np.where(x == 0, 0.4, x > 0)
    points = points_of(replace(data, share_above=share), ("b", "c"), person)
    check(points, FIXED, x, values, person, share)


def test_each_variable_has_the_bandwidth_of_its_own_fit():
    data, person, values, _ = rows(4)
    points = points_of(data, ("b", "c"), person)
    found = fit_side_by_side(points, Request(variance="cr1"))
    for at, name in enumerate(("a", "b", "c")):
        alone = points_of(replace(data, outcome=name, y=values[at]), (), person)
        own = fit_points(alone, Request(variance="cr1"))
        assert found.fits[at].h == pytest.approx(own.h, rel=1e-9)
        assert found.fits[at].change.corrected == pytest.approx(own.change.corrected, rel=1e-7)
        assert only(points, at).centre[0] == pytest.approx(alone.centre[0], rel=1e-9)


def joint_p(seed, shift=(0.0, 0.0, 0.0)):
    data, person, _, _ = rows(seed, 150, shift)
    found = fit_side_by_side(points_of(data, ("b", "c"), person), FIXED)
    estimates = np.array([one.change.corrected for one in found.fits])
    return wald(estimates, found.covariance).p_value


def test_joint_test_is_nominal_and_finds_a_jump():
    null = np.mean([joint_p(seed) < 0.05 for seed in range(100)])
    assert 0.01 <= null <= 0.12
    found = [joint_p(seed, (0.0, 0.0, 2.0)) < 0.05 for seed in range(15)]
    assert np.mean(found) > 0.8
