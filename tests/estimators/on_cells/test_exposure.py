"""Rows partly on either side of a cutoff: brute force on rows, limits, mirrors, cells, errors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators import rd_fuzzy, rd_honest, rd_polynomial, rd_robust
from evaluation.estimators._cct.bandwidths import bandwidths
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.local import local_fits
from evaluation.estimators._cct.parts import moved, without_partial
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._honest.jump import jump_at
from evaluation.spec.variance import Inference

JUMP = 0.7


def persons(seed=1, units=300, span=18):
    """Months around a birthday of persons seen for a while; in its own month a share is under."""
    generator = np.random.default_rng(seed)
    first = generator.integers(-span, span - 4, units)
    length = generator.integers(4, 16, units)
    unit = np.repeat(np.arange(units), length)
    x = (first[unit] + np.concatenate([np.arange(k) for k in length])).astype(float)
    kept = (generator.random(len(unit)) < 0.85) & (np.abs(x) <= span)
    unit, x = np.unique(unit[kept], return_inverse=True)[1], x[kept]
    n = len(x)
    under = np.where(x == 0, generator.random(n), x < 0)
    taken = (generator.random(n) < 0.2 + 0.5 * under).astype(float)
    level = 40 + generator.normal(size=units)[unit]
    y = level + JUMP * under + 0.03 * x + 0.002 * x**2 * (x > 0) + 0.3 * generator.normal(size=n)
    return ModelData(
        outcome="y",
        y=y,
        columns=pd.DataFrame({"unit": unit, "group": unit % 13}),
        unit=unit,
        running=x,
        treatment=taken,
        share_above=1 - under,
    )


def kernel(u):
    return np.maximum(1 - np.abs(u), 0)


def on_rows(data, order, h):
    """Weighted least squares of rows on both sides' powers, by their mean shares at a point.

    Returns the rows' weights in each coefficient, below first, and the residuals.
    """
    x = data.running
    above = np.where(x == 0, data.share_above[x == 0].mean(), x > 0)
    weight = ((1 - above) * kernel(x / h[0]) / h[0]) + above * kernel(x / h[1]) / h[1]
    powers = np.vander(x, order + 1, increasing=True)
    design = np.hstack([(1 - above)[:, None] * powers, above[:, None] * powers])
    maps = np.linalg.solve(design.T @ (weight[:, None] * design), (weight[:, None] * design).T)
    return maps, data.y - design @ (maps @ data.y), design


def corrected_on_rows(data, order, h, b):
    """The same maps less the estimated bias of either side's next power, with wider residuals."""
    maps, plain, _ = on_rows(data, order, h)
    wider, residual, design = on_rows(data, order + 1, b)
    size = order + 1
    levels = np.array([maps[0], maps[size]])
    for side in (0, 1):
        at = (side + 1) * (size + 1) - 1
        levels = levels - np.outer(levels_of(maps, size) @ design[:, at], wider[at])
    return levels_of(maps, size), plain, levels, residual


def levels_of(maps, size):
    return np.array([maps[0], maps[size]])


def brute_force(data, request, codes):
    """Estimate, bias-corrected estimate and both errors of the jump, above less below."""
    h, b = request.h, request.b or request.h
    x, p = data.running, request.order
    levels, plain, corrected, residual = corrected_on_rows(data, p, h, b)
    # The cutoff's own rows count in n and G of both sides.
    sides = [(x <= 0) & (x > -max(h[0], b[0])), (x >= 0) & (x < max(h[1], b[1]))]
    found = [(one[1] - one[0]) @ data.y for one in (levels, corrected)]
    for maps, residuals, k in ((levels, plain, p + 1), (corrected, residual, p + 2)):
        sums = np.zeros((codes.max() + 1, 2))
        np.add.at(sums, codes, (maps * residuals).T)
        factor = []
        for inside in sides:
            n, groups = inside.sum(), len(np.unique(codes[inside]))
            alone = groups == n
            factor.append(n / (n - k) if alone else (n - 1) / (n - k) * groups / (groups - 1))
        turned = sums * np.sqrt(factor)
        found.append(np.sqrt(((turned[:, 1] - turned[:, 0]) ** 2).sum()))
    return found


def numbers(change):
    return [change.estimate, change.corrected, change.std_error, change.robust_std_error]


