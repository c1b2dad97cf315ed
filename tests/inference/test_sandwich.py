"""Sandwich variances against statsmodels and linearmodels."""

import numpy as np
import pandas as pd
import pytest

from evaluation.inference import sandwich
from evaluation.inference.small_sample import cluster_factor, hc1_factor


@pytest.fixture
def regression():
    generator = np.random.default_rng(7)
    n = 300
    group = generator.integers(0, 12, n)
    time = generator.integers(0, 9, n)
    x = np.column_stack([np.ones(n), generator.normal(size=(n, 2)) + group[:, None] / 5])
    weight = generator.uniform(0.5, 2.0, n)
    y = x @ [1.0, 0.5, -0.2] + generator.normal(size=n) * (1 + np.abs(x[:, 1])) + group / 4
    bread = np.linalg.inv(x.T @ (x * weight[:, None]))
    residual = y - x @ (bread @ (x.T @ (weight * y)))
    return x, y, weight, residual, bread, group.astype(np.int64), time.astype(np.int64)


def _wls(regression):
    from statsmodels.regression.linear_model import WLS

    x, y, weight, *_ = regression
    return WLS(y, x, weights=weight)


def test_iid(regression):
    x, _, weight, residual, bread, *_ = regression
    found = sandwich.iid(bread, residual, weight, len(x) - 3)
    assert np.allclose(found, _wls(regression).fit().cov_params(), rtol=1e-10)


def test_hc1(regression):
    x, _, weight, residual, bread, *_ = regression
    scores = x * (weight * residual)[:, None]
    found = sandwich.hc1(bread, scores, hc1_factor(len(x), 3))
    assert np.allclose(found, _wls(regression).fit(cov_type="HC1").cov_params(), rtol=1e-10)


def test_cr1_one_way(regression):
    x, _, weight, residual, bread, group, _ = regression
    scores = x * (weight * residual)[:, None]
    found = sandwich.cr1(bread, scores, (group,), cluster_factor(len(x), 3, 12, True))
    wanted = _wls(regression).fit(cov_type="cluster", cov_kwds={"groups": group}).cov_params()
    assert np.allclose(found, wanted, rtol=1e-10)


def test_cr1_two_way_without_factor_is_that_of_linearmodels(regression):
    from linearmodels.panel import PanelOLS

    x, y, weight, residual, bread, group, time = regression
    scores = x * (weight * residual)[:, None]
    found = sandwich.cr1(bread, scores, (group, time), 1.0)
    index = pd.MultiIndex.from_arrays([np.arange(len(y)), np.zeros(len(y), dtype=int)])
    frame = pd.DataFrame(x, index=index, columns=["a", "b", "c"])
    clusters = pd.DataFrame({"group": group, "time": time}, index=index)
    fitted = PanelOLS(pd.Series(y, index=index), frame, weights=pd.Series(weight, index=index)).fit(
        cov_type="clustered", clusters=clusters, debiased=False, group_debias=False
    )
    assert np.allclose(found, fitted.cov.to_numpy(), rtol=1e-8)


def test_every_row_its_own_cluster_is_hc0(regression):
    x, _, weight, residual, bread, *_ = regression
    scores = x * (weight * residual)[:, None]
    own = np.arange(len(x))
    assert np.allclose(
        sandwich.cr1(bread, scores, (own,), 1.0), sandwich.hc1(bread, scores, 1.0), rtol=1e-10
    )
