"""Resampling gives the same bytes however many threads BLAS is offered."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from evaluation.cells.assignment import Assignment
from evaluation.inference.cluster_bootstrap import cluster_bootstrap
from evaluation.inference.permutation import permute
from evaluation.inference.wild_bootstrap import wild_bootstrap


def assignment():
    generator = np.random.default_rng(1)
    clusters, periods = 120, 48
    paths = (np.arange(periods) >= np.array([[99], [12], [30]])).astype(float)
    return Assignment(
        weight=generator.integers(1, 50, (clusters, periods)).astype(float),
        y=generator.normal(size=(clusters, periods)),
        controls=generator.normal(size=(clusters, periods, 2)),
        scatter=np.tile(np.eye(3), (clusters, 1, 1)),
        paths=paths,
        kind=generator.integers(0, 3, clusters),
        factor=1.0,
    )


def test_the_same_bytes_on_one_two_and_four_threads(clustered):
    moments = clustered.moments_of(clustered.rows(clusters=60, periods=30))
    made = []
    for threads in (1, 2, 4):
        with threadpool_limits(limits=threads, user_api="blas"):
            permuted = permute(assignment(), 300, np.random.default_rng(1))
            pairs = cluster_bootstrap(moments, 30, np.random.default_rng(1))
            wild = wild_bootstrap(moments, 0, 999, np.random.default_rng(1))
        made.append((permuted.ts.tobytes(), pairs.std_errors.tobytes(), repr(wild)))
    assert made[0] == made[1] == made[2]
