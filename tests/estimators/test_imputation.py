"""Imputation against did2s, weights written out and its own rules."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError
from evaluation.estimators import imputation, twfe
from evaluation.spec.variance import Inference


def some(data, rows):
    names = ("y", "unit", "period", "cohort", "event_time", "weight", "treated", "post")
    changed = {n: getattr(data, n)[rows] for n in names if getattr(data, n) is not None}
    return replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)


def uneven(samples, weighted=False):
    """Return an unbalanced panel in which treatment effects grow, and a control moves."""
    data = samples.make("staggered_did")
    generator = np.random.default_rng(4)
    data = some(data, np.flatnonzero(generator.random(data.n_obs) < 0.85))
    x = generator.normal(size=data.n_obs) + 0.2 * data.period
    since = np.where(np.isfinite(data.cohort), data.period - data.cohort, -1)
    return replace(
        data,
        y=data.y + 0.5 * x + 0.3 * np.maximum(since, 0.0),
        columns=data.columns.assign(x=x),
        weight=generator.uniform(0.5, 2.0, data.n_obs) if weighted else None,
    )


def setting_of(samples, kind="staggered_did", variance="cr1", **changes):
    return samples.setting(
        imputation,
        kind,
        estimand=changes.pop("estimand", "att"),
        options=imputation.Options(**changes.pop("options", {})),
        inference=changes.pop("inference", Inference(("group",), variance)),
        design={"unbalanced": "keep", **changes.pop("design", {})},
        **changes,
    )


@pytest.mark.parametrize("controls", [(), ("x",)])
def test_did2s(samples, controls):
    """Its error takes effects about the average, as estimated shares do, and has no G / (G - 1)."""
    import pyfixest as pf

    data = samples.make("staggered_did")
    x = np.random.default_rng(1).normal(size=data.n_obs)
    columns = data.columns.assign(x=x)
    data = replace(data, columns=columns, y=data.y + 0.5 * x)
    frame = columns.assign(y=data.y, treat=data.period >= data.cohort)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = pf.did2s(
            frame,
            yname="y",
            # One absorbed effect is taken out exactly, two to a fixed 1e-6.
            first_stage=f"~{'x + ' if controls else ''}C(period) | unit",
            second_stage="~i(treat, ref=False)",
            treatment="treat",
            cluster="group",
        )
    setting = setting_of(samples, fixed_effects=("unit", "period"), controls=controls)
    (term,) = imputation.fit(data, setting).terms
    assert term.estimate == pytest.approx(float(fitted.coef().iloc[0]), abs=1e-9)
    assert term.std_error == pytest.approx(float(fitted.se().iloc[0]) * np.sqrt(10 / 9), rel=1e-8)


def written_out(data, effects, controls, chosen, shares, block):
    """Return an average of imputed effects and the influences on it, all matrices dense."""
    weight = np.ones(data.n_obs) if data.weight is None else data.weight
    untreated = data.period < data.cohort
    z = np.column_stack(
        [
            *(pd.get_dummies(codes).to_numpy(float) for codes in effects),
            *(data.columns[name].to_numpy(float) for name in controls),
        ]
    )
    inverse = np.linalg.pinv(z[untreated].T @ (weight[untreated, None] * z[untreated]), rcond=1e-11)
    gamma = inverse @ (z[untreated].T @ (weight * data.y)[untreated])
    gap = data.y - z @ gamma
    own = np.where(chosen & ~untreated, weight, 0.0)
    own = own / own.sum()
    value = own @ gap
    if shares == "estimated":
        about = np.full(len(gap), value)
    else:
        key = [data.cohort, data.period]
        sums = [pd.Series(v).groupby(key).transform("sum") for v in (weight * gap, weight)]
        about = (sums[0] / sums[1]).to_numpy()
    moved = own * (gap - about) - untreated * weight * gap * (z @ (inverse @ (z.T @ own)))
    return value, np.bincount(block, moved)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shares", ["estimated", "fixed"])
@pytest.mark.parametrize("effects", [("unit", "period"), ("group", "period")])
@pytest.mark.parametrize("controls", [(), ("x",)])
def test_weights_written_out(samples, weighted, shares, effects, controls):
    data = uneven(samples, weighted)
    setting = setting_of(
        samples,
        fixed_effects=effects,
        controls=controls,
        options={"shares": shares, "aggregate": ("event_time",)},
    )
    found = imputation.fit(data, setting)
    codes = [data.columns[name] for name in effects] + ([] if "unit" in effects else [data.cohort])
    block = data.columns["group"].to_numpy()
    for term in found.terms:
        chosen = np.ones(data.n_obs, dtype=bool)
        if term.event_time is not None:
            chosen = data.period - data.cohort == term.event_time
        value, moved = written_out(data, codes, controls, chosen, shares, block)
        assert term.estimate == pytest.approx(value, abs=1e-10)
        assert term.std_error == pytest.approx(np.sqrt(10 / 9 * np.sum(moved**2)), rel=1e-9)


def test_units_are_clusters_where_none_is_named(samples):
    data = uneven(samples)
    alone = setting_of(samples, inference=Inference((), "hc1"), fixed_effects=("unit", "period"))
    named = replace(alone, inference=Inference(("unit",), "cr1"))
    options = imputation.Options(leads=2, aggregate=("event_time",))
    one, other = (
        imputation.fit(data, replace(setting, options=options)) for setting in (alone, named)
    )
    assert np.array_equal(one.covariance, other.covariance)
    assert (one.n_clusters, other.n_clusters) == (None, 120)


def test_leads_are_those_of_untreated_rows(samples):
    """Least squares with indicators of the last event times before treatment, written out."""
    data = uneven(samples)
    setting = setting_of(
        samples,
        estimand="att_by_event_time",
        fixed_effects=("unit", "period"),
        options={"leads": 2, "aggregate": ("simple",)},
    )
    found = imputation.fit(data, setting)
    assert [term.event_time for term in found.terms][:4] == [None, -2, -1, 0]
    rows = data.period < data.cohort
    since = (data.period - data.cohort)[rows]
    x = np.column_stack(
        [
            *((since == e) * 1.0 for e in (-2, -1)),
            pd.get_dummies(data.unit[rows]).to_numpy(float),
            pd.get_dummies(data.period[rows]).to_numpy(float),
        ]
    )
    y = data.y[rows]
    inverse = np.linalg.pinv(x.T @ x, rcond=1e-11)
    beta = inverse @ (x.T @ y)
    scores = x * (y - x @ beta)[:, None]
    group = data.columns["group"].to_numpy()[rows]
    sums = np.array([scores[group == g].sum(axis=0) for g in np.unique(group)])
    covariance = 10 / 9 * (inverse @ sums.T @ sums @ inverse)[:2, :2]
    for at, term in enumerate(found.terms[1:3]):
        assert term.estimate == pytest.approx(beta[at], abs=1e-10)
    assert np.allclose(found.covariance[1:3, 1:3], covariance, rtol=1e-9)
    details = {name: value for term, name, value in found.details if term == ""}
    assert (details["pre_coefficients"], details["reference"]) == ("imputation", -3)
    # Imputed effects are what they are without leads.
    plain = replace(setting, options=imputation.Options(aggregate=("simple",)))
    assert imputation.fit(data, plain).terms == found.terms[:1] + found.terms[3:]
    with pytest.raises(DataError, match="before the 6 event times"):
        imputation.fit(data, replace(setting, options=imputation.Options(leads=6)))


def test_periods_in_which_all_are_treated_are_left_out(samples):
    data = samples.make("staggered_did")
    data = replace(data, cohort=np.where(np.isinf(data.cohort), 6.0, data.cohort))
    setting = setting_of(samples, options={"aggregate": ("period", "event_time")})
    found = imputation.fit(data, setting)
    assert "240 treated rows cannot be imputed" in found.warnings[0]
    assert [term.period for term in found.terms if term.period] == ["p3", "p4", "p5"]
    fewer = imputation.fit(some(data, np.flatnonzero(data.period < 6)), setting)
    for one, other in zip(found.terms, fewer.terms, strict=True):
        assert one.estimate == pytest.approx(other.estimate, abs=1e-12)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)


def test_a_unit_never_seen_untreated_is_left_out(samples):
    data = samples.make("staggered_did")
    lost = (data.unit == 20) & (data.period < 3)
    assert data.cohort[data.unit == 20][0] == 3.0
    data = some(data, np.flatnonzero(~lost))
    setting = setting_of(samples, fixed_effects=("unit", "period"))
    found = imputation.fit(data, setting)
    assert "5 treated rows cannot be imputed" in found.warnings[0]
    whole = imputation.fit(some(data, np.flatnonzero(data.unit != 20)), setting)
    assert found.terms[0].estimate == pytest.approx(whole.terms[0].estimate, abs=1e-12)
    assert found.terms[0].std_error == pytest.approx(whole.terms[0].std_error, rel=1e-9)


def test_anticipated_rows_are_neither_controls_nor_effects(samples):
    data = uneven(samples)
    setting = setting_of(
        samples, design={"anticipation": 1}, options={"aggregate": ("event_time",)}
    )
    found = imputation.fit(data, setting)
    assert [term.event_time for term in found.terms] == [None, *range(-1, 5)]
    wild = replace(data, y=data.y + 100.0 * (data.period == data.cohort - 1))
    moved = imputation.fit(wild, setting)
    for one, other in zip(found.terms, moved.terms, strict=True):
        shift = 100.0 * (one.event_time == -1)
        assert other.estimate == pytest.approx(one.estimate + shift, abs=1e-10)


@pytest.mark.parametrize("estimand", ["att", "att_relative"])
def test_two_groups_and_two_periods(samples, estimand):
    """The two-by-two of twfe, whatever the engine of the variance."""
    data = samples.make("did")
    plain = setting_of(samples, "did", estimand=estimand)
    other = twfe.fit(data, samples.setting(twfe, "did", estimand=estimand))
    assert imputation.fit(data, plain).terms[0].estimate == pytest.approx(
        other.terms[0].estimate, abs=1e-12
    )
    undated = replace(data, period=None, event_time=None)
    found = imputation.fit(undated, plain).terms[0]
    assert (found.estimand, found.label) == (estimand, "")
    assert found.estimate == pytest.approx(other.terms[0].estimate, abs=1e-12)


def test_refuses_a_treatment_that_may_switch_off(samples):
    data = samples.make("did")
    data = replace(data, treated=None, post=None, dose=data.treated * data.post)
    with pytest.raises(DataError, match="use estimator = 'switching'"):
        imputation.fit(data, setting_of(samples, "did"))
