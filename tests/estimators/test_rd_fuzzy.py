"""Fuzzy regression discontinuity against rdrobust, brute force, and the sharp bias-aware fit."""

from __future__ import annotations

import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from evaluation.cells.needs import CellNeeds
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators import rd_fuzzy as module
from evaluation.estimators import rd_honest
from evaluation.estimators._cct.combined import combined
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.inference.bias_aware_ratio import Jumps, bias_aware_ratio
from evaluation.inference.weak_instrument import anderson_rubin
from evaluation.spec.variance import Inference

NN = Inference((), "nn", distribution="normal")
HC1 = Inference((), "hc1", distribution="normal")
BY_GROUP = Inference(("group",), "cr1", distribution="normal")
BY_UNIT = Inference(("unit",), "cr1", distribution="normal")
VARIANCES = [NN, HC1, BY_GROUP, BY_UNIT]


def named(found):
    return {key: value for _, key, value in found.details}


def rows(seed=1, units=500, first_stage=0.5):
    """Person-months with a treatment that the side moves."""
    generator = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 4)
    x = (generator.integers(-20, 20, units)[unit] + np.tile(np.arange(4), units)).astype(float)
    lean = generator.normal(size=units)[unit]
    t = (generator.random(len(x)) + 0.1 * lean < 0.2 + first_stage * (x >= 0)).astype(float)
    y = 2 + 0.8 * t + 0.02 * x + lean + generator.normal(size=len(x))
    columns = pd.DataFrame(
        {"unit": unit, "group": unit % 30, "t": t, "z": lean + generator.normal(size=len(x))}
    )
    return ModelData(outcome="y", y=y, columns=columns, unit=unit, running=x, treatment=t)


def asked(samples, inference=HC1, controls=(), side="above", **options):
    design = {"treated_side": side, "treatment": SimpleNamespace(column="t")}
    return samples.setting(
        module,
        "rd",
        module.Options(**options),
        inference=inference,
        controls=controls,
        design=design,
    )


@pytest.mark.parametrize("kernel", ["triangular", "uniform"])
@pytest.mark.parametrize("inference", [NN, HC1])
@pytest.mark.parametrize("order", [1, 2])
def test_equals_rdrobust(samples, kernel, inference, order):
    from rdrobust import rdrobust

    data = rows()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = rdrobust(
            data.y, data.running, fuzzy=data.treatment, kernel=kernel, p=order, h=11, b=15,
            vce=inference.variance,
        )  # fmt: skip
    options = {"kernel": kernel, "order": order, "bandwidth": {"fixed": 11, "bias": 15}}
    found = module.fit(data, asked(samples, inference, **options))
    term, details = found.terms[0], named(found)
    assert term.estimate == pytest.approx(wanted.coef.to_numpy()[0, 0], rel=1e-8)
    assert term.std_error == pytest.approx(wanted.se.to_numpy()[0, 0], rel=1e-8)
    assert (term.conf_low, term.conf_high) == pytest.approx(
        tuple(wanted.ci.to_numpy()[2]), rel=1e-7
    )
    first = np.ravel(wanted.tau_T)[0]
    assert details["first_stage"] == pytest.approx(first, rel=1e-8)
    strength = (first / np.ravel(wanted.se_T)[0]) ** 2
    assert details["effective_f"] == pytest.approx(strength, rel=1e-7)


@pytest.mark.parametrize("inference", VARIANCES)
@pytest.mark.parametrize("controls", [(), ("z",)])
def test_stages_are_sharp_fits(samples, inference, controls):
    """Either stage by itself, and the covariance by the variance of another combination."""
    data = rows(2)
    setting = asked(samples, inference, controls, bandwidth={"fixed": 12})
    found = module.fit(data, setting)
    details, term = named(found), found.terms[0]
    cluster = data.columns[inference.cluster[0]].to_numpy() if inference.cluster else None
    request = Request(h=(12.0, 12.0), variance=inference.variance)

    def sharp(y):
        return fit_points(points_of(replace(data, y=y), controls, cluster), request).change

    outcome, treatment = sharp(data.y), sharp(data.treatment)
    assert details["reduced_form"] == pytest.approx(outcome.estimate, rel=1e-9)
    assert details["reduced_form_std_error"] == pytest.approx(outcome.std_error, rel=1e-9)
    assert details["first_stage"] == pytest.approx(treatment.estimate, rel=1e-9)
    # The ratio's error is that of the structural residual over the first stage.
    residual = sharp(data.y - term.estimate * data.treatment)
    assert term.std_error == pytest.approx(residual.std_error / abs(treatment.estimate), rel=1e-8)

    def kept(value):
        jump = sharp(data.y - value * data.treatment)
        return abs(jump.corrected) / jump.robust_std_error - 1.959963984540054

    assert details["anderson_rubin_shape"] == "interval"
    for end in ("anderson_rubin_low", "anderson_rubin_high"):
        assert kept(details[end]) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("inference", VARIANCES)
