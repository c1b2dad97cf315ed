"""Kinks: rdrobust, brute force, linear programmes, a stock that relaxes."""

import contextlib
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import optimize

from evaluation.data.model_data import ModelData
from evaluation.data.moments import PairCells
from evaluation.errors import DataError, EstimationError
from evaluation.estimators import rd_kink as module
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._kink.found import kink_of
from evaluation.estimators._kink.joined import joined_fit
from evaluation.estimators._kink.scaled_bias import ScaledBias, scaled_interval
from evaluation.inference.bias_aware import bias_aware_interval, half_length
from evaluation.spec.variance import Inference

NORMAL = Inference((), "hc1", distribution="normal")
BY_UNIT = Inference(("unit",), "cr1", distribution="normal")
BELOW = {"treated_side": "below"}
TREATED = {**BELOW, "treatment": SimpleNamespace(column="t")}


def named(found):
    return {key: value for _, key, value in found.details}


def asked(samples, inference=NORMAL, design=BELOW, estimand="kink_at_cutoff", **options):
    setting = samples.setting(
        module, "rd", module.Options(**options), inference=inference, design=dict(design)
    )
    return replace(setting, estimand=estimand, unit="unit")


@pytest.fixture(scope="module")
def persons():
    """Rows of persons seen in months around the cutoff, with shocks and a treatment that kinks."""
    generator = np.random.default_rng(5)
    first, seen = generator.integers(-30, 20, 300), generator.integers(5, 30, 300)
    unit = np.repeat(np.arange(300), seen)
    x = np.concatenate([s + np.arange(k) for s, k in zip(first, seen, strict=True)]).astype(float)
    keep = x != 0
    unit, x = unit[keep], x[keep]
    t = 0.4 * np.maximum(-x, 0) + generator.normal(size=300)[unit] + generator.normal(size=len(x))
    y = 0.1 * t + 0.002 * x**2 + generator.normal(size=300)[unit] + generator.normal(size=len(x))
    return ModelData(
        outcome="y",
        y=y,
        columns=pd.DataFrame({"unit": unit, "town": unit % 20}),
        unit=unit,
        running=x,
        treatment=t,
    )


def library(data, fuzzy=False, **arguments):
    from rdrobust import rdrobust

    if fuzzy:
        arguments["fuzzy"] = data.treatment
    with contextlib.redirect_stdout(io.StringIO()):
        found = rdrobust(data.y, data.running, deriv=1, masspoints="adjust", **arguments)
    coefficients, errors = np.asarray(found.coef).ravel(), np.asarray(found.se).ravel()
    return np.array([coefficients[0], errors[0], coefficients[2], errors[2]])


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("inference", "options"),
    [
        (NORMAL, {"bandwidth": {"fixed": 14}}),
        (Inference((), "nn", distribution="normal"), {"bandwidth": {"fixed": 12, "bias": 20}}),
        (Inference(("town",), "cr1", distribution="normal"), {"bandwidth": {"fixed": 18}}),
        (Inference(("town",), "cr1", distribution="normal"), {"bandwidth": {"rule": "mse"}}),
    ],
)
def test_equals_rdrobust(samples, persons, order, inference, options):
    arguments = {"p": order, "vce": inference.variance, "kernel": "triangular"}
    width = options["bandwidth"]
    if "fixed" in width:
        arguments |= {"h": width["fixed"], "b": width.get("bias", width["fixed"])}
    if inference.cluster:
        arguments["cluster"] = persons.columns["town"].to_numpy()
    found = module.fit(
        persons, asked(samples, inference, order=order, sides="independent", **options)
    )
    term, details = found.terms[0], named(found)
    ours = [-term.estimate, term.std_error, -details["robust_estimate"],
            details["robust_std_error"]]  # fmt: skip
    # rdrobust's normal equations lose digits from order 2 on.
    tolerance = 1e-9 if order == 1 else 1e-6
    assert np.allclose(ours, library(persons, **arguments), rtol=tolerance)


def test_ratio_equals_rdrobust(samples, persons):
    inference = Inference((), "hc1", distribution="normal")
    found = module.fit(
        persons,
        asked(
            samples,
            inference,
            TREATED,
            "late_at_cutoff",
            order=1,
            bandwidth={"fixed": 16},
        ),
    )
    term, details = found.terms[0], named(found)
    wanted = library(persons, True, p=1, vce="hc1", kernel="triangular", h=16, b=16)
    ours = [term.estimate, term.std_error, details["robust_estimate"], details["robust_std_error"]]
    assert np.allclose(ours, wanted, rtol=1e-8)
    # Slopes change by 0.4 of treatment, treated side (below) less the other: -0.4.
    assert details["first_stage"] == pytest.approx(-0.4, abs=4 * details["first_stage_std_error"])
    with pytest.raises(DataError, match="slope changes nowhere"):
        constant = replace(persons, treatment=np.ones(persons.n_obs))
        module.fit(
            constant,
            asked(samples, inference, TREATED, "late_at_cutoff",
                  bandwidth={"fixed": 16}),
        )  # fmt: skip


