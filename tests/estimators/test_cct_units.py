"""Clusters with rows on both sides of a cutoff: brute force, pair cells, cells, rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.data.moments import PairCells, Within
from evaluation.errors import EstimationError
from evaluation.estimators._cct.bandwidths import bandwidths
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.library import fit_by_library
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.variance import groups_inside

VARIABLES = ("one", "y", "t", "z")


def persons(seed=1, units=400):
    """Rows of persons seen in some months around the cutoff, with shocks of their own."""
    generator = np.random.default_rng(seed)
    first = generator.integers(-30, 20, units)
    seen = generator.integers(1, 25, units)
    unit = np.repeat(np.arange(units), seen)
    month = np.concatenate([s + np.arange(k) for s, k in zip(first, seen, strict=True)])
    there = generator.random(len(unit)) < 0.8
    unit, x = unit[there], month[there].astype(float)
    n = len(x)
    t = (generator.random(n) < 0.3 + 0.4 * (x >= 0)).astype(float)
    z = generator.normal(size=units)[unit] + 0.1 * x
    shock = generator.normal(size=units)[unit]
    y = (generator.random(n) + 0.2 * shock + 0.2 * t + 0.05 * z > 0.6).astype(float)
    return pd.DataFrame({"unit": unit, "x": x, "y": y, "t": t, "z": z})


def pair_cells(rows):
    x = np.unique(rows["x"])
    units = np.unique(rows["unit"])
    at = (np.searchsorted(units, rows["unit"]), np.searchsorted(x, rows["x"]))
    values = np.zeros((len(VARIABLES), len(units), len(x)))
    for j, name in enumerate(VARIABLES):
        values[j][at] = 1.0 if name == "one" else rows[name]
    successive = np.zeros((len(x), len(x)), dtype=np.int64)
    for mask in values[0]:
        places = np.flatnonzero(mask)
        successive[places, places] += 1
        successive[places[:-1], places[1:]] += 1
    return PairCells(
        running=x,
        post=np.full(len(x), -1),
        variables=VARIABLES,
        products=np.einsum("jia,kib->jkab", values, values),
        units=len(units),
        successive=successive,
    )


def cells_of(rows, key, pairs=None):
    """Rows by key: means, numbers and products about the means."""
    groups = rows.groupby(key)
    names = ["t", "z", "y"]
    mean, count = groups[names].mean(), groups.size().to_numpy()
    away = (rows[names] - groups[names].transform("mean")).to_numpy()
    code = groups.ngroup().to_numpy()
    scatter = np.zeros((len(count), 3, 3))
    np.add.at(scatter, code, away[:, :, None] * away[:, None, :])
    frame = mean.reset_index()
    return ModelData(
        outcome="y",
        y=frame["y"].to_numpy(),
        columns=frame[["z", *key[1:]]],
        running=frame["x"].to_numpy(),
        treatment=frame["t"].to_numpy(),
        rows=count,
        weight=count.astype(float),
        within=Within(("t", "z", "y"), scatter),
        pairs=pairs,
    )


def row_data(rows):
    return ModelData(
        outcome="y",
        y=rows["y"].to_numpy(),
        columns=rows[["z", "unit"]],
        running=rows["x"].to_numpy(),
        treatment=rows["t"].to_numpy(),
    )


USES = [((), None), (("z",), None), ((), "t"), (("z",), "t")]


def both(rows, controls, treatment):
    by_row = points_of(row_data(rows), controls, rows["unit"].to_numpy(), treatment)
    data = cells_of(rows, ["x"], pair_cells(rows))
    return by_row, points_of(data, controls, None, treatment, by_unit=True)


def same(one, other, rel=1e-9):
    for mine, yours in ((one.change, other.change), (one.first_stage, other.first_stage)):
        if mine is None or yours is None:
            assert mine is yours
            continue
        spread = mine.robust_std_error
        assert mine.estimate == pytest.approx(yours.estimate, abs=rel * spread)
        assert mine.corrected == pytest.approx(yours.corrected, abs=rel * spread)
        for name in ("std_error", "robust_std_error", "independent", "robust_independent"):
            assert getattr(mine, name) == pytest.approx(getattr(yours, name), rel=rel)
        assert mine.shared == pytest.approx(yours.shared, abs=rel * spread**2)
    assert one.h == pytest.approx(other.h, rel=rel) and one.b == pytest.approx(other.b, rel=rel)
    assert (one.rows, one.clusters) == (other.rows, other.clusters)


@pytest.mark.parametrize(("controls", "treatment"), USES)
@pytest.mark.parametrize("rule", ["mse", "cer_two"])
def test_pairs_equal_rows(controls, treatment, rule):
    by_row, by_pair = both(persons(), controls, treatment)
    request = Request(variance="cr1", rule=rule)
    same(fit_points(by_row, request), fit_points(by_pair, request))


def test_a_grid_from_one_collection():
    by_row, by_pair = both(persons(), ("z",), "t")
    requests = [
        Request(
            order=order,
            kernel=kernel,
            h=(h, h + 1),
            b=(h + 4, h + 3),
            variance="cr1",
            donut=donut,
            cutoff=cutoff,
        )
        for order, kernel, h, donut, cutoff in (
            (1, "triangular", 9, 0, 0),
            (1, "uniform", 12, 1, 0),
            (2, "epanechnikov", 14, 2, 0),
            (1, "triangular", 8, 0, -6),
            (0, "triangular", 7, 1, 5),
            (2, "triangular", 12, 0, 4),
        )
    ]
    for request in requests:
        same(fit_points(by_row, request), fit_points(by_pair, request))
    alone = points_of(
        row_data(persons().query("abs(x + 6) >= 2").assign(x=lambda rows: rows["x"] + 6)),
        ("z",),
        persons().query("abs(x + 6) >= 2")["unit"].to_numpy(),
        "t",
    )
    asked = Request(h=(8.0, 8.0), variance="cr1")
    same(fit_points(alone, asked), fit_points(by_pair, replace(asked, cutoff=-6.0, donut=2.0)))


@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
@pytest.mark.parametrize(("controls", "treatment"), USES)
def test_cells_equal_rows(variance, controls, treatment):
    rows = persons().assign(group=lambda rows: rows["unit"] % 17)
    cluster = rows["group"].to_numpy() if variance == "cr1" else None
    by_row = points_of(row_data(rows), controls, cluster, treatment)
    data = cells_of(rows, ["x", "group"])
    cluster = data.columns["group"].to_numpy() if variance == "cr1" else None
    by_cell = points_of(data, controls, cluster, treatment)
    for rule in ("mse", "cer_two"):
        request = Request(variance=variance, rule=rule)
        same(fit_points(by_row, request), fit_points(by_cell, request))


def brute_force(rows, h, sides):
    """The conventional local-linear jump, its rows' influences summed by person."""
    x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
    total, pieces = 0.0, []
    for sign, there in ((-1, x < 0), (1, x >= 0)):
        weight = np.where(there, np.clip(1 - np.abs(x) / h, 0, None), 0)
        design = np.column_stack([np.ones_like(x), x])
        bread = np.linalg.inv(design.T @ (weight[:, None] * design))
        beta = bread @ (design.T @ (weight * y))
        influence = (bread @ (design * weight[:, None]).T)[0] * (y - design @ beta)
        inside = weight > 0
        n, g = inside.sum(), rows["unit"][inside].nunique()
        factor = (n - 1) / (n - 2) * g / (g - 1)
        pieces.append(sign * np.sqrt(factor) * pd.Series(influence).groupby(rows["unit"]).sum())
        total += sign * beta[0]
    if sides == "joint":
        return total, np.sqrt(((pieces[0] + pieces[1]) ** 2).sum())
    return total, np.sqrt((pieces[0] ** 2).sum() + (pieces[1] ** 2).sum())


