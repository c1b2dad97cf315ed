"""What least squares on cells is made of: sweeping, merging, nesting, moments, subsets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.moments import Within
from evaluation.errors import DataError
from evaluation.estimators import _regression, _sweep, twfe, twfe_event_study
from evaluation.estimators._subset import subset
from evaluation.inference.pair_variance import pair_covariance
from evaluation.spec.variance import Inference

KEY = ("period", "treated", "post", "event_time", "group", "region")


def did(samples, cluster=("group",), variance="cr1", rule="nested", module=twfe, **changes):
    inference = Inference(cluster, variance, rule)
    return samples.setting(module, "did", inference=inference, **changes)


@given(seed=st.integers(0, 10_000), effects=st.integers(1, 3), weighted=st.booleans())
def test_sweeping_is_the_projection_on_indicators(seed, effects, weighted):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(5, 60))
    codes = {
        f"e{j}": np.unique(generator.integers(0, levels, n), return_inverse=True)[1]
        for j, levels in enumerate((25, 6, 3)[:effects])
    }
    weight = generator.uniform(0.1, 3, n) if weighted else np.ones(n)
    columns = generator.normal(size=(n, 3)) * [1, 1e6, 1e-6]
    columns[:, 0] += 1e3 * codes["e0"]
    found = _sweep.swept(columns, codes, weight)
    root = np.sqrt(weight)[:, None]
    dummies = np.column_stack([np.eye(int(c.max()) + 1)[c] for c in codes.values()]) * root
    wanted = columns - dummies @ np.linalg.lstsq(dummies, columns * root, rcond=None)[0] / root
    scale = np.abs(columns).max(axis=0)
    assert np.all(np.abs(found - wanted) <= 1e-11 * scale)


def test_sweeping_by_rounds_agrees(monkeypatch, by_hand):
    data = by_hand.panel(4, weighted=True)
    codes = {"unit": data.unit, "period": data.period, "group": data.columns["group"].to_numpy()}
    codes["unit"] = np.unique(codes["unit"], return_inverse=True)[1]
    columns = np.column_stack([data.y, data.treated * data.post])
    exact = _sweep.swept(columns, codes, data.weight)
    monkeypatch.setattr(_sweep, "LARGEST_DENSE", 5)
    assert np.allclose(_sweep.swept(columns, codes, data.weight), exact, atol=1e-7)


def test_no_convergence_is_an_error(monkeypatch, by_hand):
    from evaluation.errors import EstimationError

    data = by_hand.panel(4)
    codes = {"unit": np.unique(data.unit, return_inverse=True)[1], "period": data.period}
    monkeypatch.setattr(_sweep, "LARGEST_DENSE", 1)
    monkeypatch.setattr(_sweep, "DEMEAN_ITERATIONS", 1)
    with pytest.raises(EstimationError, match="did not converge in 1 rounds"):
        _sweep.swept(data.y[:, None], codes, np.ones(data.n_obs))


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("weighted", [False, True])
def test_finer_cells_are_merged(samples, by_hand, monkeypatch, variance, weighted):
    data = by_hand.panel(6, weighted, units=400)
    cells = by_hand.cells(data, (*KEY, "female", "schooling", "z"), ("x",))
    sizes = []

    def spy(problem, original=_regression.compressed):
        made = original(problem)
        sizes.append((len(problem.y), len(made.y)))
        return made

    monkeypatch.setattr(_regression, "compressed", spy)
    setting = did(samples, variance=variance, controls=("x",), fixed_effects=("group", "period"))
    rows, found = twfe.fit(data, setting), twfe.fit(cells, setting)
    by_hand.agree(rows, found)
    assert sizes[1][1] < sizes[1][0] / 2


@pytest.mark.parametrize("rule", ["full", "nested", "none"])
@pytest.mark.parametrize("effects", [("group", "period"), ("region",), ("group",)])
@pytest.mark.parametrize("cluster", [("region",), ("house",), ("house", "unit")])
def test_nesting_in_clusters_of_a_second_pass(samples, by_hand, rule, effects, cluster):
    data = by_hand.panel(7, groups=12)
    cells = by_hand.cells(data, ("period", "treated", "post", *effects))
    setting = did(samples, cluster, rule=rule, fixed_effects=effects)
    by_hand.agree(twfe.fit(data, setting), twfe.fit(cells, setting))


@pytest.mark.parametrize("treated", [1, 3])
def test_few_treated_clusters_of_a_second_pass_are_counted(samples, by_hand, treated):
    data = by_hand.panel(8)
    data = replace(data, treated=(data.columns.house < treated).to_numpy(float))
    cells = by_hand.cells(data, ("period", "treated", "post", "group"))
    setting = did(samples, ("house",))
    rows = twfe.fit(data, setting)
    by_hand.agree(rows, twfe.fit(cells, setting))
    assert any("treated cluster" in text for text in rows.warnings)
    assert (rows.terms[0].std_error is None) == (treated == 1)


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("module", [twfe, twfe_event_study])
def test_moments_make_the_fit_again(samples, by_hand, variance, module):
    data = by_hand.panel(9, weighted=True)
    cells = by_hand.cells(data, KEY, ("x",))
    setting = did(
        samples,
        variance=variance,
        module=module,
        controls=("x",),
        fixed_effects=("group", "period"),
    )
    assert module.fit(cells, setting).moments is None
    asked = replace(setting, evidence=frozenset({"moments"}))
    rows, found = module.fit(data, asked), module.fit(cells, asked)
    plain = module.fit(
        cells, did(samples, module=module, controls=("x",), fixed_effects=("group", "period"))
    )
    for moments in (rows.moments, found.moments):
        assert moments.labels == tuple(term.label for term in found.terms)
        estimates = moments.beta[moments.interest]
        assert estimates == pytest.approx([t.estimate for t in found.terms], rel=1e-9)
        scores, bread = moments.scores(), moments.bread()
        covariance = moments.factor * bread @ scores.T @ scores @ bread
        errors = np.sqrt(np.diag(covariance))[moments.interest]
        assert errors == pytest.approx([t.std_error for t in plain.terms], rel=5e-9)
    two = did(samples, ("group", "period"), controls=("x",))
    two = replace(two, evidence=frozenset({"moments"}))
    assert twfe.fit(cells, two).moments is None


def test_without_rows_in_reach_the_reason_is_given(samples, by_hand):
    data = by_hand.panel(10)
    cells = by_hand.cells(data, KEY, ("x",), second_pass=False)
    for cluster, variance, said in (
        (("house",), "cr1", "cluster house"),
        (("group", "house"), "cr1", "cluster house"),
        ((), "hc1", "by row"),
    ):
        setting = did(samples, cluster, variance, controls=("x",))
        with pytest.raises(NeedsRows, match=said):
            twfe.fit(cells, setting)
    far = did(samples, ("house",), "cr3")
    with pytest.raises(DataError, match="no cell is made of cluster house"):
        twfe.fit(by_hand.cells(data, KEY), far)
    types = by_hand.types(data, ("treated", "post"), "unit")
    setting = did(samples, ("unit",), fixed_effects=("unit", "period"))
    with pytest.raises(NeedsRows, match="cluster unit"):
        twfe.fit(replace(types, second_pass=None), setting)


def test_weights_that_sum_to_the_rows_are_still_weights(samples, by_hand):
    """Row-wise variances of a weighted panel never come from cells alone."""
    data = by_hand.panel(11)
    cells = by_hand.cells(data, KEY, second_pass=False)
    setting = did(samples, (), "hc1")
    by_hand.agree(twfe.fit(data, setting), twfe.fit(cells, setting))
    with pytest.raises(NeedsRows, match="weights"):
        twfe.fit(replace(cells, weighted=True), setting)


def test_a_control_may_be_called_like_the_outcome(samples, by_hand):
    data = by_hand.panel(12)
    data = replace(data, columns=data.columns.rename(columns={"x": "y"}))
    cells = by_hand.cells(data, KEY, ("y",))
    setting = did(samples, controls=("y",), fixed_effects=("group",))
    by_hand.agree(twfe.fit(data, setting), twfe.fit(cells, setting))


def test_an_outcome_that_varies_inside_cells_only_is_no_constant(samples, by_hand):
    data = by_hand.panel(13)
    cells = by_hand.cells(data, ("period", "treated", "post", "group"), second_pass=False)
    flat = replace(cells, y=np.zeros(cells.entries))
    assert twfe.fit(flat, did(samples, (), "iid")).terms[0].std_error > 0
    still = replace(flat, within=Within(("y",), np.zeros((cells.entries, 1, 1))))
    with pytest.raises(DataError, match=f"one value in all {data.n_obs} rows"):
        twfe.fit(still, did(samples, (), "iid"))


@pytest.mark.parametrize("module", [twfe_event_study])
@pytest.mark.parametrize("cluster", [("group",), ("unit",)])
def test_some_of_the_cells(samples, by_hand, module, cluster):
    data = by_hand.panel(14, units=200)
    cells = by_hand.cells(data, KEY, ("x",))
    setting = did(
        samples,
        cluster,
        module=module,
        controls=("x",),
        fixed_effects=("group",),
        options=module.Options(event_window=(-2, 1), event_ends="drop"),
    )
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


def test_units_of_whole_periods_are_known(by_hand, samples):
    data = samples.make("did")
    cells = by_hand.cells(data, ("period", "treated", "post", "event_time", "group"))
    early = subset(cells, np.flatnonzero(cells.period < 5))
    assert (early.units, early.complete) == (data.n_units, True)
    few = subset(cells, np.flatnonzero(cells.columns["group"].to_numpy() < 5))
    assert (few.units, few.complete) == (None, None)
    assert few.n_obs == int((data.columns["group"] < 5).sum())


def test_pairs_equal_sums_over_units():
    generator = np.random.default_rng(0)
    units, points = 50, 7
    values = generator.normal(size=(units, 3, points)) * (
        generator.random((units, 1, points)) < 0.6
    )
    influence = generator.normal(size=(4, 3, points))
    products = np.einsum("iva,iwb->vwab", values, values)
    score = np.einsum("jva,iva->ij", influence, values)
    assert np.allclose(pair_covariance(products, influence), score.T @ score, rtol=1e-12)
