"""Influences of clusters are derivatives, and the jackknife is a refit without each cluster."""

from dataclasses import fields, replace

import numpy as np
import pytest

from evaluation.errors import DataError
from evaluation.estimators import extended_twfe, imputation, interaction_weighted, switching
from evaluation.spec.variance import Inference

STEP = 1e-4
MODULES = [interaction_weighted, extended_twfe, imputation, switching]


def some(data, rows):
    changed = {
        item.name: getattr(data, item.name)[rows]
        for item in fields(data)
        if isinstance(getattr(data, item.name), np.ndarray)
    }
    return replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)


def panel(samples, seed=0):
    """Return an unbalanced panel with weights; the last group is never treated."""
    data = samples.make("staggered_did")
    generator = np.random.default_rng(seed)
    data = some(data, np.flatnonzero(generator.random(data.n_obs) < 0.9))
    return replace(data, weight=generator.uniform(0.5, 2.0, data.n_obs))


def setting_of(samples, module, variance="cr1", shares="estimated", **changes):
    given = {
        interaction_weighted: {"aggregate": ("simple", "event_time", "cohort")},
        extended_twfe: {"aggregate": ("simple", "event_time", "cohort", "period")},
        imputation: {"aggregate": ("event_time", "cohort", "period"), "leads": 1},
        switching: {"placebos": 1},
    }[module]
    return samples.setting(
        module,
        "staggered_did",
        estimand=changes.pop("estimand", "att"),
        inference=Inference(("group",), variance),
        options=module.Options(shares=shares, **given),
        design={"unbalanced": "keep", "always_treated": "drop", **changes.pop("design", {})},
        evidence=frozenset({"influence"}),
        **changes,
    )


def estimates(fit):
    return np.array([term.estimate for term in fit.terms])


CASES = [
    (interaction_weighted, {"fixed_effects": ("group", "period"), "controls": ("size",)}),
    (extended_twfe, {"fixed_effects": ("group",)}),
    (extended_twfe, {"design": {"control_group": "not_yet_treated"}}),
    (imputation, {"fixed_effects": ("unit", "period")}),
    (imputation, {"fixed_effects": ("group",), "controls": ("size",)}),
    (switching, {}),
    (switching, {"estimand": "att_by_event_time"}),
]


@pytest.mark.parametrize(("module", "changes"), CASES)
def test_influence_is_the_derivative_by_a_clusters_weight(samples, module, changes):
    data = panel(samples)
    setting = setting_of(samples, module, **changes)
    fit = module.fit(data, setting)
    for at, label in enumerate(fit.influence.labels):
        own = data.columns["group"].to_numpy() == label
        up, down = (
            estimates(module.fit(replace(data, weight=data.weight * (1 + own * step)), setting))
            for step in (STEP, -STEP)
        )
        assert np.allclose((up - down) / (2 * STEP), fit.influence.values[at], atol=1e-6)
    found = fit.influence.factor * fit.influence.values.T @ fit.influence.values
    assert np.allclose(found, fit.covariance, rtol=1e-12)


@pytest.mark.parametrize(("module", "changes"), CASES)
def test_jackknife_is_a_refit_without_each_cluster(samples, module, changes):
    data = panel(samples)
    fit = module.fit(data, setting_of(samples, module, "cr3", **changes))
    group = data.columns["group"].to_numpy()
    labels = np.unique(group)
    plain = setting_of(samples, module, "cr1", **changes)
    left = np.array(
        [estimates(module.fit(some(data, np.flatnonzero(group != g)), plain)) for g in labels]
    )
    changed = left - estimates(fit)
    expected = (len(labels) - 1) / len(labels) * changed.T @ changed
    assert np.allclose(fit.covariance, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("variance", ["cr1", "cr3"])
def test_fixed_shares_leave_out_their_variation(samples, module, variance):
    """Cohorts of whole clusters whose effects differ; one effect by itself has no shares."""
    data = panel(samples)
    cohort = np.array([np.inf, np.inf, 3.0, 5.0, 6.0])[data.columns["group"].to_numpy() % 5]
    data = replace(data, cohort=cohort, y=data.y + 8.0 * (cohort == 3.0) * (data.period >= 3.0))
    free = module.fit(data, setting_of(samples, module, variance))
    fixed = module.fit(data, setting_of(samples, module, variance, "fixed"))
    assert np.array_equal(estimates(free), estimates(fixed))
    assert fixed.terms[0].std_error < 0.7 * free.terms[0].std_error
    single = [
        (one.std_error, other.std_error)
        for one, other in zip(free.terms, fixed.terms, strict=True)
        if one.event_time == 4
    ]
    assert len(single) == (module is not switching)
    for one, other in single:
        assert one == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize("module", MODULES)
def test_one_treated_cluster_has_no_standard_error(samples, module):
    data = samples.make("staggered_did")
    group = data.columns["group"].to_numpy()
    cohort = np.where(group == 0, 4.0, np.inf)
    data = replace(data, cohort=cohort, cohort_labels={4: "p4"})
    fit = module.fit(data, setting_of(samples, module))
    for term in fit.terms:
        lead = module is imputation and (term.event_time or 0) < 0
        assert (term.std_error is None) != lead
    assert any("one treated cluster" in one for one in fit.warnings)
    with pytest.raises(DataError, match="without one of the clusters"):
        module.fit(data, setting_of(samples, module, "cr3"))


@pytest.mark.parametrize("module", MODULES)
def test_refuses_an_unbalanced_panel_without_a_rule(samples, module):
    with pytest.raises(DataError, match="unbalanced"):
        module.fit(panel(samples), setting_of(samples, module, design={"unbalanced": None}))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("rule", ["drop", "keep_as_always"])
def test_units_always_treated_are_no_controls(samples, module, rule):
    """Whatever their outcomes, and whether they stay, no estimate changes."""
    data = samples.make("staggered_did")
    always = data.columns["unit"].to_numpy() % 12 == 1
    wild = np.random.default_rng(3).normal(size=data.n_obs) * 50.0 * always
    data = replace(data, cohort=np.where(always, 0.0, data.cohort), y=data.y + wild)
    setting = setting_of(samples, module, design={"always_treated": rule})
    fit = module.fit(data, setting)
    without = module.fit(some(data, np.flatnonzero(~always)), setting)
    assert np.allclose(estimates(fit), estimates(without), atol=1e-9)
    assert any("treated from the first period on" in one for one in fit.warnings)


@pytest.mark.parametrize("module", MODULES)
def test_says_which_rows_its_averages_are_over(samples, module):
    """Cohorts and periods with an effect: truth is over these."""
    data = samples.make("staggered_did")
    fit = module.fit(data, setting_of(samples, module))
    periods = {3: range(8), 5: range(8), 6: range(8)}
    given = {
        interaction_weighted: lambda g, t: t != g - 1,
        extended_twfe: lambda g, t: t != g - 1,
        imputation: lambda g, t: t >= g,
        switching: lambda g, t: t in (g - 1, g),
    }[module]
    expected = {(f"p{g}", f"p{t}") for g, every in periods.items() for t in every if given(g, t)}
    assert fit.averaged == expected
