"""Products of all clusters at once are those of one cluster after the other."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.cells.grams import Regressors, cluster_products


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("indicators", "numeric"), [(12, 3), (0, 4), (5, 0), (1, 1)])
def test_products_of_all_clusters_are_those_of_dense_columns(indicators, numeric, swept):
    generator = np.random.default_rng(indicators + numeric)
    rows, clusters = 400, 9
    cluster = np.concatenate([np.arange(clusters), generator.integers(0, clusters, rows)])
    weight = generator.random(len(cluster)) + 0.1
    codes = generator.integers(-1, max(indicators, 1), len(cluster))
    columns = generator.normal(size=(len(cluster), numeric))
    blocks = ((codes,), (indicators,)) if indicators else ((), ())
    # The same groups under other names.
    effect = np.unique(-cluster, return_inverse=True)[1] if swept else None
    gram, scale = cluster_products(Regressors(columns, *blocks), weight, cluster, effect)

    dense = np.column_stack([codes[:, None] == np.arange(indicators), columns]).astype(float)
    for g in range(clusters):
        own = cluster == g
        z, w = dense[own], weight[own]
        demeaned = z - np.average(z, axis=0, weights=w) if swept else z
        np.testing.assert_allclose(gram[g], (z * w[:, None]).T @ demeaned, atol=1e-12)
    np.testing.assert_allclose(scale, (weight[:, None] * dense**2).sum(axis=0), rtol=1e-12)