@pytest.mark.parametrize("first_stage", [0.5, 0.06])
def test_bias_aware_set_is_that_of_the_sharp_test(samples, inference, first_stage):
    """A value is in the set where rd_honest's interval for y - c·t holds zero."""
    data = rows(3, first_stage=first_stage)
    bounds = {"outcome": 0.004, "treatment": 0.001}
    options = {"interval": "bias_aware", "bandwidth": {"fixed": 9}, "curvature_bound": bounds}
    found = module.fit(data, asked(samples, inference, **options))
    details = named(found)
    shape, low, high = (details[f"anderson_rubin_{name}"] for name in ("shape", "low", "high"))
    term = found.terms[0]

    def sharp(value):
        bound = {"value": bounds["outcome"] + abs(value) * bounds["treatment"]}
        setting = samples.setting(
            rd_honest,
            "rd",
            rd_honest.Options(bandwidth={"fixed": 9}, curvature_bound=bound),
            inference=inference,
            design={"treated_side": "above"},
        )
        return rd_honest.fit(replace(data, y=data.y - value * data.treatment), setting).terms[0]

    for value in (-1e3, -30.0, -4.0, -0.5, 0.0, 0.7, 1.5, 2.5, 5.0, 30.0, 1e3):
        jump = sharp(value)
        kept = jump.conf_low <= 0 <= jump.conf_high
        inside = {
            "interval": lambda c: low <= c <= high,
            "two half-lines": lambda c: c <= low or c >= high,
            "whole line": lambda c: True,
        }[shape](value)
        assert kept == inside, (value, shape, low, high)
    if shape == "interval":
        assert (term.conf_low, term.conf_high) == (low, high)
        for end in (low, high):
            jump = sharp(end)
            assert min(abs(jump.conf_low), abs(jump.conf_high)) < 1e-7
    else:
        assert (term.conf_low, term.conf_high) == (None, None)
        assert "first stage" in found.warnings[-1]
    assert (shape == "interval") == (first_stage == 0.5)
    assert term.p_value == pytest.approx(sharp(0.0).p_value, rel=1e-9)
    middle = sharp(term.estimate)
    assert term.std_error == pytest.approx(middle.std_error / abs(details["first_stage"]), rel=1e-9)


def test_without_bias_it_is_the_anderson_rubin_set():
    for reduced, first, covariance in ((0.4, 0.5, 0.002), (-0.4, 0.3, -0.001), (0.3, -0.5, 0.001)):
        jumps = Jumps(reduced, first, (0.01, 0.004), covariance, (0.0, 0.0))
        found = bias_aware_ratio(jumps, None, 0.95)
        wanted = anderson_rubin(reduced, first, (0.01, 0.004), covariance, stats.norm.ppf(0.975))
        assert found.shape == wanted.shape == "interval"
        assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9)
    for first in (0.05, -0.05):
        jumps = Jumps(0.4, first, (0.01, 0.004), 0.001, (0.0, 0.0))
        found = bias_aware_ratio(jumps, None, 0.95)
        wanted = anderson_rubin(0.4, first, (0.01, 0.004), 0.001, stats.norm.ppf(0.975))
        assert found.shape == wanted.shape == "two half-lines"
        assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9)
    nothing = Jumps(0.01, 0.01, (0.01, 0.004), 0.001, (0.0, 0.0))
    assert bias_aware_ratio(nothing, None, 0.95).shape == "whole line"


def test_everybody_complies(samples):
    """Then the ratio is the sharp jump."""
    data = rows(4)
    data = replace(data, treatment=(data.running >= 0).astype(float))
    sharp = rd_honest.Options(bandwidth={"fixed": 8}, curvature_bound={"value": 0.01})
    setting = samples.setting(
        rd_honest, "rd", sharp, inference=HC1, design={"treated_side": "above"}
    )
    wanted = rd_honest.fit(data, setting).terms[0]
    bounds = {"outcome": 0.01, "treatment": 0}
    options = {"interval": "bias_aware", "bandwidth": {"fixed": 8}, "curvature_bound": bounds}
    found = module.fit(data, asked(samples, **options))
    term = found.terms[0]
    assert (term.estimate, term.std_error) == pytest.approx((wanted.estimate, wanted.std_error))
    assert (term.conf_low, term.conf_high) == pytest.approx((wanted.conf_low, wanted.conf_high))
    assert named(found)["effective_f"] is None