REQUESTS = [
    Request(h=(9.0, 9.0)),
    Request(h=(8.0, 11.0), b=(13.0, 12.0)),
    Request(order=2, h=(12.0, 12.0), b=(15.0, 16.0)),
    Request(order=0, h=(6.0, 6.0), b=(9.0, 9.0)),
]


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("variance", ["hc1", "unit", "group"])
def test_points_equal_least_squares_on_rows(request_, variance, by_hand):
    data = persons()
    codes = {
        "hc1": np.arange(len(data.y)),
        "unit": data.unit,
        "group": data.columns["group"].to_numpy(),
    }[variance]
    kind = "hc1" if variance == "hc1" else "cr1"
    points = points_of(data, cluster=None if kind == "hc1" else codes)
    found = fit_points(points, replace(request_, variance=kind))
    expected = brute_force(data, request_, codes)
    assert numbers(found.change) == pytest.approx(expected, rel=1e-9)
    if variance == "unit":
        cells = by_hand.cells(data, ("running",), second_pass=False)
        share = [data.share_above[data.running == x].mean() for x in cells.running]
        cells = replace(cells, share_above=np.array(share), pairs=by_hand.pairs(data))
        paired = fit_points(points_of(cells, by_unit=True), replace(request_, variance=kind))
        assert numbers(paired.change) == pytest.approx(expected, rel=1e-9)
        assert (paired.rows, paired.clusters, paired.partial) == (
            found.rows,
            found.clusters,
            found.partial,
        )


def test_counts_say_which_rows_are_partial():
    data = persons()
    found = fit_points(points_of(data, cluster=data.unit), Request(h=(5.0, 5.0), variance="cr1"))
    x = data.running
    assert found.rows == (((x < 0) & (x > -5)).sum(), ((x > 0) & (x < 5)).sum())
    assert found.partial == (x == 0).sum()
    sides = ((x <= 0) & (x > -5), (x >= 0) & (x < 5))
    assert found.clusters == tuple(len(np.unique(data.unit[side])) for side in sides)
    assert found.mass_points == (4, 4)


def test_bandwidths_are_those_of_the_donut():
    points = points_of(persons())
    donut = moved(points_of(replace(persons(), share_above=None)), 0.0, donut=1)
    assert fit_points(points, Request()).h == fit_points(donut, Request()).h
    assert bandwidths(without_partial(points), Request()) == bandwidths(donut, Request())


@pytest.mark.parametrize("order", [1, 2])
def test_without_weight_the_month_is_the_donut(order):
    data = persons()
    weight = np.where(data.running == 0, 1e-11, 1.0)
    light = points_of(replace(data, weight=weight), cluster=data.unit)
    request = Request(order=order, h=(12.0, 12.0), b=(15.0, 15.0), variance="cr1", donut=0)
    nothing = fit_points(light, request).change
    donut = fit_points(points_of(data, cluster=data.unit), replace(request, donut=1)).change
    assert [nothing.estimate, nothing.corrected] == pytest.approx(
        [donut.estimate, donut.corrected], rel=1e-8
    )
    inside = fit_points(points_of(data, cluster=data.unit), request).change
    assert abs(inside.estimate - donut.estimate) > 1e-3


@pytest.mark.parametrize("above", [0.0, 1.0])
def test_a_share_of_nothing_or_all_is_a_side(above):
    data = persons()
    x = data.running
    share = np.where(x == 0, above, x > 0)
    points = points_of(replace(data, share_above=share))
    # Seen from half a month off, the month of the birthday lies wholly on one side.
    moved_by = above - 0.5
    other = replace(points, above=None, x=points.x + moved_by)
    for one, two in zip(
        local_fits(points, 2, (9.0, 9.0), "uniform"),
        local_fits(other, 2, (9.1 - moved_by, 9.1 + moved_by), "uniform"),
        strict=True,
    ):
        at = np.array([1.0, moved_by, moved_by**2])
        assert one.coefficients[0, 0] == pytest.approx(at @ two.coefficients[:, 0], rel=1e-9)


def test_another_cutoff_leaves_the_month_out():
    points = points_of(persons())
    placebo = moved(points, -6.0)
    assert placebo.above is None and 6.0 not in placebo.x
    assert moved(points, 0.0).above is not None
    assert moved(points, 0.0, donut=2).above.tolist() == (moved(points, 0.0, 2).x > 0).tolist()


