"""Effective numbers of clusters."""

import numpy as np
import pytest

from evaluation.inference.cluster_facts import effective_clusters, largest_share


def test_equal_clusters_all_count():
    assert effective_clusters(np.full(30, 7.0)) == pytest.approx(30)


def test_one_giant_counts_as_about_one():
    assert effective_clusters(np.array([1e6, 1.0, 1.0])) == pytest.approx(1, abs=1e-4)


def test_equals_the_coefficient_of_variation_form():
    sizes = np.array([3.0, 1.0, 8.0, 4.0])
    wanted = 4 / (1 + sizes.var() / sizes.mean() ** 2)
    assert effective_clusters(sizes) == pytest.approx(wanted)
    assert largest_share(sizes) == 0.5
