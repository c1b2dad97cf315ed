"""Permuted adoption against regressions on rows, one permutation at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from evaluation.cells.assignment import Assignment
from evaluation.errors import DataError
from evaluation.inference import permutation
from evaluation.inference.permutation import permute

CLUSTERS, PERIODS, FACTOR = 14, 6, 1.13


@dataclass(frozen=True)
class Rows:
    """Rows of an unbalanced panel whose clusters adopt in periods 2, 4 or never."""

    y: np.ndarray
    controls: np.ndarray
    cluster: np.ndarray
    period: np.ndarray
    weight: np.ndarray
    kind: np.ndarray
    paths: np.ndarray

    def fit(self, kind):
        """Return the coefficient and its clustered t by least squares with every dummy."""
        d = self.paths[kind[self.cluster], self.period]
        x = np.column_stack(
            [
                d,
                self.controls,
                (self.cluster[:, None] == np.arange(CLUSTERS)).astype(float),
                (self.period[:, None] == np.arange(1, PERIODS)).astype(float),
            ]
        )
        root = np.sqrt(self.weight)[:, None]
        beta = np.linalg.lstsq(x * root, self.y * root[:, 0], rcond=None)[0]
        score = x * (self.weight * (self.y - x @ beta))[:, None]
        sums = np.array([score[self.cluster == g].sum(axis=0) for g in range(CLUSTERS)])
        bread = np.linalg.pinv((x * root).T @ (x * root))
        error = np.sqrt(FACTOR * (bread @ sums.T @ sums @ bread)[0, 0])
        return beta[0], beta[0] / error

    def assignment(self):
        """Return the cells of cluster and period."""
        q = self.controls.shape[1]
        values = np.column_stack([self.controls, self.y])
        weight = np.zeros((CLUSTERS, PERIODS))
        means = np.zeros((CLUSTERS, PERIODS, q + 1))
        scatter = np.zeros((CLUSTERS, q + 1, q + 1))
        for g in range(CLUSTERS):
            for t in range(PERIODS):
                own = (self.cluster == g) & (self.period == t)
                if own.any():
                    w = self.weight[own]
                    weight[g, t] = w.sum()
                    means[g, t] = np.average(values[own], axis=0, weights=w)
                    rest = values[own] - means[g, t]
                    scatter[g] += (rest * w[:, None]).T @ rest
        return Assignment(
            weight, means[:, :, -1], means[:, :, :-1], scatter, self.paths, self.kind, FACTOR
        )


def made(controls=2, seed=0):
    generator = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(CLUSTERS), 4 * PERIODS)
    period = np.tile(np.arange(PERIODS), 4 * CLUSTERS)
    # Whole cells are missing, others have one to four rows.
    gone = generator.random((CLUSTERS, PERIODS)) < 0.15
    kept = (generator.random(len(cluster)) < 0.7) & ~gone[cluster, period]
    cluster, period = cluster[kept], period[kept]
    starts = np.array([np.inf, 2.0, 4.0])
    paths = (np.arange(PERIODS)[None] >= starts[:, None]).astype(float)
    kind = generator.permutation(np.arange(CLUSTERS) % 3)
    n = len(cluster)
    x = generator.normal(size=(n, controls)) + 0.3 * paths[kind[cluster], period][:, None]
    shock = generator.normal(size=(CLUSTERS, PERIODS))[cluster, period]
    y = 100 + cluster + 0.4 * paths[kind[cluster], period] + x.sum(axis=1) + shock
    y = y + generator.normal(size=n)
    return Rows(y, x, cluster, period, generator.uniform(0.5, 2, n), kind, paths)


@pytest.mark.parametrize("controls", [0, 2])
def test_every_permutation_is_a_regression_on_rows(controls):
    given = made(controls)
    found = permute(given.assignment(), 25, np.random.default_rng(5))
    assert (found.estimate, found.t) == pytest.approx(given.fit(given.kind), rel=1e-9)
    kinds = np.random.default_rng(5).permuted(np.tile(given.kind, (25, 1)), axis=1)
    wanted = np.array([given.fit(kind) for kind in kinds])
    assert np.allclose(found.estimates, wanted[:, 0], rtol=1e-9)
    assert np.allclose(found.ts, wanted[:, 1], rtol=1e-9)
    assert found.p_coefficient == (1 + np.sum(abs(wanted[:, 0]) >= abs(found.estimate))) / 26
    assert found.p_studentised == (1 + np.sum(abs(wanted[:, 1]) >= abs(found.t))) / 26


def test_coefficients_alone_are_the_same_and_leave_t_out():
    assignment = made().assignment()
    both = permute(assignment, 40, np.random.default_rng(1))
    alone = permute(assignment, 40, np.random.default_rng(1), studentised=False)
    assert np.array_equal(both.estimates, alone.estimates)
    assert alone.p_coefficient == both.p_coefficient
    assert alone.p_studentised is None and np.isnan(alone.ts).all()


def test_paths_move_inside_strata_only(monkeypatch):
    given = made()
    strata = np.where(np.arange(CLUSTERS) < 5, 0, 1)
    strata[-3:] = -1
    seen = []
    inner = permutation.statistics_of
    monkeypatch.setattr(
        permutation,
        "statistics_of",
        lambda table, kinds, t: seen.append(kinds) or inner(table, kinds, t),
    )
    permute(given.assignment(), 200, np.random.default_rng(2), strata=strata)
    kinds = np.concatenate(seen[1:])
    assert kinds.shape == (200, CLUSTERS)
    assert np.all(kinds[:, -3:] == given.kind[-3:])
    for code in (0, 1):
        own = strata == code
        assert np.array_equal(
            np.sort(kinds[:, own], axis=1), np.tile(np.sort(given.kind[own]), (200, 1))
        )
        assert len(np.unique(kinds[:, own], axis=0)) > 5


def test_no_permutation_but_the_assignment_itself_is_never_extreme():
    given = made()
    held = np.full(CLUSTERS, -1)
    found = permute(given.assignment(), 30, np.random.default_rng(2), strata=held)
    # Ties with the assignment itself count as at least as large.
    assert found.p_coefficient == 1.0 and found.p_studentised == 1.0


def test_one_treated_cluster_bounds_the_p_value():
    given = made(0)
    kind = np.zeros(CLUSTERS, dtype=int)
    kind[3] = 1
    y = given.y + 50.0 * given.paths[kind[given.cluster], given.period]
    given = Rows(y, given.controls, given.cluster, given.period, given.weight, kind, given.paths)
    found = permute(given.assignment(), 4000, np.random.default_rng(0), studentised=False)
    assert found.p_coefficient == pytest.approx(1 / CLUSTERS, abs=0.02)


def test_a_permutation_without_variation_counts_as_larger():
    given = made(0)
    # Cluster 0 is seen in one period, cluster 1 adopts: their exchange leaves no variation.
    keep = (given.cluster != 0) | (given.period == 5)
    kind = np.zeros(CLUSTERS, dtype=int)
    kind[1] = 1
    given = Rows(
        given.y[keep], given.controls[keep], given.cluster[keep], given.period[keep],
        given.weight[keep], kind, given.paths,
    )  # fmt: skip
    strata = np.where(np.arange(CLUSTERS) < 2, 0, -1)
    found = permute(given.assignment(), 50, np.random.default_rng(0), strata=strata)
    assert 0 < np.isnan(found.estimates).sum() < 50
    assert found.p_coefficient == 1.0


def test_treatment_without_variation_is_refused():
    given = made(0)
    nobody = Assignment(**{**vars(given.assignment()), "kind": np.zeros(CLUSTERS, dtype=int)})
    with pytest.raises(DataError, match="no variation"):
        permute(nobody, 10, np.random.default_rng(0))


def test_a_table_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("evaluation.inference._paths.LARGEST", 100)
    with pytest.raises(DataError, match="too many"):
        permute(made().assignment(), 10, np.random.default_rng(0))


def test_size_is_exact_under_the_sharp_null():
    """Reject ten per cent of true hypotheses, whatever the sizes of the clusters."""
    generator = np.random.default_rng(8)
    given = made(0).assignment()
    rejected = 0
    for seed in range(400):
        shock = (
            generator.normal(size=(CLUSTERS, PERIODS))
            * np.where(np.arange(CLUSTERS) < 3, 9, 1)[:, None]
        )
        world = Assignment(**{**vars(given), "y": shock, "kind": generator.permutation(given.kind)})
        found = permute(world, 99, np.random.default_rng(seed))
        rejected += found.p_studentised <= 0.1
    assert 22 <= rejected <= 60