def pair_cells(data):
    x, units = np.unique(data.running), np.unique(data.unit)
    at = (np.searchsorted(units, data.unit), np.searchsorted(x, data.running))
    values = np.zeros((3, len(units), len(x)))
    for j, one in enumerate((np.ones(data.n_obs), data.y, data.treatment)):
        values[j][at] = one
    successive = np.zeros((len(x), len(x)), dtype=np.int64)
    for mask in values[0]:
        places = np.flatnonzero(mask)
        successive[places, places] += 1
        successive[places[:-1], places[1:]] += 1
    return PairCells(
        x, np.full(len(x), -1), ("one", "y", "t"), np.einsum("jia,kib->jkab", values, values),
        len(units), successive,
    )  # fmt: skip


@pytest.mark.parametrize("meet", [None, -0.5])
@pytest.mark.parametrize("h", [9, 17])
def test_person_clusters_by_hand_and_from_pair_cells(samples, persons, meet, h):
    setting = asked(samples, BY_UNIT, bandwidth={"fixed": h}, continuous_at=meet)
    found = module.fit(persons, setting)
    x, kernel = persons.running, np.clip(1 - np.abs(persons.running) / h, 0, None)
    above, u = x >= 0, x - (meet or 0)
    sides = [np.where(side[:, None], np.column_stack([u, u**2]), 0) for side in (~above, above)]
    levels = [~above, above] if meet is None else [np.ones(len(x))]
    design = np.column_stack([*levels, *sides]).astype(float)
    solve = np.linalg.solve((design * kernel[:, None]).T @ design, (design * kernel[:, None]).T)
    first = len(levels)
    weight = solve[first] - solve[first + 2]  # below less above
    score = weight * (persons.y - design @ (solve @ persons.y))
    total = np.zeros(300)
    for side in (~above, above):
        there = side & (kernel > 0)
        n, groups = int(there.sum()), len(np.unique(persons.unit[there]))
        factor = np.sqrt((n - 1) / (n - 3) * groups / (groups - 1))
        total += factor * np.bincount(persons.unit, np.where(there, score, 0), 300)
    term = found.terms[0]
    assert term.estimate == pytest.approx(float(weight @ persons.y), rel=1e-9)
    assert term.std_error == pytest.approx(float(np.linalg.norm(total)), rel=1e-9)
    table = pd.DataFrame({"x": x, "y": persons.y})
    groups = table.groupby("x")["y"]
    cells = ModelData(
        outcome="y",
        y=groups.mean().to_numpy(),
        columns=pd.DataFrame(index=range(len(groups))),
        running=np.unique(x),
        rows=groups.size().to_numpy(),
        weight=groups.size().to_numpy(float),
        units=300,
        pairs=pair_cells(persons),
    )
    cell = module.fit(cells, setting)
    pair = zip(found.terms, cell.terms, strict=True)
    for one, other in pair:
        assert other.estimate == pytest.approx(one.estimate, abs=1e-9 * one.std_error)
        assert other.std_error == pytest.approx(one.std_error, rel=1e-9)
        assert (other.conf_low, other.conf_high) == pytest.approx(
            (one.conf_low, one.conf_high), rel=1e-8
        )


