"""Bias-aware regression discontinuity: brute force, linear programmes, published figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import optimize

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators import rd_honest as module
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._honest.bandwidth import search_of
from evaluation.estimators._honest.jump import jump_at
from evaluation.estimators._honest.misspecification import misspecified
from evaluation.estimators._honest.pilot import pilot_of, rule_of_thumb
from evaluation.inference.bias_aware import half_length
from evaluation.spec.variance import Inference

NORMAL = Inference((), "hc0", distribution="normal")
KERNELS = {
    "triangular": lambda u: np.clip(1 - u, 0, None),
    "epanechnikov": lambda u: np.clip(1 - u**2, 0, None),
    "uniform": lambda u: (u <= 1).astype(float),
}


def named(found):
    return {key: value for _, key, value in found.details}


def asked(samples, inference=NORMAL, controls=(), **options):
    design = options.pop("design", {"treated_side": "above"})
    return samples.setting(
        module,
        "rd",
        module.Options(**options),
        inference=inference,
        controls=controls,
        design=design,
    )


def lines(x, y, h, kernel):
    """Weights of rows in the jump, by the textbook, and residuals."""
    weight, residual = np.zeros(len(x)), np.zeros(len(x))
    for side, sign in ((x < 0, -1.0), (x >= 0, 1.0)):
        k = KERNELS[kernel](np.abs(x[side]) / h)
        design = np.column_stack([np.ones(side.sum()), x[side]])
        solve = np.linalg.solve((design * k[:, None]).T @ design, (design * k[:, None]).T)
        weight[side] = sign * solve[0]
        residual[side] = y[side] - design @ (solve @ y[side])
    return weight, residual


@pytest.mark.parametrize("kernel", list(KERNELS))
@pytest.mark.parametrize("h", [7, 12.5, 29])
def test_by_hand(samples, kernel, h):
    data = samples.make("rd")
    options = {"kernel": kernel, "bandwidth": {"fixed": h}, "curvature_bound": {"value": 0.01}}
    found = module.fit(data, asked(samples, **options))
    weight, residual = lines(data.running, data.y, h, kernel)
    term = found.terms[0]
    error = np.sqrt(np.sum((weight * residual) ** 2))
    bias = 0.005 * sum(
        abs(np.sum(weight[side] * data.running[side] ** 2))
        for side in (data.running < 0, data.running >= 0)
    )
    assert term.estimate == pytest.approx(weight @ data.y, rel=1e-9)
    assert term.std_error == pytest.approx(error, rel=1e-9)
    assert named(found)["maximum_bias"] == pytest.approx(bias, rel=1e-9)
    half = half_length(error, bias)
    assert (term.conf_low, term.conf_high) == pytest.approx(
        (term.estimate - half, term.estimate + half), rel=1e-8
    )
    by_group = Inference(("group",), "cr1", distribution="normal")
    clustered = module.fit(data, asked(samples, by_group, **options)).terms[0]
    table = pd.DataFrame({"g": data.columns["group"], "below": data.running < 0})
    sums = []
    inside = KERNELS[kernel](np.abs(data.running) / h) > 0
    for below in (True, False):
        side = inside & (table.below == below).to_numpy()
        n, groups = side.sum(), table.g[side].nunique()
        factor = np.sqrt((n - 1) / (n - 2) * groups / (groups - 1))
        sums.append(factor * np.bincount(table.g[side], (weight * residual)[side], 25))
    assert clustered.std_error == pytest.approx(np.linalg.norm(sums[0] + sums[1]), rel=1e-9)


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_worst_bias_is_that_of_a_linear_programme(samples, kernel):
    """Over all functions with |m''| at most 1 that are lines between the ends of a fine grid."""
    data = samples.make("rd")
    points = points_of(data)
    jump = jump_at(points, 11, kernel)
    weight = points.moments.weight * (jump.above.level[0] - jump.below.level[0])
    reward, columns = [], []
    for sign, side in ((-1, points.x < 0), (1, points.x >= 0)):
        x = sign * points.x[side]
        # m(x) = a + bx + Σ_j c_j ∫ over cell j of (x - s)+ ds, c_j in [-1, 1].
        edges = np.linspace(0, 30, 121)
        grown = np.clip(x[:, None] - edges, 0, None) ** 2 / 2
        columns.append((np.column_stack([np.ones(len(x)), x]), -np.diff(grown, axis=1)))
        reward.append(weight[side])
    objective = np.concatenate(
        [
            np.concatenate([w @ free, w @ bent])
            for w, (free, bent) in zip(reward, columns, strict=True)
        ]
    )
    assert np.allclose(objective[[0, 1, 122, 123]], [-1, 0, 1, 0], atol=1e-10)
    objective[[0, 1, 122, 123]] = 0  # the jump itself is no bias; slopes count nothing
    bounds = [(-1, 1)] * len(objective)
    worst = optimize.linprog(-objective, bounds=bounds)
    assert jump.unit_bias == pytest.approx(-worst.fun, rel=1e-9)


def test_rule_of_thumb_is_the_largest_bend_of_two_quartics(samples):
    data = samples.make("rd")
    points = points_of(data)
    pilot = pilot_of(points)
    largest = 0.0
    for side in (data.running < 0, data.running >= 0):
        x = data.running[side]
        c = np.polynomial.polynomial.polyfit(x, data.y[side], 4)
        grid = np.linspace(x.min(), x.max(), 100_001)
        bend = 2 * c[2] + 6 * c[3] * grid + 12 * c[4] * grid**2
        largest = max(largest, np.abs(bend).max())
    found = rule_of_thumb(points, pilot, pilot.combination.outcome)
    assert found == pytest.approx(largest, rel=1e-6)


def test_a_calibrated_bound_says_so(samples):
    data = samples.make("rd")
    found = module.fit(data, asked(samples))
    assert named(found)["curvature_calibrated"] is True
    assert found.warnings[0].startswith("calibrated")
    given = module.fit(data, asked(samples, curvature_bound={"value": 0.01}))
    assert given.warnings == () and named(given)["curvature_calibrated"] is False
    same = named(found)["curvature_bound"]
    again = module.fit(data, asked(samples, curvature_bound={"value": same}))
    assert again.terms == found.terms


@pytest.mark.parametrize("rule", ["mse", "flci"])
@pytest.mark.parametrize("kernel", list(KERNELS))
@pytest.mark.parametrize("inference", [NORMAL, Inference(("unit",), "cr1")])
def test_no_bandwidth_costs_less(samples, rule, kernel, inference):
    data = persons()
    points = points_of(data, (), data.unit if inference.cluster else None)
    search = search_of(points, pilot_of(points), kernel, inference.variance, 4)

    def cost(h):
        error, bias = search.parts(h)
        return {"mse": error**2 + (0.01 * bias) ** 2, "flci": half_length(error, 0.01 * bias)}[rule]

    best = search.best(0.01, rule)
    lowest = min(cost(float(h)) for h in search.candidates[:: 1 if kernel == "uniform" else 4])
    assert cost(best) <= lowest * (1 + 1e-7)
    assert search.candidates[0] < best < search.candidates[-1]
    options = {"kernel": kernel, "bandwidth": {"rule": rule}, "curvature_bound": {"value": 0.01}}
    found = named(module.fit(data, asked(samples, inference, **options)))
    assert found["bandwidth"] == best


def test_shared_shocks_move_the_bandwidth():
    """Clusters with rows at many ages leave less to be gained from more of them."""
    data = persons(shock=3.0)
    found = []
    for kind, cluster in (("hc1", None), ("cr1", data.unit)):
        points = points_of(data, (), cluster)
        found.append(search_of(points, pilot_of(points), "triangular", kind, 4))
    alone, shared = (search.parts(15.0)[0] for search in found)
    assert abs(shared / alone - 1) > 0.2
    assert found[0].best(0.05, "mse") != found[1].best(0.05, "mse")


def test_other_bounds_stand_beside(samples):
    data = samples.make("rd")
    found = named(module.fit(data, asked(samples, curvature_bound={"value": 0.004})))
    for words, value in {
        "half_bound": 0.002, "bound": 0.004, "twice_bound": 0.008, "four_times_bound": 0.016
    }.items():  # fmt: skip
        other = module.fit(data, asked(samples, curvature_bound={"value": value}))
        assert found[f"estimate_at_{words}"] == other.terms[0].estimate
        assert found[f"conf_low_at_{words}"] == other.terms[0].conf_low
        assert found[f"bandwidth_at_{words}"] == named(other)["bandwidth"]
    widths = [
        found[f"conf_high_at_{words}"] - found[f"conf_low_at_{words}"]
        for words in ("half_bound", "bound", "twice_bound", "four_times_bound")
    ]
    assert widths == sorted(widths)


@pytest.mark.parametrize("options", [{}, {"bandwidth": {"rule": "flci"}, "kernel": "uniform"}])
def test_sign_scale_and_shift(samples, options):
    data = samples.make("rd")
    plain = module.fit(data, asked(samples, **options))
    below = module.fit(data, asked(samples, design={"treated_side": "below"}, **options))
    one, other = plain.terms[0], below.terms[0]
    assert (other.estimate, other.conf_low, other.conf_high) == (
        -one.estimate, -one.conf_high, -one.conf_low
    )  # fmt: skip
    moved = module.fit(replace(data, y=-1e3 * data.y + 4e4), asked(samples, **options)).terms[0]
    assert moved.estimate == pytest.approx(-1e3 * one.estimate, rel=1e-8)
    assert moved.conf_low == pytest.approx(-1e3 * one.conf_high, rel=1e-8)
    assert moved.p_value == pytest.approx(one.p_value, rel=1e-6)
    # Months in place of years; the mirror image leaves the cutoff's own value on the other side.
    months = module.fit(replace(data, running=12 * data.running), asked(samples, **options))
    assert months.terms[0].estimate == pytest.approx(one.estimate, rel=1e-8)
    assert months.terms[0].conf_low == pytest.approx(one.conf_low, rel=1e-8)
    assert named(months)["bandwidth"] == pytest.approx(12 * named(plain)["bandwidth"], rel=1e-9)
    off = replace(data, running=data.running + 0.5)
    mirrored = replace(off, running=-off.running)
    first, second = (module.fit(d, asked(samples, **options)).terms[0] for d in (off, mirrored))
    assert second.estimate == pytest.approx(-first.estimate, rel=1e-8)
    assert second.conf_high == pytest.approx(-first.conf_low, rel=1e-8)


def test_controls_are_taken_off(samples):
    data = samples.make("rd")
    size = data.columns["size"].to_numpy()
    data = replace(data, y=data.y + 2 * size)
    h, options = 14, {"bandwidth": {"fixed": 14}, "curvature_bound": {"value": 0.01}}
    found = module.fit(data, asked(samples, controls=("size",), **options)).terms[0]
    x, k = data.running, KERNELS["triangular"](np.abs(data.running) / h)
    design = np.column_stack([np.ones(len(x)), x >= 0, x, x * (x >= 0), size])
    root = np.sqrt(k)
    beta = np.linalg.lstsq(design * root[:, None], data.y * root, rcond=None)[0]
    assert found.estimate == pytest.approx(beta[1], rel=1e-9)
    plain = module.fit(data, asked(samples, **options)).terms[0]
    assert found.std_error < 0.6 * plain.std_error


def persons(seed=5, units=400, shock=1.0):
    """Person-months around a birthday."""
    generator = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 8)
    first = generator.integers(-30, 23, units)
    running = (first[unit] + np.tile(np.arange(8), units)).astype(float)
    y = shock * generator.normal(size=units)[unit] + generator.normal(size=len(unit))
    y += 0.004 * running**2 * np.sign(running) + 0.3 * (running >= 0)
    columns = pd.DataFrame({"unit": unit, "group": unit % 9})
    return ModelData(outcome="y", y=y, columns=columns, unit=unit, running=running)


def bounded(samples, **changes):
    keys = {
        "kernel": "uniform",
        "bandwidth": {"fixed": 5},
        "smoothness": "bounded_misspecification",
    }
    return asked(samples, **{**keys, **changes})


def test_bounded_misspecification_from_rows(samples):
    """By influences of single rows, and every pair of points and signs."""
    data = samples.make("rd")
    found = module.fit(data, bounded(samples))
    near = np.abs(data.running) <= 5
    x, y = data.running[near], data.y[near]
    design = np.column_stack([np.ones(len(x)), x >= 0, x, x * (x >= 0)])
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ design.T @ y
    support, at = np.unique(x, return_inverse=True)
    dummies = np.eye(len(support))[at]
    size = dummies.sum(axis=0)
    mean = dummies.T @ y / size
    influence = np.hstack(
        [
            design * (y - design @ beta)[:, None] @ bread,
            dummies * (y - mean[at])[:, None] / size,
        ]
    )
    joint = influence.T @ influence
    at_support = np.column_stack(
        [np.ones(len(support)), support >= 0, support, support * (support >= 0)]
    )
    off = mean - at_support @ beta
    low, high = np.inf, -np.inf
    for i in np.flatnonzero(support < 0):
        for j in np.flatnonzero(support >= 0):
            for one in (-1, 1):
                for other in (-1, 1):
                    loading = np.zeros(4 + len(support))
                    loading[1] = 1
                    for place, sign in ((i, one), (j, other)):
                        loading[:4] -= sign * at_support[place]
                        loading[4 + place] += sign
                    centre = beta[1] + one * off[i] + other * off[j]
                    half = 1.959963984540054 * np.sqrt(loading @ joint @ loading)
                    low, high = min(low, centre - half), max(high, centre + half)
    term = found.terms[0]
    assert term.estimate == pytest.approx(beta[1], rel=1e-9)
    assert term.std_error == pytest.approx(np.sqrt(joint[1, 1]), rel=1e-9)
    assert (term.conf_low, term.conf_high) == pytest.approx((low, high), rel=1e-9)
    flipped = module.fit(data, bounded(samples, design={"treated_side": "below"})).terms[0]
    assert (flipped.estimate, flipped.conf_low, flipped.conf_high) == (
        -term.estimate, -term.conf_high, -term.conf_low
    )  # fmt: skip


def test_bounded_misspecification_of_other_regressions():
    """A line through points that lie on it is never off, and has the interval of the line."""
    x = np.arange(-4.0, 5.0)
    design = np.column_stack([np.ones(9), x >= 0, x])
    found = misspecified(
        design, 1, x >= 0, np.full(9, 50.0), 2 * x + (x >= 0), np.full(9, 49.0), 1.0
    )
    assert np.abs(found.shifts).max() < 1e-12
    assert found.estimate == pytest.approx(1)
    assert found.p_value(None) > 0


def test_bounded_misspecification_is_refused_where_rows_depend(samples):
    months = persons()
    with pytest.raises(DataError, match="3200 rows are of 400 units"):
        module.fit(months, bounded(samples))
    once = samples.make("rd")
    assert module.fit(once, bounded(samples)).terms
    by_group = Inference(("group",), "cr1")
    for setting in (
        bounded(samples, inference=by_group),
        bounded(samples, controls=("size",)),
        bounded(samples, inference=Inference((), "nn")),
    ):
        with pytest.raises(DataError, match="independent rows"):
            module.fit(once, setting)
    with pytest.raises(DataError, match="no weights"):
        module.fit(replace(once, weight=np.full(len(once.y), 2.0)), bounded(samples))
    rows = np.ones(len(once.y), dtype=np.int64)
    counted = replace(once, unit=None, rows=rows, weight=rows.astype(float))
    setting = replace(bounded(samples), unit="unit")
    with pytest.raises(NeedsRows, match="how often each unit"):
        module.fit(counted, setting)
    with pytest.raises(DataError, match="900 rows are of 40 units"):
        module.fit(replace(counted, units=40), setting)


def test_three_mass_points_are_refused(samples):
    data = samples.make("rd")
    with pytest.raises(DataError, match="3 distinct values below the cutoff within the bandwidth"):
        module.fit(data, asked(samples, bandwidth={"fixed": 3}))
    few = replace(data, running=np.clip(data.running, -2, 30))
    with pytest.raises(DataError, match="2 distinct values below"):
        module.fit(few, asked(samples))
    four = replace(data, running=np.clip(data.running, -4, 30))
    with pytest.raises(DataError, match="do not carry the quartic"):
        module.fit(four, asked(samples))
    given = module.fit(four, asked(samples, curvature_bound={"value": 0.1}))
    assert named(given)["mass_points_within_below"] == 4


def test_few_mass_points_make_it_the_headline(samples):
    data = samples.make("rd")
    assert named(module.fit(data, asked(samples)))["headline"] is False
    coarse = replace(data, running=np.floor(data.running / 6))
    assert named(module.fit(coarse, asked(samples)))["headline"] is True


def test_clustering_by_the_running_variable_warns(samples):
    data = samples.make("rd")
    data = replace(data, columns=data.columns.assign(age=data.running + 360))
    found = module.fit(data, asked(samples, Inference(("age",), "cr1")))
    assert "running variable" in found.warnings[-1]
    two = Inference(("age", "group"), "cr1")
    with pytest.raises(DataError, match="exactly one cluster"):
        module.fit(data, asked(samples, two))


@pytest.mark.parametrize(
    "keys",
    [
        {"bandwidth": {"rule": "mse", "fixed": 12}},
        {"bandwidth": {}},
        {"bandwidth": {"rule": "cer"}},
        {"curvature_bound": {}},
        {"curvature_bound": {"value": 1, "rule": "rot"}},
        {"curvature_bound": {"value": 0}},
        {"smoothness": "taylor"},
        {"smoothness": "bounded_misspecification"},
        {"smoothness": "bounded_misspecification", "bandwidth": {"fixed": 3}},
        {
            "smoothness": "bounded_misspecification",
            "kernel": "uniform",
            "bandwidth": {"fixed": 3},
            "curvature_bound": {"value": 1},
        },
    ],
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        module.Options(**keys)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["rows", "persons"])
def test_coverage_where_curvature_is_at_its_bound(samples, design):
    """The truth bends by the whole bound, against the jump on both sides."""
    bound, effect, draws = 0.03, 0.2, 300
    width = {"fixed": 10} if design == "persons" else {"rule": "flci"}
    rule = {"bandwidth": width, "curvature_bound": {"value": bound}}
    by_person = Inference(("unit",), "cr1", distribution="normal")
    inference = by_person if design == "persons" else NORMAL
    covered, naive = 0, 0
    for seed in range(draws):
        data = persons(seed, units=150, shock=1.0 if design == "persons" else 0.0)
        data = replace(
            data,
            y=data.y
            - 0.004 * data.running**2 * np.sign(data.running)
            + bound / 2 * data.running**2 * np.sign(data.running)
            + (effect - 0.3) * (data.running >= 0),
        )
        term = module.fit(data, asked(samples, inference, **rule)).terms[0]
        covered += term.conf_low <= effect <= term.conf_high
        naive += abs(term.estimate - effect) <= 1.96 * term.std_error
    # 300 draws: 95 per cent less three Monte Carlo errors.
    assert covered / draws >= 0.912
    assert naive / draws < 0.93
