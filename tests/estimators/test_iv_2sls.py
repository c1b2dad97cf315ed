"""Two-stage least squares against linearmodels and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS

from evaluation.errors import DataError, EstimationError
from evaluation.estimators import iv_2sls
from evaluation.spec.variance import Inference


@pytest.fixture
def panel(samples):
    data = samples.make("did")
    generator = np.random.default_rng(4)
    n = data.n_obs
    instrument = data.treated * data.post * generator.uniform(0.5, 1.5, n)
    hidden = generator.normal(size=n)
    treatment = ((0.9 * instrument + 0.5 * hidden + generator.normal(size=n)) > 0.6).astype(float)
    y = data.y + 0.7 * treatment + 0.6 * hidden
    return replace(data, y=y, dose=treatment, instrument=instrument)


def dummies(codes):
    return pd.get_dummies(pd.Series(codes), drop_first=True).to_numpy(float)


def library(panel, effects=(), clusters=None, weights=None, controls=None):
    exog = [np.ones((panel.n_obs, 1))]
    exog += [dummies(panel.columns[name]) for name in effects]
    exog += [] if controls is None else [controls]
    model = IV2SLS(
        panel.y, np.column_stack(exog), panel.dose[:, None], panel.instrument[:, None],
        weights=weights,
    )  # fmt: skip
    if clusters is None:
        return model.fit(cov_type="robust", debiased=False)
    return model.fit(cov_type="clustered", clusters=clusters, debiased=False)


@pytest.mark.parametrize("effects", [(), ("group", "period")])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_linearmodels(samples, panel, effects, weighted) -> None:
    weights = np.random.default_rng(1).uniform(0.5, 2.0, panel.n_obs) if weighted else None
    data = replace(panel, weight=weights)
    group = panel.columns["group"].to_numpy()
    wanted = library(panel, effects, group, weights)
    inference = Inference(("group",), "cr1", fixed_effects="none", cluster_factor="none",
                          distribution="normal")  # fmt: skip
    found = iv_2sls.fit(
        data, samples.setting(iv_2sls, "did", fixed_effects=effects, inference=inference)
    )
    (factor,) = [v for _, name, v in found.details if name == "small_sample_factor"]
    effect = found.terms[0]
    assert effect.estimate == pytest.approx(wanted.params.iloc[-1], rel=1e-9)
    assert effect.std_error == pytest.approx(wanted.std_errors.iloc[-1] * np.sqrt(factor), rel=1e-7)
    details = {name: value for _, name, value in found.details}
    first = details["first_stage"]
    assert effect.estimate == pytest.approx(found.terms[1].estimate / first, rel=1e-12)
    stage = wanted.first_stage.diagnostics
    assert details["effective_f"] * factor == pytest.approx(stage["f.stat"].iloc[0], rel=1e-6)
    assert details["effective_f"] == pytest.approx((first / details["first_stage_std_error"]) ** 2)
    assert details["anderson_rubin_shape"] == "interval"
    assert details["anderson_rubin_low"] < effect.estimate < details["anderson_rubin_high"]


def test_rowwise_variance_equals_linearmodels(samples, panel) -> None:
    wanted = library(panel, ("group",))
    inference = Inference((), "hc0", distribution="normal")
    found = iv_2sls.fit(
        panel, samples.setting(iv_2sls, "did", fixed_effects=("group",), inference=inference)
    )
    assert found.terms[0].std_error == pytest.approx(wanted.std_errors.iloc[-1], rel=1e-8)


def test_the_set_is_where_a_regression_of_the_residual_is_not_rejected(samples, panel) -> None:
    for variance in ("cr1", "cr3"):
        setting = samples.setting(iv_2sls, "did", inference=Inference(("group",), variance))
        details = {n: v for _, n, v in iv_2sls.fit(panel, setting).details}
        for end in ("anderson_rubin_low", "anderson_rubin_high"):
            moved = replace(panel, y=panel.y - details[end] * panel.dose)
            reduced = iv_2sls.fit(moved, setting).terms[1]
            assert reduced.p_value == pytest.approx(0.05, rel=1e-6)


def test_what_multiplies_the_instrument_is_controlled_for(samples, panel) -> None:
    risk = np.repeat(np.random.default_rng(3).uniform(size=120), 8)
    data = replace(panel, instrument=panel.instrument * risk, instrument_times=risk)
    setting = samples.setting(iv_2sls, "did", fixed_effects=("group", "period"))
    wanted = library(data, ("group", "period"), controls=risk[:, None])
    found = iv_2sls.fit(data, setting)
    assert found.terms[0].estimate == pytest.approx(wanted.params.iloc[-1], rel=1e-9)


def test_a_weak_instrument_is_said(samples, panel) -> None:
    noise = np.random.default_rng(9).normal(size=panel.n_obs)
    found = iv_2sls.fit(replace(panel, instrument=noise), samples.setting(iv_2sls, "did"))
    assert any("weak instrument" in line for line in found.warnings)


def test_refusals(samples, panel) -> None:
    setting = samples.setting(iv_2sls, "did")
    for name in ("dose", "instrument"):
        with pytest.raises(DataError, match="has one value in all 960 rows"):
            iv_2sls.fit(replace(panel, **{name: np.ones(panel.n_obs)}), setting)
    with pytest.raises(DataError, match=r"an instrument \(design.instrument\)"):
        iv_2sls.fit(replace(panel, instrument=None), setting)
    with pytest.raises(EstimationError, match="first stage: the variance"):
        iv_2sls.fit(replace(panel, instrument=panel.dose), setting)