@pytest.mark.parametrize("kernel", ["triangular", "uniform"])
@pytest.mark.parametrize(("order", "meet"), [(2, None), (3, None), (2, -0.5)])
def test_worst_bias_is_that_of_a_linear_programme(persons, kernel, order, meet):
    """Over all functions whose m'' stays in an interval of length 1, on the ends of a fine grid."""
    points = points_of(persons)
    h = 13.0
    loading = kink_of(
        points, Request(order=order, derivative=1, kernel=kernel, h=(h, h), variance="hc1"), meet
    ).loading
    if meet is None:
        fits = [
            np.vander(points.x[side], order + 1, increasing=True) for side in (points.x < 0,
                                                                              points.x >= 0)
        ]  # fmt: skip
        weight = np.zeros(len(points.x))
        for sign, side, powers in zip((-1, 1), (points.x < 0, points.x >= 0), fits, strict=True):
            u = np.abs(points.x[side]) / h
            k = np.clip(1 - u, 0, None) if kernel == "triangular" else (u <= 1).astype(float)
            k = k * points.moments.weight[side]
            weight[side] = sign * np.linalg.solve((powers * k[:, None]).T @ powers,
                                                  (powers * k[:, None]).T)[1]  # fmt: skip
        u = points.x
    else:
        fit = joined_fit(points, order, h, kernel, meet)
        weight, u = fit.level * points.moments.weight, points.x - meet
    for at, sign in enumerate((-1, 1)):
        away = sign * u
        here = away > 0
        edges = np.linspace(0, 14, 561)
        grown = np.clip(away[here][:, None] - edges, 0, None) ** 2 / 2
        reward = weight[here] @ -np.diff(grown, axis=1)
        # m'' = c + u with u in [0, 1] and c free: the programme chooses c too.
        found = optimize.linprog(
            np.concatenate([-reward, [-reward.sum()]]),
            bounds=[(0, 1)] * len(reward) + [(-100, 100)],
        )
        assert abs(reward.sum()) < 1e-10, "quadratics are reproduced"
        assert loading[at] == pytest.approx(-found.fun, rel=2e-3)
        assert loading[at] >= -found.fun * (1 - 1e-9), "a grid only comes short of the supremum"


def stock(rate, order, h, meet=None):
    """Share of a kink of 1 that is found in the means of a stock that relaxes after release."""
    x = np.r_[np.arange(-40, 0), np.arange(1, 41)].astype(float)
    inflow = np.where(np.arange(-40, 41) < 0, 1.0, 0.0)
    inflow[40] = 0.5  # the month of the birthday is half under the duty
    level, path = 1 / rate, []
    for f in inflow:
        level = level * np.exp(-rate) + f * (1 - np.exp(-rate)) / rate
        path.append(level)
    y = np.delete(path, 40)
    data = ModelData(
        outcome="y",
        y=np.concatenate([y - 1e-3, y + 1e-3]),
        columns=pd.DataFrame(index=range(160)),
        running=np.tile(x, 2),
    )
    request = Request(order=order, derivative=1, h=(h, h), variance="hc1")
    return kink_of(points_of(data), request, meet)


def test_a_stock_relaxes_and_lines_miss_half_of_its_kink():
    lines = {rate: -stock(rate, 1, 12.0).fit.change.estimate for rate in (0.1, 0.15, 0.2)}
    assert 0.55 < lines[0.1] < 0.65
    assert 0.42 < lines[0.15] < 0.52
    assert 0.3 < lines[0.2] < 0.42
    for rate, line in lines.items():
        quadratic, cubic = (-stock(rate, p, 12.0).fit.change.estimate for p in (2, 3))
        met = stock(rate, 2, 12.0, -0.5)
        assert line < quadratic < cubic < -met.fit.change.corrected <= 1.01
        assert abs(1 + met.fit.change.corrected) < 0.08
        # The bound covers what the response does: it lies on the released side alone.
        assert abs(1 + met.fit.change.estimate) <= rate * met.loading[1]


def test_bias_aware_interval(samples, persons):
    setting = asked(samples, BY_UNIT, bandwidth={"fixed": 14}, interval="bias_aware",
                    second_derivative_bound={"value": 0.01})  # fmt: skip
    found = module.fit(persons, setting)
    term, details = found.terms[0], named(found)
    points = points_of(persons, cluster=persons.unit.astype(np.int64))
    kink = kink_of(points, Request(order=2, derivative=1, h=(14.0, 14.0), variance="cr1"), None)
    bias = 0.01 * sum(kink.loading)
    assert details["maximum_bias"] == pytest.approx(bias, rel=1e-9)
    ends = bias_aware_interval(term.estimate, term.std_error, bias)
    assert (term.conf_low, term.conf_high, term.p_value) == pytest.approx(
        (ends.low, ends.high, ends.p_value), rel=1e-9
    )
    assert "robust_estimate" not in details
    scaled = replace(
        setting, options=module.Options(bandwidth={"fixed": 14}, interval="bias_aware",
                                        second_derivative_bound={"exit_rate": 0.15})
    )  # fmt: skip
    wide = module.fit(persons, scaled)
    share = named(wide)["maximum_bias_share_of_kink"]
    # Below is treated: the rule has ended above.
    assert share == pytest.approx(0.15 * kink.loading[1], rel=1e-9)
    truths = np.linspace(-1.5, 1.5, 1501)
    near = np.abs(truths - term.estimate) <= np.array(
        [half_length(term.std_error, share * abs(k)) for k in truths]
    )
    ends = truths[near]
    assert (wide.terms[0].conf_low, wide.terms[0].conf_high) == pytest.approx(
        (ends.min(), ends.max()), abs=2.1e-3
    )