def test_neighbours_of_the_month_are_its_own_rows():
    data = persons()
    request = Request(h=(9.0, 9.0), variance="nn")
    found = fit_points(points_of(data), request).change
    levels, _, corrected, _ = corrected_on_rows(data, 1, (9.0, 9.0), (9.0, 9.0))
    x = data.running
    mean = pd.Series(data.y).groupby(x).transform("mean").to_numpy()
    size = pd.Series(data.y).groupby(x).transform("size").to_numpy()
    assert size[np.abs(x) < 9].min() > 3
    away = (data.y - mean) ** 2 * size / (size - 1)
    for maps, error in ((levels, found.std_error), (corrected, found.robust_std_error)):
        assert error**2 == pytest.approx(((maps[1] - maps[0]) ** 2 * away).sum(), rel=1e-9)


@pytest.mark.parametrize(("above", "gain"), [(0.2, 0.08), (0.8, 0.08), (0.5, -0.002)])
def test_what_the_month_adds_to_a_donut(above, gain):
    """Both recover a jump; the month says nothing of it where half of it lies on either side."""
    generator = np.random.default_rng(7)
    x = np.arange(-12.0, 13.0)
    data = ModelData(
        outcome="y",
        y=np.tile(x, 4),
        columns=pd.DataFrame(index=range(4 * len(x))),
        running=np.tile(x, 4),
        share_above=np.tile(np.where(x == 0, above, x > 0), 4),
    )
    points = points_of(data)
    truth = 0.02 * x - JUMP * points.shares[1]
    jumps, variances = [], []
    for seen in (points, without_partial(points)):
        low, up = local_fits(seen, 1, (8.0, 8.0), "triangular")
        level = (up.level[0] - low.level[0]) * seen.moments.weight
        mean = truth if seen is points else truth[x != 0]
        drawn = mean + 0.1 * generator.normal(size=(400, len(mean)))
        jumps.append(drawn @ level)
        variances.append((level**2 / seen.rows).sum())
    for found, variance in zip(jumps, variances, strict=True):
        assert found.mean() == pytest.approx(-JUMP, abs=4 * found.std() / 20)
        assert found.var() == pytest.approx(0.04 * variance, rel=0.3)
    assert 1 - variances[0] / variances[1] > gain
    if above == 0.5:
        assert variances[0] == pytest.approx(variances[1], rel=1e-9)


def test_the_month_counted_as_released_pulls_the_jump_to_zero():
    data = persons(seed=3, units=3000)
    shared, counted = (
        fit_points(points_of(one), Request(h=(8.0, 8.0))).change.estimate
        for one in (data, replace(data, share_above=None))
    )
    assert shared == pytest.approx(-JUMP, abs=0.1)
    assert abs(counted) < abs(shared) - 0.05


def cells_of(data, by_hand, key=("running", "group"), varying=()):
    made = by_hand.cells(data, key, varying)
    group = made.columns["group"].to_numpy() if "group" in key else None
    share = []
    for at, x in enumerate(made.running):
        here = data.running == x
        if group is not None:
            here &= data.columns["group"].to_numpy() == group[at]
        share.append(data.share_above[here].mean())
    return replace(made, share_above=np.array(share))


@pytest.mark.parametrize(("cluster", "variance"), [((), "nn"), ((), "hc1"), (("group",), "cr1")])
@pytest.mark.parametrize("module", [rd_robust, rd_honest, rd_polynomial])
def test_cells_equal_rows(samples, by_hand, module, cluster, variance):
    if variance not in module.VARIANCES:
        return
    data = persons(5)
    setting = samples.setting(
        module,
        "rd",
        inference=Inference(cluster, variance, distribution="t"),
        design={"exposure": "share"},
    )
    by_row = module.fit(data, setting)
    by_hand.agree(by_row, module.fit(cells_of(data, by_hand), setting))
    details = {name: value for _, name, value in by_row.details}
    assert details["n_obs_partly_treated"] == (data.running == 0).sum()
    shares = 1 - data.share_above[data.running == 0]
    assert details["mean_exposure_at_cutoff"] == pytest.approx(shares.mean())
    assert module.equation(setting).count("the mean of share") == 1


