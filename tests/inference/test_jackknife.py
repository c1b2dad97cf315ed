"""CR3 from Gram matrices against refits that leave one cluster out."""

import numpy as np
import pytest

from evaluation.cells.grams import Regressors, cluster_grams
from evaluation.errors import DataError
from evaluation.inference.jackknife import jackknife


def _sample(seed=3, n=240, groups=9):
    generator = np.random.default_rng(seed)
    group = np.sort(generator.integers(0, groups, n))
    person = group * 5 + generator.integers(0, 5, n)
    time = generator.integers(0, 6, n)
    x = generator.normal(size=(n, 2)) + person[:, None] / 10
    weight = generator.uniform(0.5, 2.0, n)
    y = x @ [0.4, -1.0] + person / 3 + time / 2 + generator.normal(size=n)
    return group, person, time, x, weight, y


def _brute(x, y, weight, effects, keep):
    dummies = [np.eye(int(e.max()) + 1)[e] for e in effects]
    design = np.column_stack([x, np.ones(len(y)), *dummies])[keep]
    root = np.sqrt(weight[keep])
    return np.linalg.lstsq(design * root[:, None], y[keep] * root, rcond=None)[0][:2]


@pytest.mark.parametrize("swept", ["person", "group", None])
def test_equals_refits_without_each_cluster(swept):
    group, person, time, x, weight, y = _sample()
    inner = {"person": person, "group": group, None: None}[swept]
    regressors = Regressors(x, (time,), (6,))
    grams = cluster_grams(regressors, y, weight, group, inner)
    columns = np.array([*range(1 if swept else 0, 6), 6, 7])
    beta = np.linalg.solve(
        grams.gram.sum(axis=0)[np.ix_(columns, columns)], grams.moment.sum(axis=0)[columns]
    )
    interest = np.array([len(columns) - 2, len(columns) - 1])
    found = jackknife(grams, beta, columns, interest)
    effects = [time] if inner is None else [time, inner]
    full = _brute(x, y, weight, effects, np.ones(len(y), bool))
    each = np.array([_brute(x, y, weight, effects, group != g) for g in range(9)])
    assert np.allclose(beta[interest], full, atol=1e-10)
    assert np.allclose(found.estimates, each, atol=1e-10)
    assert np.allclose(found.covariance, 8 / 9 * (each - full).T @ (each - full), atol=1e-12)


def test_a_period_seen_in_one_cluster_only_does_no_harm():
    group, _, time, x, weight, y = _sample()
    time = np.where((group == 0) & (time == 0), 6, time)
    grams = cluster_grams(Regressors(x, (time,), (7,)), y, weight, group)
    columns = np.arange(9)
    beta = np.linalg.solve(grams.gram.sum(axis=0), grams.moment.sum(axis=0))
    found = jackknife(grams, beta, columns, np.array([7, 8]))
    each = np.array([_brute(x, y, weight, [time], group != g) for g in range(9)])
    assert np.allclose(found.estimates, each, atol=1e-9)


def test_a_coefficient_that_one_cluster_identifies_is_refused():
    group, _, time, x, weight, y = _sample()
    x = np.column_stack([x[:, 0], (group == 4) * x[:, 1]])
    grams = cluster_grams(Regressors(x, (time,), (6,)), y, weight, group)
    beta = np.linalg.solve(grams.gram.sum(axis=0), grams.moment.sum(axis=0))
    with pytest.raises(DataError, match="without one of the clusters"):
        jackknife(grams, beta, np.arange(8), np.array([7]))
