"""Means and curves at a cutoff: the gap between a model's curves is the model's estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.estimators.fitting import estimate_models
from evaluation.estimators.supplying import Request, supply_of
from evaluation.report.observed import counts, cutoff
from evaluation.report.observed._curves import Window, curves_of
from evaluation.report.observed.cutoff import SHOWN
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

FIXED = {"fixed": 14}


def model(name, estimator, estimand="itt_at_cutoff", outcomes=("y",), **keys):
    return {
        "id": name,
        "estimator": estimator,
        "estimand": estimand,
        "outcomes": list(outcomes),
        "variance": "hc1",
        **keys,
    }


JUMPS = [
    model("robust", "rd_robust", order=2, bandwidth=FIXED),
    model("controlled", "rd_robust", bandwidth=FIXED, controls=["c"], kernel="epanechnikov"),
    model("honest", "rd_honest", bandwidth=FIXED, controls=["c"]),
    model("separate", "rd_polynomial", order=2, bandwidth=FIXED, controls=["c"]),
    model("common", "rd_polynomial", order=3, slopes="common", controls=["c"]),
]
KINKS = [
    model("kink", "rd_kink", "kink_at_cutoff", order=2, bandwidth=FIXED, controls=["c"]),
    model("meets", "rd_kink", "kink_at_cutoff", order=2, bandwidth=FIXED, continuous_at=-0.5),
]
RATIOS = [
    model("fuzzy", "rd_fuzzy", "late_at_cutoff", bandwidth=FIXED, controls=["c"]),
    model("per_kink", "rd_kink", "late_at_cutoff", order=1, bandwidth=FIXED, controls=["c"]),
]
CHANGES = [
    model("change", "rd_difference", "change_in_itt_at_cutoff", bandwidth=FIXED,
          between="periods", controls=["c"]),
    model("kinks", "rd_difference", "change_in_kink_at_cutoff", bandwidth=FIXED,
          between="periods"),
]  # fmt: skip


def spec_of(models, **design):
    tables = {
        "schema_version": 1,
        "id": "tiny",
        "title": "Tiny",
        "panel": {"source": "file", "path": "x.csv", "unit": "unit", "time": "ym",
                  "time_unit": "month"},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": {
            "kind": "rd",
            "running_variable": {"column": "r", "discrete": True},
            "cutoff": 100,
            "treated_side": "below",
            "treatment": {"column": "t"},
            "reform_date": "2017-01-01",
            **design,
        },
        "models": models,
    }  # fmt: skip
    import datetime as dt

    tables["design"]["reform_date"] = dt.date(2017, 1, 1)
    return build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(), label="tiny.toml",
        with_paths=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(3)
    n = 2000
    r = rng.integers(80, 121, n)
    below = r < 100
    c = rng.normal(size=n) + 0.02 * (r - 100)
    t = (rng.random(n) < 0.2 + 0.5 * below + 0.004 * (r - 100)).astype(float)
    y = 1e3 + 0.3 * below + 0.02 * (r - 100) * below + 0.001 * (r - 100) ** 2 + c + t
    y += rng.normal(size=n)
    share = np.where(r == 100, rng.random(n), below).astype(float)
    months = [201606, 201612, 201701, 201706]
    return pd.DataFrame(
        {"unit": np.arange(n), "ym": rng.choice(months, n), "r": r, "y": y, "c": c, "t": t,
         "share": share}
    )  # fmt: skip


def observed(frame, spec, engine="auto"):
    supply = supply_of(Request(spec, frame, engine=engine), lambda stage: _quiet())
    results = estimate_models(spec, supply)
    points = cutoff.observe(supply, spec, results)["cutoff"]
    table = pd.DataFrame(points.rows, columns=points.columns)
    return {result.model.id: result.fits["y"] for result in results}, table


def _quiet():
    from contextlib import nullcontext

    return nullcontext()


def change(table, part="all", variable="outcome", derivative=0, at=100.0):
    """Treated side below less above, of level or slope, from the curves' points alone."""
    fits = table[(table.series == "fit") & (table.part == part) & (table.variable == variable)]
    found = {}
    for side, own in fits.groupby("side"):
        curve = np.polynomial.Polynomial.fit(own.x - at, own.y, 4).convert()
        found[side] = float(curve.deriv(derivative)(0.0) if derivative else curve(0.0))
    return found["below"] - found["above"]


@pytest.mark.parametrize("design", [{"donut": 1}, {"exposure": "share"}])
def test_jumps_are_the_gap_between_the_curves(frame, design):
    fits, table = observed(frame, spec_of(JUMPS, **design))
    for name, fit in fits.items():
        gap = change(table[table.model == name])
        assert gap == pytest.approx(fit.terms[0].estimate, abs=1e-9), name


