"""What outcomes of a model share is that of their own arrays, and products by cluster are exact."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.cells.grams import Regressors, cluster_products
from evaluation.data.memo import Memo


def test_memo_tells_columns_and_missing_values_apart() -> None:
    memo, made = Memo(), []

    def ask(*given: object) -> int:
        return memo.value("one", given, lambda: made.append(0) or len(made))  # type: ignore[arg-type]

    words, times = pd.Series(["a", "b"]), np.array([1.0, np.nan])
    assert ask(words, times) == 1
    assert ask(words.copy(), times.copy()) == 1
    assert ask(pd.Series(["a", "c"]), times) == 2
    assert ask(words, np.array([1.0, 2.0])) == 3


def test_products_by_cluster_are_those_of_dense_columns() -> None:
    draw = np.random.default_rng(3)
    rows, cluster = 400, draw.integers(0, 7, 400)
    cluster[:7] = np.arange(7)
    swept = cluster * 2 + draw.integers(0, 2, rows)
    swept = np.unique(swept, return_inverse=True)[1]
    weight, numeric = draw.uniform(1, 9, rows), draw.normal(size=(rows, 3))
    months, sizes = draw.integers(0, 5, rows), draw.integers(0, 4, rows)
    for dummies, levels in (((months,), (5,)), ((months, sizes), (5, 4))):
        made = Regressors(numeric, dummies, levels)
        z = made.dense(np.arange(rows))
        gram, scale = cluster_products(made, weight, cluster, swept)
        mass = np.bincount(swept, weight)
        means = np.stack([np.bincount(swept, weight * one) / mass for one in z.T], axis=1)
        left = z - means[swept]
        for g in range(7):
            own = cluster == g
            exact = left[own].T @ (left[own] * weight[own, None])
            assert np.allclose(gram[g], exact, rtol=1e-11, atol=1e-9)
        assert np.allclose(scale, (z**2 * weight[:, None]).sum(axis=0), rtol=1e-12)
