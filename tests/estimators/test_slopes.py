"""Interactions and group trends: every route equals dense least squares on the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.estimators import triple_difference, twfe, twfe_event_study
from evaluation.spec.variance import Inference


@pytest.fixture
def panel(samples):
    """A did panel with an unbalanced share of units in groups, weights and a risk."""
    data = samples.make("did")
    generator = np.random.default_rng(8)
    risk = np.repeat(generator.uniform(0.1, 0.9, 120), 8)
    rows = np.flatnonzero(generator.random(data.n_obs) < 0.9)
    data = replace(data, columns=data.columns.assign(risk=risk, post_x=data.post))
    from evaluation.estimators._subset import subset

    return subset(replace(data, weight=generator.uniform(0.5, 2.0, data.n_obs)), rows)


def dense(data, blocks, y=None, drop=None):
    """Return coefficients of weighted least squares on dense columns, shortest solution."""
    keep = slice(None) if drop is None else ~drop
    x = np.column_stack(blocks)[keep]
    root = np.sqrt(data.weight)[keep]
    y = data.y[keep]
    return np.linalg.lstsq(x * root[:, None], y * root, rcond=1e-11)[0]


def dummies(codes, values=None):
    block = pd.get_dummies(pd.Series(codes)).to_numpy(float)
    return block if values is None else block * np.asarray(values)[:, None]


def jackknife(data, blocks, take):
    group = data.columns["group"].to_numpy()
    whole = take(dense(data, blocks))
    left = np.array([take(dense(data, blocks, drop=group == g)) for g in np.unique(group)])
    clusters = len(left)
    away = left - whole
    return whole, (clusters - 1) / clusters * away.T @ away


def risk_blocks(data, effects, centre):
    dose = data.treated * data.post
    p = data.columns["risk"].to_numpy() - centre
    blocks = [dose, dose * p, p, data.treated, data.post, data.treated * p, data.post * p]
    for name in effects:
        codes = data.columns[name]
        blocks += [dummies(codes), dummies(codes, p)]
    return np.column_stack([b if b.ndim > 1 else b[:, None] for b in blocks])


CR3 = Inference(("group",), "cr3")


@pytest.mark.parametrize("effects", [(), ("group",), ("period",), ("group", "period")])
def test_interactions_equal_dense_least_squares_and_its_jackknife(samples, panel, effects) -> None:
    dose = panel.weight * panel.treated * panel.post
    centre = float(dose @ panel.columns["risk"] / dose.sum())
    blocks = [np.ones((panel.n_obs, 1)), risk_blocks(panel, effects, centre)]
    whole, covariance = jackknife(panel, blocks, lambda beta: beta[1:3])
    setting = samples.setting(twfe, "did", interact=("risk",), fixed_effects=effects, inference=CR3)
    found = twfe.fit(panel, setting)
    assert [one.term for one in found.terms] == ["", "× risk", "at risk = 0"]
    assert np.allclose([t.estimate for t in found.terms[:2]], whole, rtol=1e-8, atol=1e-10)
    assert found.terms[2].estimate == pytest.approx(whole[0] - centre * whole[1], rel=1e-8)
    assert np.allclose(found.covariance[:2, :2], covariance, rtol=1e-7)
    cr1 = twfe.fit(panel, replace(setting, inference=Inference(("group",), "cr1")))
    assert np.allclose([t.estimate for t in cr1.terms[:2]], whole, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("effects", [("period",), ("unit", "period"), ("group", "period")])
def test_trends_by_group_are_absorbed_exactly(samples, panel, effects) -> None:
    dose = panel.treated * panel.post
    group, period = panel.columns["group"], panel.period - 3.5
    blocks = [dose, panel.treated, panel.post, dummies(group), dummies(group, period)]
    blocks += [dummies(panel.columns[name]) for name in effects]
    blocks = [np.column_stack([b if b.ndim > 1 else b[:, None] for b in blocks])]
    whole, covariance = jackknife(panel, blocks, lambda beta: beta[:1])
    setting = samples.setting(
        twfe, "did", group_trends="group", fixed_effects=effects, inference=CR3
    )
    found = twfe.fit(panel, setting)
    assert found.terms[0].estimate == pytest.approx(whole[0], rel=1e-8)
    assert found.terms[0].std_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-7)
    cr1 = twfe.fit(panel, replace(setting, inference=Inference(("group",), "cr1")))
    assert cr1.terms[0].estimate == pytest.approx(whole[0], rel=1e-8)
    details = {name: value for term, name, value in found.details if term == ""}
    beside = next(v for t, n, v in found.details if n == "cr1_std_error")
    assert cr1.terms[0].std_error == pytest.approx(beside, rel=1e-8)
    assert details["cr1_small_sample_factor"] == pytest.approx(
        next(v for _, n, v in cr1.details if n == "small_sample_factor"), rel=1e-12
    )


def test_parameters_of_slopes_are_counted_where_they_are_not_nested(samples, panel) -> None:
    def k(effects, rule, **keys):
        inference = Inference(("group",), "cr1", fixed_effects=rule)
        made = samples.setting(twfe, "did", fixed_effects=effects, inference=inference, **keys)
        return next(v for _, n, v in twfe.fit(panel, made).details if n == "parameters")

    # Full rank of the dense matrix, columns of interest included.
    centre = 0.4
    blocks = np.column_stack(
        [np.ones(panel.n_obs), risk_blocks(panel, ("group", "period"), centre)]
    )
    rank = np.linalg.matrix_rank(blocks, tol=1e-8)
    assert k(("group", "period"), "full", interact=("risk",)) == rank
    # Ten groups are clusters: their effects and slopes are free.
    nested = k(("group", "period"), "nested", interact=("risk",))
    assert nested == rank - 9 - 9
    assert k(("group", "period"), "none", interact=("risk",)) == 4
    plain = k(("group", "period"), "nested")
    # Period effects hold the common trend, and the groups are clusters.
    assert k(("group", "period"), "nested", group_trends="group") == plain
    trends = [np.ones(panel.n_obs), panel.treated * panel.post, panel.treated, panel.post]
    trends += [dummies(panel.columns["group"], panel.period - 3.5)]
    trends += [dummies(panel.columns[name]) for name in ("group", "period")]
    whole = np.column_stack([b if b.ndim > 1 else b[:, None] for b in trends])
    assert k(("group", "period"), "full", group_trends="group") == np.linalg.matrix_rank(whole)


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
def test_event_study_with_interactions_trends_and_average(samples, panel, variance) -> None:
    times = sorted(set(panel.event_time.astype(int)) - {-1})
    after = np.isin(panel.event_time, [t for t in times if t >= 0]) * panel.treated
    p = panel.columns["risk"].to_numpy()
    p = p - np.average(p, weights=panel.weight * after)
    events = np.column_stack([(panel.event_time == t) * panel.treated for t in times])
    group, period = panel.columns["group"], panel.period
    effects = [dummies(group), dummies(group, p), dummies(period), dummies(period, p)]
    more = [dummies(group, period - 3.5), panel.treated[:, None], (panel.treated * p)[:, None]]
    blocks = [np.column_stack([events, events * p[:, None], p[:, None], *effects, *more])]
    count = len(times)
    whole, covariance = jackknife(panel, blocks, lambda beta: beta[: 2 * count])
    options = twfe_event_study.Options(average=True)
    setting = samples.setting(
        twfe_event_study, "did", fixed_effects=("group",), interact=("risk",), options=options,
        group_trends="group", inference=Inference(("group",), variance),
    )  # fmt: skip
    found = twfe_event_study.fit(panel, setting)
    assert [t.event_time for t in found.terms[:count]] == times
    assert found.terms[count].term == "average"
    estimates = np.array([t.estimate for t in found.terms])
    own = [*range(count), *range(count + 1, 2 * count + 1)]
    assert np.allclose(estimates[own], whole, rtol=1e-7, atol=1e-9)
    post = [j for j, t in enumerate(times) if t >= 0]
    assert estimates[count] == pytest.approx(whole[post].mean(), rel=1e-8)
    if variance == "cr3":
        assert np.allclose(found.covariance[np.ix_(own, own)], covariance, rtol=1e-6, atol=1e-12)
        error = np.sqrt(covariance[np.ix_(post, post)].mean())
        assert found.terms[count].std_error == pytest.approx(error, rel=1e-7)


def test_triple_difference_takes_interactions(samples, panel) -> None:
    t, q, h = panel.treated, panel.post, panel.third
    p = panel.columns["risk"].to_numpy()
    p = p - np.average(p, weights=panel.weight * t * q * h)
    main = np.column_stack([t, q, h, t * q, t * h, q * h])
    effects = [dummies(panel.columns["group"]), dummies(panel.columns["group"], p)]
    blocks = [np.column_stack([t * q * h, t * q * h * p, main, main * p[:, None], p, *effects])]
    whole, covariance = jackknife(panel, blocks, lambda beta: beta[:2])
    setting = samples.setting(
        triple_difference, "did", fixed_effects=("group",), interact=("risk",), inference=CR3
    )
    found = triple_difference.fit(panel, setting)
    assert np.allclose([one.estimate for one in found.terms[:2]], whole, rtol=1e-8)
    assert np.allclose(found.covariance[:2, :2], covariance, rtol=1e-7)