def test_slopes_and_ratios_too(frame):
    fits, table = observed(frame, spec_of(KINKS + RATIOS, donut=1))
    for name, at in (("kink", 100.0), ("meets", 99.5)):
        slope = change(table[table.model == name], derivative=1, at=at)
        assert slope == pytest.approx(fits[name].terms[0].estimate, abs=1e-8), name
    for name, derivative in (("fuzzy", 0), ("per_kink", 1)):
        own = table[table.model == name]
        ratio = change(own, derivative=derivative) / change(own, "all", "treatment", derivative)
        assert ratio == pytest.approx(fits[name].terms[0].estimate, rel=1e-8), name


def test_every_part_of_a_difference_has_its_own_gap(frame):
    fits, table = observed(frame, spec_of(CHANGES, donut=1))
    for name, derivative in (("change", 0), ("kinks", 1)):
        details = {key: value for _, key, value in fits[name].details}
        for part in ("before", "after"):
            gap = change(table[table.model == name], part, derivative=derivative)
            assert gap == pytest.approx(details[f"{part}_estimate"], abs=1e-8), (name, part)


def test_means_are_those_of_the_rows(frame):
    _, table = observed(frame, spec_of(JUMPS[:1], donut=1))
    mine = table[table.series == "mean"].set_index("x")
    wanted = frame[frame.r != 100].groupby("r").y.agg(["mean", "size"])
    assert list(mine.index) == list(wanted.index.astype(float))
    np.testing.assert_allclose(mine.y.astype(float), wanted["mean"], rtol=0, atol=1e-9)
    assert list(mine.rows) == list(wanted["size"])
    edges = table[table.series.isin(["cutoff", "bandwidth", "donut"])]
    assert list(edges.x) == [100.0, 86.0, 99.5, 114.0, 100.5]


def test_cells_and_rows_show_the_same(frame):
    spec = spec_of([JUMPS[1], RATIOS[0], CHANGES[0]], donut=1)
    _, cells = observed(frame, spec)
    _, rows = observed(frame, spec, "microdata")
    words = ["model", "part", "variable", "series", "side"]
    assert cells[words].equals(rows[words])
    for column in ("x", "y", "rows"):
        np.testing.assert_allclose(
            cells[column].astype(float), rows[column].astype(float), rtol=1e-9, atol=0
        )


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_entries_are_counted_among_those_at_risk(frame, engine):
    known = frame.assign(sa_received=frame.t, sa_entry=frame.t.where(frame.unit % 3 > 0))
    spec = spec_of([model("m", "rd_robust", bandwidth=FIXED)], donut=1)
    outcomes = {
        name: spec.outcomes["y"].model_copy(update={"column": column})
        for name, column in (("got", "sa_received"), ("came", "sa_entry"))
    }
    models = (spec.models[0].model_copy(update={"outcomes": ("got", "came")}),)
    spec = spec.model_copy(update={"outcomes": outcomes, "models": models}).bound_to(spec.origin)
    supply = supply_of(Request(spec, known, engine=engine), lambda stage: _quiet())
    points = counts.observe(supply, spec, ())["counts"]
    table = pd.DataFrame(points.rows, columns=points.columns)
    after = known[(known.ym >= 201701) & (known.r != 100)]
    for series, column in (("recipients", "sa_received"), ("entries", "sa_entry")):
        mine = table[(table.series == series) & (table.period == "after")]
        wanted = after.groupby("r")[column].agg(["sum", "count"])
        assert list(mine.x) == list(wanted.index.astype(float))
        assert list(mine["count"]) == list(wanted["sum"])
        assert list(mine.rows) == list(wanted["count"])


def test_a_value_partly_treated_is_in_neither_side(frame):
    _, table = observed(frame, spec_of(JUMPS[:1], exposure="share"))
    partly = table[(table.series == "mean") & (table.side == "partly")]
    assert list(partly.x) == [100.0]
    assert partly.y.item() == pytest.approx(frame[frame.r == 100].y.mean(), abs=1e-9)


def test_many_values_are_binned_and_never_straddle_the_cutoff():
    from evaluation.data.model_data import ModelData
    from evaluation.estimators._cct.points import points_of

    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(-1, 1, 2000))
    data = ModelData("y", 2 * x + (x >= 0), pd.DataFrame(index=range(2000)), running=x)
    points = points_of(data)
    (curves,) = curves_of(points, [np.ones(2000, bool)], Window((0.2, 0.1), "triangular", 1))
    assert curves.change(0) == pytest.approx(1.0, abs=1e-12)
    assert curves.change(1) == pytest.approx(0.0, abs=1e-10)
    rows = [one for one in cutoff._series(curves, Window((0.2, 0.1), "triangular", 1), False)
            if one[0] == "mean"]  # fmt: skip
    assert len(rows) <= 2 * cutoff.BINS
    inside = (x >= -0.2 * SHOWN) & (x <= 0.1 * SHOWN)
    assert sum(one[4] for one in rows) == inside.sum()
    assert all((one[1] == "below") == (one[2] < 0) for one in rows)