@pytest.mark.parametrize("options", [{}, {"interval": "bias_aware", "bandwidth": {"rule": "flci"}}])
def test_the_side_does_not_turn_the_ratio(samples, options):
    data = rows(5)
    above, below = (
        module.fit(data, asked(samples, side=side, **options)) for side in ("above", "below")
    )
    assert above.terms == below.terms
    assert named(above)["first_stage"] == -named(below)["first_stage"]
    shifted = module.fit(replace(data, y=3 * data.y - 40), asked(samples, **options)).terms[0]
    one = above.terms[0]
    assert shifted.estimate == pytest.approx(3 * one.estimate, rel=1e-7)
    assert shifted.conf_low == pytest.approx(3 * one.conf_low, rel=1e-7)


@pytest.mark.parametrize("inference", [NN, HC1, BY_GROUP])
@pytest.mark.parametrize("options", [{}, {"interval": "bias_aware"}])
def test_cells_equal_rows(samples, inference, options):
    data = rows(6)
    keys = data.columns.assign(x=data.running)[["x", "group"]]
    code = keys.groupby(["x", "group"]).ngroup().to_numpy()
    size = np.bincount(code)
    values = np.column_stack([data.treatment, data.y])
    mean = np.column_stack([np.bincount(code, v) / size for v in values.T])
    away = values - mean[code]
    scatter = np.zeros((len(size), 2, 2))
    np.add.at(scatter, code, away[:, :, None] * away[:, None, :])
    first = np.unique(code, return_index=True)[1]
    from evaluation.data.moments import Within

    cells = ModelData(
        outcome="y",
        y=mean[:, 1],
        columns=data.columns.iloc[first][["group"]].reset_index(drop=True),
        running=data.running[first],
        treatment=mean[:, 0],
        rows=size.astype(np.int64),
        weight=size.astype(float),
        within=Within(("t", "y"), scatter),
        units=500,
    )
    setting = asked(samples, inference, **options)
    one, other = module.fit(data, setting), module.fit(cells, setting)
    spread = one.terms[0].std_error
    assert other.terms[0].estimate == pytest.approx(one.terms[0].estimate, abs=1e-9 * spread)
    assert other.terms[0].std_error == pytest.approx(spread, rel=1e-8)
    assert other.terms[0].conf_low == pytest.approx(one.terms[0].conf_low, abs=1e-8 * spread)
    assert (one.n_obs, one.n_units, one.n_clusters) == (
        other.n_obs, other.n_units, other.n_clusters
    )  # fmt: skip
    needs = module.cells(setting)
    assert isinstance(needs, CellNeeds) and needs.treatment


def test_a_weak_first_stage_is_said(samples):
    found = module.fit(rows(7, first_stage=0.05), asked(samples))
    assert "weak first stage" in found.warnings[0]


def test_refusals(samples):
    data = rows(8)
    with pytest.raises(DataError, match="a treatment"):
        module.fit(replace(data, treatment=None), asked(samples))
    with pytest.raises(DataError, match="one value in all 2000 rows"):
        module.fit(replace(data, treatment=np.ones(2000)), asked(samples))
    flat = np.tile([0.0, 1.0], 1000)
    even = replace(
        data, treatment=flat, running=np.repeat(data.running[::2], 2), unit=np.arange(2000)
    )
    with pytest.raises(DataError, match="does not change at the cutoff"):
        module.fit(even, asked(samples, interval="bias_aware", bandwidth={"fixed": 9},
                               kernel="uniform",
                               curvature_bound={"outcome": 1, "treatment": 1}))  # fmt: skip
    with pytest.raises(DataError, match="3 distinct values"):
        module.fit(data, asked(samples, bandwidth={"fixed": 3}))


@pytest.mark.parametrize(
    "keys",
    [
        {"bandwidth": {"rule": "flci"}},
        {"curvature_bound": {"outcome": 1, "treatment": 1}},
        {"interval": "bias_aware", "order": 2},
        {"interval": "bias_aware", "bandwidth": {"rule": "cer"}},
        {"interval": "bias_aware", "bandwidth": {"fixed": 9, "bias": 9}},
        {"interval": "bias_aware", "curvature_bound": {"outcome": 1}},
        {"interval": "bias_aware", "curvature_bound": {"outcome": 1, "rule": "rot"}},
        {"interval": "bias_aware", "curvature_bound": {}},
        {"order": 0},
    ],
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        module.Options(**keys)


def test_combined_points_are_those_of_combined_rows():
    data = rows(9)
    points = points_of(data, ("z",), data.columns["group"].to_numpy(), "t")
    mixed = combined(points, 2.0, -3.0)
    plain = points_of(
        replace(data, y=2 * data.y - 3 * data.treatment),
        ("z",),
        data.columns["group"].to_numpy(),
    )
    assert np.allclose(mixed.moments.scatter, plain.moments.scatter, rtol=1e-9, atol=1e-9)
    assert np.allclose(mixed.clusters.mean, plain.clusters.mean, atol=1e-12)
    assert np.allclose(mixed.row_wise.mean, plain.row_wise.mean, atol=1e-12)
    assert not mixed.fuzzy and np.allclose(mixed.centre, plain.centre)
