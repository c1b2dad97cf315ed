"""The decomposition adds up to the regression, with weights that follow theorem 1."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.inference.bacon import CohortMeans, bacon


def panel(cohorts, seed=0, periods=8):
    generator = np.random.default_rng(seed)
    count = len(cohorts)
    return CohortMeans(
        np.array(cohorts, dtype=float),
        np.arange(1.0, periods + 1),
        generator.normal(size=(count, periods)),
        generator.uniform(1, 5, count),
        generator.uniform(1, 2, periods),
    )


def coefficient(made):
    """Return the two-way estimate by least squares on dummies."""
    treated = (made.periods >= made.cohorts[:, None]).astype(float)
    rows, columns = treated.shape
    group, time = np.divmod(np.arange(rows * columns), columns)
    design = np.column_stack([treated.ravel(), np.eye(rows)[group], np.eye(columns)[time][:, 1:]])
    root = np.sqrt(np.outer(made.mass, made.length).ravel())
    return np.linalg.lstsq(design * root[:, None], made.means.ravel() * root, rcond=None)[0][0]


@pytest.mark.parametrize("cohorts", [[3, 5, np.inf], [2, 3, 7, 8, np.inf], [3, 6], [0, 4, 6]])
@pytest.mark.parametrize("seed", range(3))
def test_weighted_sum_is_the_two_way_estimate(cohorts, seed):
    made = panel(cohorts, seed)
    found = bacon(made)
    total = sum(one.weight * one.estimate for one in found)
    assert total == pytest.approx(coefficient(made), rel=1e-9, abs=1e-12)
    assert sum(one.weight for one in found) == pytest.approx(1.0)
    assert all(one.weight > 0 for one in found)


def test_kinds_and_weights_of_three_cohorts():
    made = panel([3, 6, np.inf])
    found = {(one.kind, one.treated, one.control): one for one in bacon(made)}
    share = made.length / made.length.sum()
    d = [share[made.periods >= g].sum() for g in (3, 6)]
    n = made.mass
    raw = {
        ("treated v untreated", 3.0, np.inf): n[0] * n[2] * d[0] * (1 - d[0]),
        ("treated v untreated", 6.0, np.inf): n[1] * n[2] * d[1] * (1 - d[1]),
        ("earlier v later treated", 3.0, 6.0): n[0] * n[1] * (1 - d[0]) * (d[0] - d[1]),
        ("later v earlier treated", 6.0, 3.0): n[0] * n[1] * d[1] * (d[0] - d[1]),
    }
    assert found.keys() == raw.keys()
    for key, weight in raw.items():
        assert found[key].weight == pytest.approx(weight / sum(raw.values()))


def test_always_treated_are_controls_of_their_own_kind():
    kinds = {(one.kind, one.treated, one.control) for one in bacon(panel([0, 4]))}
    assert kinds == {("later v always treated", 4.0, 0.0)}


def test_treatment_that_does_not_vary_has_no_comparison():
    assert bacon(panel([np.inf])) == ()
