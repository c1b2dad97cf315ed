"""Adjusted p-values, against other programs and by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.inference.multiplicity import benjamini_hochberg, holm, romano_wolf
from evaluation.inference.resampled import centred, refitted
from evaluation.inference.shared_draws import WEIGHTS, shared_draws

P_VALUES = arrays(np.float64, st.integers(1, 12), elements=st.floats(0.0, 1.0))


@pytest.mark.parametrize(("ours", "theirs"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
@settings(max_examples=25, deadline=None)
@given(p_values=P_VALUES)
def test_as_statsmodels(ours, theirs, p_values):
    wanted = multipletests(p_values, method=theirs)[1]
    np.testing.assert_allclose(ours(p_values), wanted, rtol=1e-12, atol=1e-300)


CLUSTERS, DRAWS, SEED = 9, 40, 7


@dataclass
class Regression:
    """A clustered regression of which every cluster's rows are at hand."""

    rows: list[np.ndarray]
    y: list[np.ndarray]

    def beta(self, without: int | None = None, y: list[np.ndarray] | None = None) -> np.ndarray:
        kept = [g for g in range(len(self.rows)) if g != without]
        own = self.y if y is None else y
        x, y = np.vstack([self.rows[g] for g in kept]), np.concatenate([own[g] for g in kept])
        return np.linalg.solve(x.T @ x, x.T @ y)

    def ratio(self, y: list[np.ndarray], true: float, jackknife: bool) -> float:
        """Return the t-ratio of the second coefficient, from its definition."""
        beta, total = self.beta(y=y), len(self.rows)
        if jackknife:
            away = [(self.beta(g, y) - beta)[1] for g in range(total)]
            variance = (total - 1) / total * sum(one**2 for one in away)
        else:
            bread = np.linalg.inv(sum(x.T @ x for x in self.rows))
            scores = [x.T @ (own - x @ beta) for x, own in zip(self.rows, y, strict=True)]
            variance = FACTOR * sum(float((bread @ one)[1]) ** 2 for one in scores)
        return float((beta[1] - true) / variance**0.5)

    def moments(self) -> ClusterMoments:
        gram = np.array([x.T @ x for x in self.rows])
        moment = np.array([x.T @ y for x, y in zip(self.rows, self.y, strict=True)])
        return ClusterMoments(gram, moment, self.beta(), np.array([1]), ("",), FACTOR)


FACTOR = 1.3


def regressions() -> list[tuple[Regression, np.ndarray]]:
    """Return two regressions of unequal clusters, the second without the first cluster."""
    generator = np.random.default_rng(11)
    shocks = generator.normal(size=CLUSTERS)
    found = []
    for places in (np.arange(CLUSTERS), np.arange(1, CLUSTERS)):
        rows, y = [], []
        for g in places:
            n = 4 + 3 * int(g)
            x = np.column_stack([np.ones(n), generator.normal(size=n) + g % 2])
            rows.append(x)
            y.append(0.4 * x[:, 1] + shocks[g] + generator.normal(size=n))
        found.append((Regression(rows, y), places))
    return found


@pytest.mark.parametrize("weights", sorted(WEIGHTS))
@pytest.mark.parametrize("jackknife", [True, False])
def test_draws_are_regressions_fitted_anew(weights, jackknife):
    drawn = WEIGHTS[weights](np.random.default_rng(SEED), (DRAWS, CLUSTERS))
    wanted = np.empty((DRAWS, 2))
    shared = []
    for at, (one, places) in enumerate(regressions()):
        beta = one.beta()
        for b in range(DRAWS):
            fitted = [x @ beta for x in one.rows]
            y = [
                f + drawn[b, g] * (own - f) for f, own, g in zip(fitted, one.y, places, strict=True)
            ]
            wanted[b, at] = one.ratio(y, beta[1], jackknife)
        shared.append((refitted(one.moments(), 1, jackknife=jackknife), places))
    found = shared_draws(shared, CLUSTERS, DRAWS, SEED, weights)
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-12)
    ratios = np.array([2.1, -1.4])
    np.testing.assert_array_equal(romano_wolf(ratios, found), brute_romano_wolf(ratios, wanted))