@pytest.mark.parametrize("interval", ["robust", "bias_aware"])
def test_a_fuzzy_ratio_is_that_of_its_jumps(samples, interval):
    data = persons(6, units=900)
    options = rd_fuzzy.Options(interval=interval, bandwidth={"fixed": 9})
    inference = Inference(("group",), "cr1")
    setting = samples.setting(rd_fuzzy, "rd", options=options, inference=inference)
    found = rd_fuzzy.fit(data, setting)
    points = points_of(replace(data, y=data.treatment), cluster=data.columns["group"].to_numpy())
    first = fit_points(points, Request(h=(9.0, 9.0), variance="cr1")).change
    details = {name: value for _, name, value in found.details}
    assert details["first_stage"] == pytest.approx(-first.estimate, rel=1e-9)
    assert details["first_stage_std_error"] == pytest.approx(first.std_error, rel=1e-9)
    jump = fit_points(points_of(data), Request(h=(9.0, 9.0))).change.estimate
    assert found.terms[0].estimate == pytest.approx(jump / first.estimate, rel=1e-9)


@pytest.mark.parametrize("module", [rd_robust, rd_honest, rd_polynomial])
def test_mirrored_sides_give_one_effect(samples, module):
    """Exposure is the share on the treated side, whichever it is."""
    data = persons(2)
    mirrored = replace(data, running=-data.running, share_above=1 - data.share_above)
    inference = Inference(("group",), "cr1")
    found = [
        module.fit(
            one,
            samples.setting(
                module, "rd", inference=inference, design={"treated_side": side, "exposure": "s"}
            ),
        )
        for one, side in ((data, "below"), (mirrored, "above"))
    ]
    one, two = (fit.terms[0] for fit in found)
    assert two.estimate == pytest.approx(one.estimate, rel=1e-8)
    assert two.std_error == pytest.approx(one.std_error, rel=1e-8)
    shares = [
        next(value for _, name, value in fit.details if name == "mean_exposure_at_cutoff")
        for fit in found
    ]
    assert shares[0] == pytest.approx(shares[1])


def test_worst_bias_is_reached_and_never_passed():
    points = points_of(persons())
    jump = jump_at(points, 9.0, "triangular")
    share = points.shares
    level = (jump.above.level[0] - jump.below.level[0]) * points.moments.weight

    def bias(below, above):
        return float(level @ (share[0] * below + share[1] * above))

    half = points.x**2 / 2
    assert max(abs(bias(a * half, c * half)) for a in (-1, 1) for c in (-1, 1)) == pytest.approx(
        jump.unit_bias, rel=1e-9
    )
    # Lines pass through, so only bends count: second derivatives of ±1 that change sign anywhere.
    assert bias(3 + 2 * points.x, 3 - points.x) == pytest.approx(0, abs=1e-9)
    generator = np.random.default_rng(1)
    grid = np.linspace(0, 18, 721)
    for _ in range(50):
        bends = np.where(generator.random((2, len(grid))) < generator.random(), -1.0, 1.0)
        slope = np.cumsum(bends, axis=1) * (grid[1] - grid[0])
        curve = np.cumsum(slope, axis=1) * (grid[1] - grid[0])
        below, above = (np.interp(np.abs(points.x), grid, one - one[0]) for one in curve)
        assert abs(bias(below, above)) <= jump.unit_bias * 1.01


def test_a_polynomial_takes_the_mean_share_as_treated(samples):
    data = persons(4)
    setting = samples.setting(
        rd_polynomial,
        "rd",
        options=rd_polynomial.Options(order=2),
        inference=Inference((), "iid", distribution="t"),
        design={"treated_side": "above"},
    )
    x = data.running
    step = np.where(x == 0, data.share_above[x == 0].mean(), x > 0)
    design = np.column_stack([np.ones_like(x), step, x, x**2, step * x, step * x**2])
    beta, rest = np.linalg.lstsq(design, data.y, rcond=None)[:2]
    variance = rest[0] / (len(x) - 6) * np.linalg.inv(design.T @ design)[1, 1]
    term = rd_polynomial.fit(data, setting).terms[0]
    assert term.estimate == pytest.approx(beta[1], rel=1e-9)
    assert term.std_error == pytest.approx(np.sqrt(variance), rel=1e-8)