@pytest.mark.parametrize("sides", ["joint", "independent"])
@pytest.mark.parametrize("h", [6.0, 11.5, 18.0])
def test_the_joint_variance_is_that_of_summed_influences(sides, h):
    rows = persons(3).reset_index(drop=True)
    wanted = brute_force(rows, h, sides)
    for points in both(rows, (), None):
        found = fit_points(points, Request(variance="cr1", h=(h, h), sides=sides)).change
        assert (found.estimate, found.std_error) == pytest.approx(wanted, rel=1e-12)
        assert found.std_error**2 == pytest.approx(
            found.independent**2 - 2 * found.shared * (sides == "joint"), rel=1e-12
        )


def test_clusters_on_one_side_each_change_nothing():
    rows = persons(4)
    side = rows.assign(unit=2 * rows["unit"] + (rows["x"] >= 0))
    for points in both(side, (), None):
        found = fit_points(points, Request(variance="cr1", h=(9.0, 9.0))).change
        assert found.shared == pytest.approx(0, abs=1e-12 * found.std_error**2)
        assert found.std_error == pytest.approx(found.independent, rel=1e-12)


def test_bandwidths_do_not_depend_on_how_sides_are_joined():
    by_row, _ = both(persons(), (), None)
    found = {
        sides: fit_points(by_row, Request(variance="cr1", sides=sides))
        for sides in ("joint", "independent")
    }
    assert found["joint"].h == found["independent"].h
    assert found["joint"].change.std_error != found["independent"].change.std_error
    assert bandwidths(by_row, Request(variance="cr1"))[0] == found["joint"].h