def by_influence(scores):
    every = np.arange(len(scores))
    return [(centred(scores[:, at]), every) for at in range(scores.shape[1])], len(scores)


def test_draws_from_influences_are_those_of_a_mean():
    generator = np.random.default_rng(3)
    values = generator.normal(size=(12, 2)) * generator.exponential(size=(12, 1))
    scores = (values - values.mean(axis=0)) / len(values)
    drawn = WEIGHTS["webb"](np.random.default_rng(SEED), (DRAWS, 12))
    found = shared_draws(*by_influence(scores), DRAWS, SEED, "webb")
    for b in range(DRAWS):
        sample = drawn[b][:, None] * (values - values.mean(axis=0))
        wanted = sample.mean(axis=0) / (sample.std(axis=0, ddof=1) / np.sqrt(12))
        np.testing.assert_allclose(found[b], wanted, rtol=1e-9)


def brute_romano_wolf(ratios, draws):
    """Return the step-down as its authors write it: drop the largest, look at the rest again."""
    left, adjusted, before = list(range(len(ratios))), {}, 0.0
    while left:
        first = max(left, key=lambda j: abs(ratios[j]))
        beyond = sum(max(abs(row[j]) for j in left) >= abs(ratios[first]) for row in draws)
        before = adjusted[first] = max(before, (1 + beyond) / (1 + len(draws)))
        left.remove(first)
    return np.array([adjusted[j] for j in range(len(ratios))])


def test_five_hypotheses_step_down_as_their_authors_write_it():
    generator = np.random.default_rng(8)
    draws, ratios = generator.normal(size=(199, 5)), np.array([0.3, -2.6, 2.6, 1.1, -1.9])
    np.testing.assert_array_equal(romano_wolf(ratios, draws), brute_romano_wolf(ratios, draws))
    assert (
        romano_wolf(ratios[:1], draws[:, :1])[0] == (1 + np.sum(np.abs(draws[:, 0]) >= 0.3)) / 200
    )


def test_equal_hypotheses_cost_nothing_and_independent_ones_as_much_as_sidak():
    generator = np.random.default_rng(0)
    one = generator.normal(size=(400, 1))
    alone = romano_wolf(np.array([2.0]), shared_draws(*by_influence(one), 1999, 1, "webb"))
    draws = shared_draws(*by_influence(np.repeat(one, 5, axis=1)), 1999, 1, "webb")
    np.testing.assert_allclose(romano_wolf(np.full(5, 2.0), draws), alone[0], rtol=1e-9)
    apart = shared_draws(*by_influence(generator.normal(size=(400, 5))), 1999, 1, "webb")
    smallest = romano_wolf(np.array([2.0, 0.1, 0.2, 0.3, 0.4]), apart)[0]
    assert smallest == pytest.approx(1 - (1 - 0.0455) ** 5, abs=0.03)


@pytest.mark.parametrize("weights", sorted(WEIGHTS))
def test_weights_have_mean_zero_and_variance_one(weights):
    drawn = WEIGHTS[weights](np.random.default_rng(5), (400, 500))
    assert drawn.mean() == pytest.approx(0.0, abs=0.01)
    assert drawn.var() == pytest.approx(1.0, abs=0.01)


def test_draws_do_not_hang_on_how_many_are_made_at_a_time(monkeypatch):
    estimates = [(refitted(one.moments(), 1, jackknife=True), at) for one, at in regressions()]
    whole = shared_draws(estimates, CLUSTERS, 50, 3, "rademacher")
    monkeypatch.setattr("evaluation.inference.shared_draws.AT_ONCE", CLUSTERS * 7)
    parts = shared_draws(estimates, CLUSTERS, 50, 3, "rademacher")
    np.testing.assert_allclose(parts, whole, rtol=1e-9)