def test_calibrated_bounds_and_bounds_without_an_end(samples, persons):
    rot = module.fit(persons, asked(samples, BY_UNIT, bandwidth={"fixed": 14},
                                    interval="bias_aware"))  # fmt: skip
    assert any("calibrated" in one for one in rot.warnings)
    slopes = []
    for side in (persons.running < 0, persons.running >= 0):
        quartic = np.polynomial.Polynomial.fit(persons.running[side], persons.y[side], 4).deriv(2)
        slopes.append(quartic(np.linspace(persons.running[side].min(),
                                          persons.running[side].max(), 20_001)))  # fmt: skip
    varies = np.concatenate(slopes)
    assert named(rot)["second_derivative_bound"] == pytest.approx(float(np.ptp(varies)), rel=1e-5)
    far = module.fit(persons, asked(samples, BY_UNIT, bandwidth={"fixed": 29},
                                    interval="bias_aware",
                                    second_derivative_bound={"exit_rate": 0.9}))  # fmt: skip
    term = far.terms[0]
    assert term.conf_low is None and term.conf_high is None and term.p_value is not None
    assert any("no interval" in one for one in far.warnings)
    assert scaled_interval(1.0, 0.5, ScaledBias(0.0, 0.0)).high == pytest.approx(1 + 0.5 * 1.959964)


def test_grid_level_and_warnings(samples, persons):
    grid = (6, 9, 14)
    found = module.fit(persons, asked(samples, bandwidth={"fixed": 14}, grid=grid))
    details = named(found)
    for h in grid:
        alone = module.fit(persons, asked(samples, bandwidth={"fixed": h})).terms[0]
        assert details[f"estimate_at_bandwidth_{h}"] == pytest.approx(alone.estimate, rel=1e-12)
        assert details[f"std_error_at_bandwidth_{h}"] == pytest.approx(alone.std_error, rel=1e-12)
    few = module.fit(persons, asked(samples, bandwidth={"fixed": 14}, grid=(2,)))
    assert "wider fixed bandwidth" in named(few)["refused_at_bandwidth_2"]
    stepped = replace(persons, y=persons.y + 50.0 * (persons.running < 0))
    level = named(module.fit(stepped, asked(samples, bandwidth={"fixed": 14})))["jump"]
    assert level - details["jump"] == pytest.approx(50)
    line = module.fit(persons, asked(samples, order=1, bandwidth={"fixed": 14}))
    assert any(one.startswith("order 1") for one in line.warnings)
    setting = replace(asked(samples, bandwidth={"fixed": 14}), flows=frozenset({"sa_exit"}))
    flow = module.fit(replace(persons, outcome="sa_exit"), setting)
    assert any("a flow jumps" in one for one in flow.warnings)


def test_a_month_partly_treated_is_left_out(samples, persons):
    extra = 40
    joined = replace(
        persons,
        y=np.concatenate([persons.y, np.full(extra, 99.0)]),
        running=np.concatenate([persons.running, np.zeros(extra)]),
        share_above=np.concatenate([(persons.running > 0).astype(float), np.full(extra, 0.5)]),
        unit=None,
        treatment=None,
        columns=pd.DataFrame({"town": np.zeros(persons.n_obs + extra)}),
    )
    first = module.fit(persons, asked(samples, bandwidth={"fixed": 14})).terms[0]
    found = module.fit(joined, asked(samples, bandwidth={"fixed": 14}))
    assert named(found)["n_obs_partly_treated_left_out"] == extra
    second = found.terms[0]
    assert second.estimate == pytest.approx(first.estimate, rel=1e-12)
    assert second.std_error == pytest.approx(first.std_error, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"bandwidth": {"fixed": 3}, "interval": "bias_aware", "order": 1}, "order 2 or 3"),
        ({"second_derivative_bound": {"value": 1}}, "goes with interval"),
        ({"interval": "bias_aware", "second_derivative_bound": {}}, "value, exit_rate or both"),
        ({"grid": (6, 6)}, "each once"),
        ({"bandwidth": {"fixed": 3, "bias": 4}, "continuous_at": 0}, "one bandwidth"),
    ],
)
def test_options_refused(options, says):
    with pytest.raises(ValidationError, match=says):
        module.Options(**options)


def test_windows_that_are_too_narrow(samples, persons):
    with pytest.raises(DataError, match="needs 5"):
        module.fit(persons, asked(samples, bandwidth={"fixed": 4}))
    points = points_of(persons)
    with pytest.raises(EstimationError, match="beside the common level"):
        joined_fit(points, 3, 2.0, "uniform", -0.5)