def test_units_are_counted_in_every_window():
    rows = persons(5)
    _, by_pair = both(rows, (), None)
    x = by_pair.x
    for low, high in ((-20, -1), (0, 3), (-3, -3), (0, 30)):
        inside = (x >= low) & (x <= high)
        assert (
            groups_inside(by_pair, inside) == rows[rows["x"].between(low, high)]["unit"].nunique()
        )
    with pytest.raises(NeedsRows, match="not neighbours"):
        groups_inside(by_pair, np.isin(x, (-5, -3)))


def test_what_cells_cannot_answer_goes_to_rows():
    rows = persons()
    pairs = pair_cells(rows)
    bare = cells_of(rows, ["x"])
    with pytest.raises(NeedsRows, match="need pair cells"):
        points_of(bare, by_unit=True)
    with pytest.raises(NeedsRows, match="need pair cells"):
        points_of(replace(bare, pairs=replace(pairs, successive=None)), by_unit=True)
    with pytest.raises(NeedsRows, match="no weights"):
        points_of(replace(bare, pairs=pairs, weighted=True), by_unit=True)
    with pytest.raises(EstimationError, match="other values of the running"):
        points_of(replace(bare, pairs=replace(pairs, running=pairs.running + 360)), by_unit=True)
    with pytest.raises(NeedsRows, match="part the clusters"):
        fit_points(points_of(bare), Request(variance="cr1", h=(9.0, 9.0)))
    for variance in ("nn", "hc1"):
        with pytest.raises(NeedsRows, match="squared weights"):
            weighted = points_of(replace(bare, weight=bare.weight * 1.5, weighted=True))
            fit_points(weighted, Request(variance=variance, h=(9.0, 9.0)))


@pytest.mark.parametrize("kernel", ["triangular", "uniform"])
@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
def test_the_library_answers_in_the_same_form(kernel, variance):
    """Every field of the fit, from rdrobust and from mass points."""
    rows = persons(6).assign(group=lambda rows: rows["unit"] % 17)
    cluster = rows["group"].to_numpy() if variance == "cr1" else None
    request = Request(variance=variance, kernel=kernel, rule="mse_two", sides="independent")
    wanted = fit_by_library(row_data(rows), request, ("z",), cluster)
    found = fit_points(points_of(row_data(rows), ("z",), cluster), request)
    for name, value in vars(wanted.change).items():
        if value is not None:
            assert getattr(found.change, name) == pytest.approx(value, rel=1e-8, abs=1e-10)
    assert found.h == pytest.approx(wanted.h, rel=1e-9)
    assert found.b == pytest.approx(wanted.b, rel=1e-9)
    assert (found.rows, found.mass_points) == (wanted.rows, wanted.mass_points)
