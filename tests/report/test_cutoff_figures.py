"""Figures at the cutoff: points are the record's rows, whatever their number and labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.catalogue import catalogue
from evaluation.report.figures import (
    bandwidth_grid,
    concordance,
    covariate_balance,
    curvature,
    donut,
    dose,
    entries_by_age,
    entry_exit,
    partition,
    placebo_cutoff,
    placebo_period,
    rd_plot,
    recipients_by_age,
    risk_classes,
    second_kink,
)
from evaluation.report.figures.render import render
from evaluation.report.point_table import PointTable, read_points
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

ID, MODEL, OUT = "release_at_30", "exit_flow", "sa_exit"
MINUS = "\N{MINUS SIGN}"


def spec_of(name):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue())


@pytest.fixture(scope="module")
def spec():
    return spec_of(ID)


def row(estimate=0.05, low=-0.02, high=0.15, **more):
    own = {"spec_id": ID, "model_id": MODEL, "estimator": "rd_robust",
           "estimand": "itt_at_cutoff", "outcome": OUT}  # fmt: skip
    numbers = {"estimate": estimate, "std_error": 0.04, "conf_low": low, "conf_high": high}
    return Estimate(**{**own, **numbers, **more})


def named(check, pairs, model=MODEL, outcome=OUT, term=""):
    return tuple(Detail(ID, model, check, outcome, term, *pair) for pair in pairs)


def numbers(noun, label, estimate, p_value=0.5):
    name = f"{noun} {label}"
    parts = {"std_error": 0.01, "conf_low": estimate - 0.02, "conf_high": estimate + 0.02}
    return ((name, estimate), *((f"{name}: {k}", v) for k, v in (*parts.items(),
            ("p_value", p_value))))  # fmt: skip


def record_of(spec, details=(), estimates=None, checks=(), observed=None):
    rows = (row(),) if estimates is None else estimates
    return Record(spec, rows, tuple(details), tuple(checks), (), {}, observed=observed or {})


def by_column(plot):
    return [dict(zip(plot.points.columns, one, strict=True)) for one in plot.points.rows]


def drawn(plot, words):
    """Draw from the points as their CSV says them."""
    again = replace(plot, points=read_points(plot.points.csv()))
    picture = render(again, words)
    assert picture.startswith(b"\x89PNG")
    return picture


def test_a_grid_of_bandwidths(spec):
    pairs = (
        ("bandwidths", 2),
        *numbers("bandwidth", "8, order 1", 0.1),
        *numbers("bandwidth", "12, order 1", 0.07),
        *numbers("bandwidth", "8, order 2", 0.18),
        ("bandwidth 3, order 2: refused", "too few: 3 values"),
    )
    widths = (("bandwidth_below", 9.5), ("bandwidth_above", 10.5), ("order", 1))
    record = record_of(spec, (*named("", widths), *named("bandwidth_grid", pairs)))
    (plot,) = bandwidth_grid.plots(record)
    rows = by_column(plot)
    assert [one["x"] for one in rows] == [8.0, 12.0, 8.0, 3.0, 10.5]
    assert [one["estimate"] for one in rows] == [0.1, 0.07, 0.18, None, 0.05]
    assert [one["mark"] for one in rows] == ["variant"] * 3 + ["refused", "model"]
    assert (rows[0]["conf_low"], rows[0]["conf_high"]) == (0.1 - 0.02, 0.1 + 0.02)
    assert "3 estimates from 0.0700 to 0.1800" in plot.alt
    assert f"0.0500 (95\u00a0% interval {MINUS}0.0200 to 0.1500)" in plot.alt
    assert "One gave no number" in plot.alt
    assert drawn(plot, record.words) == render(plot, record.words)


def test_donuts(spec):
    pairs = (*numbers("donut", "2", 0.01), *numbers("donut", "3", -0.01))
    (plot,) = donut.plots(record_of(spec, named("donut", pairs)))
    rows = by_column(plot)
    assert [(one["x"], one["estimate"]) for one in rows] == [(2.0, 0.01), (3.0, -0.01), (1.0, 0.05)]
    drawn(plot, record_of(spec).words)


def test_placebo_cutoffs_say_what_is_left_out_and_the_rank(spec):
    pairs = (
        ("rank", 2), ("placebos", 2), ("estimate", 0.05), ("std_error", 0.04),
        ("conf_low", -0.02), ("conf_high", 0.15),
        *numbers("placebo", "330", 0.1), *numbers("placebo", "390", -0.05),
    )  # fmt: skip
    record = record_of(spec, named("placebo_cutoff", pairs))
    (plot,) = placebo_cutoff.plots(record)
    rows = by_column(plot)
    assert [(one["x"], one["mark"]) for one in rows] == [
        (330.0, "variant"), (390.0, "variant"), (360.0, "model"),
    ]  # fmt: skip
    assert "300 and 360" in plot.caption and "ranks 2 of 3" in plot.caption
    assert rows[2]["estimate"] == 0.05
    drawn(plot, record.words)


def test_placebo_periods_end_with_the_model(spec):
    pairs = (
        ("rank", 1), ("placebos", 2), ("estimate", 0.05),
        *numbers("placebo", "2013", 0.01), *numbers("placebo", "2014", 0.02),
        *numbers("placebo", "before the reform", 0.015),
    )  # fmt: skip
    record = record_of(spec, named("placebo_period", pairs))
    (plot,) = placebo_period.plots(record)
    marks = [(one["label"], one["mark"]) for one in by_column(plot)]
    assert marks == [
        ("2013", "variant"), ("2014", "variant"), ("before the reform", "beside"),
        ("after the reform", "model"),
    ]  # fmt: skip
    drawn(plot, record.words)


def test_covariates_are_in_their_own_standard_deviations(spec):
    pairs = (("robust_estimate", -0.02), ("robust_std_error", 0.01), ("standard_deviation", 0.5))
    checks = (
        Check(ID, "covariate_balance", MODEL, "", "female", -2.0, 0.09, "not detected", ""),
        Check(ID, "covariate_balance", MODEL, "", "all columns", 4.0, 0.04, "violation found", ""),
    )
    details = (
        *named("covariate_balance", pairs, outcome="", term="female"),
        *named("covariate_balance", (("restrictions", 1),), outcome="", term="all columns"),
    )
    (plot,) = covariate_balance.plots(record_of(spec, details, checks=checks))
    (one,) = by_column(plot)
    assert (one["estimate"], one["std_error"], one["p_value"]) == (-0.04, 0.02, 0.09)
    assert one["conf_low"] == pytest.approx(-0.04 - 1.959964 * 0.02, abs=1e-7)
    assert "p\u00a0= 0.040" in plot.caption
    drawn(plot, record_of(spec).words)


def test_bounds_on_curvature(spec):
    pairs = [
        (f"{key}_at_{name}", value)
        for name, value in (("half_bound", 0.04), ("bound", 0.06), ("twice_bound", 0.08))
        for key in ("estimate", "conf_low", "conf_high")
    ]
    record = record_of(spec, named("", (*pairs, ("curvature_bound", 0.001)), "exit_honest"))
    (plot,) = curvature.plots(record)
    assert [(one["label"], one["mark"]) for one in by_column(plot)] == [
        ("0.5", "variant"), ("1", "model"), ("2", "variant"),
    ]  # fmt: skip
    drawn(plot, record.words)


def test_a_second_kink(spec):
    pairs = (
        ("lead_months", 12), ("cutoff", 348.0), ("robust_estimate", 0.02),
        ("robust_std_error", 0.01),
    )  # fmt: skip
    record = record_of(spec, named("second_kink", pairs))
    (plot,) = second_kink.plots(record)
    (one,) = by_column(plot)
    assert (one["x"], one["estimate"]) == (348.0, 0.02) and "12 below" in one["label"]
    drawn(plot, record.words)


def test_parts_beside_their_total_and_a_part_that_failed():
    spec = spec_of("neets")
    total, on, off = (f"{name}@12" for name in ("neet", "neet_on_benefit", "neet_off_benefit"))
    own = {"spec_id": "neets", "model_id": "main", "estimator": "twfe", "estimand": "att"}
    rows = (
        row(-0.01, **own, outcome=total),
        row(-0.03, **own, outcome=on),
        Estimate(**own, outcome=off, status="failed", reason="no rows"),
    )
    record = record_of(spec, estimates=rows)
    plots = partition.plots(record)
    points = by_column(plots[0])
    assert [one["estimate"] for one in points] == [-0.01, -0.03, None]
    assert [one["series"] for one in points] == ["total", "part", "part"]
    drawn(plots[0], record.words)


def test_flows_and_hazards():
    spec = spec_of("entry_exit_at_30")
    own = {"spec_id": spec.id, "model_id": "flows", "estimator": "rd_flow", "outcome": "received"}
    rows = (
        row(0.001, **own, estimand="kink_at_cutoff"),
        row(0.002, **own, term="entry"),
        row(-0.01, **own, term="exit"),
        row(-0.02, **own, term="sa_exit_work"),
        row(0.012, **own, term="net inflow"),
        row(0.02, **own, term="exit hazard among survivors, month -1", event_time=-1),
        row(0.03, **own, term="exit hazard among survivors, month 1", event_time=1),
    )
    label = "itt_at_cutoff exit hazard among survivors, month 1"
    bands = tuple(
        Detail(spec.id, "flows", "", "received", label, name, value)
        for name, value in (("uniform_low", -0.1), ("uniform_high", 0.2))
    )
    flows, hazards = entry_exit.plots(record_of(spec, bands, rows))
    assert [one["label"] for one in by_column(flows)] == [
        "Entry", "Exit", "Exit to work", "Net inflow",
    ]  # fmt: skip
    months = by_column(hazards)
    assert [(one["x"], one["series"]) for one in months] == [(-1, "exit"), (1, "exit")]
    assert hazards.name == "hazards_exit_flows_received"
    assert (months[1]["conf_low"], months[1]["conf_high"]) == (-0.1, 0.2)
    for plot in (flows, hazards):
        drawn(plot, record_of(spec).words)


def test_classes_of_risk(spec):
    rows = (row(0.03), *(row(0.01 * at, term=f"class {at} of 10") for at in range(1, 11)))
    (plot,) = risk_classes.plots(record_of(spec, estimates=rows))
    assert [one["x"] for one in by_column(plot)] == [float(at) for at in range(1, 11)]
    drawn(plot, record_of(spec).words)


def test_doses_shared_by_models(spec):
    stated = (
        ("past_duty: limit treated", 17.5), ("past_duty: limit untreated", 18.0),
        ("past_duty: slope treated", 0.0), ("past_duty: slope untreated", -1.0),
    )  # fmt: skip
    got = (
        ("limit treated", 0.3), ("limit treated: std_error", 0.1), ("limit untreated", 0.1),
        ("limit untreated: std_error", 0.1), ("slope treated", 0.0), ("slope untreated", 0.0),
    )  # fmt: skip
    details = [
        one
        for model in (MODEL, "stock_kink")
        for one in (
            *named("dose", stated, model, "", "potential"),
            *named("dose", got, model, "", "condition_imposed"),
        )
    ]
    (plot,) = dose.plots(record_of(spec, details))
    ends = [(one["side"], one["x"], one["y"]) for one in by_column(plot)[:4]]
    assert ends == [
        ("below", 360.0, 17.5), ("below", 348.0, 17.5), ("above", 360.0, 18.0),
        ("above", 372.0, 6.0),
    ]  # fmt: skip
    assert "stock_kink" in plot.caption
    drawn(plot, record_of(spec).words)


def test_counts_by_age(spec):
    rows = [
        (series, period, 358.0 + at, count, 100)
        for series, count in (("rows", 100), ("recipients", 20), ("entries", 2))
        for period in ("before", "after")
        for at in range(4)
    ]
    record = record_of(
        spec, observed={"counts": PointTable(("series", "period", "x", "count", "rows"), (*rows,))}
    )
    (people,), (entries,) = recipients_by_age.plots(record), entries_by_age.plots(record)
    assert {one["share"] for one in by_column(people)} == {0.2}
    assert {one["share"] for one in by_column(entries)} == {0.02}
    assert "80 in all at 4 values" in people.alt
    for plot in (people, entries):
        drawn(plot, record.words)


COLUMNS = ("model", "outcome", "part", "variable", "series", "side", "x", "y", "rows")


def around(model=MODEL, outcome=OUT, n=5):
    place = (model, outcome)
    yield (*place, "all", "all", "cutoff", None, 360.0, None, None)
    for side, sign in (("below", -1), ("above", 1)):
        yield (*place, "all", "all", "bandwidth", side, 360.0 + 3 * sign, None, None)
        for at in range(1, n + 1):
            x = 360.0 + sign * at * 5 / n
            yield (*place, "all", "outcome", "mean", side, x, 0.1 + 0.01 * sign, 50 + at)
        for x in (360.0, 360.0 + 3 * sign):
            yield (*place, "all", "outcome", "fit", side, x, 0.1 + 0.01 * sign, None)


@pytest.mark.parametrize("n", [1, 500])
def test_means_around_the_cutoff(spec, n):
    record = record_of(spec, observed={"cutoff": PointTable(COLUMNS, (*around(n=n),))})
    (plot,) = rd_plot.plots(record)
    assert f"{n} means below the cutoff, the last 0.0900, and {n} above" in plot.alt
    assert "Their gap at the cutoff is its estimate, 0.0500" in plot.caption
    assert drawn(plot, record.words) == render(plot, record.words)


def test_models_with_the_same_means_share_a_figure(spec):
    rows = (*around(), *around("exit_honest"), *around(outcome="sa_entry"))
    record = record_of(spec, observed={"cutoff": PointTable(COLUMNS, rows)})
    assert [plot.name for plot in rd_plot.plots(record)] == [
        "rd_exit_flow_sa_exit", "rd_exit_flow_sa_entry",
    ]  # fmt: skip


def test_long_labels_with_marks_of_formulas_are_drawn_as_they_stand(spec):
    label = "$\\frac{a}{b}$ _x_ <b>&" + "long " * 40
    outcomes = {
        name: one.model_copy(update={"label": label}) for name, one in spec.outcomes.items()
    }
    marked = spec.model_copy(update={"outcomes": outcomes}).bound_to(spec.origin)
    many = [pair for at in range(1, 301) for pair in numbers("donut", str(at), 0.001 * at)]
    record = record_of(
        marked,
        named("donut", many),
        estimates=(row(0.01, None, None),),
        observed={"cutoff": PointTable(COLUMNS, (*around(),))},
    )
    for plot in (*rd_plot.plots(record), *donut.plots(record)):
        assert label in plot.caption
        assert render(plot, record.words).startswith(b"\x89PNG")


def test_a_model_without_numbers_has_no_figure(spec):
    failed = Estimate(ID, MODEL, "rd_robust", "itt_at_cutoff", OUT, status="failed", reason="none")
    details = named("placebo_cutoff", (("placebo 330: refused", "too few"),))
    record = record_of(spec, details, estimates=(failed,))
    (plot,) = placebo_cutoff.plots(record)
    assert "One gave no number" in plot.alt
    drawn(plot, record.words)
    empty = record_of(spec, estimates=(failed,))
    for module in (bandwidth_grid, donut, curvature, partition, risk_classes, rd_plot, dose):
        assert module.plots(empty) == ()


def test_numbers_of_several_specs_on_one_axis(spec):
    from evaluation.report.across import Compared
    from evaluation.report.concordance import Reported

    one = Reported("rd", "m", "itt_at_cutoff", "employed (binary)", 0, "per person", 0.02, 0.01)
    two = Reported("did", "m", "att_relative", "employed (binary)", 0, "per person", -0.01, 0.02)
    check = Check("rd", "concordance", "m", "employed", "did, m", 1.3, 0.18,
                  "no difference detected", "")  # fmt: skip
    alone = Check("rd", "concordance", "m", "employed", "did, k", None, None, "side by side", "")
    words = record_of(spec).words
    plot = concordance.concordance_plot((Compared(check, one, two), Compared(alone, one, None)),
                                        words)  # fmt: skip
    rows = by_column(plot)
    assert [row["estimate"] for row in rows] == [0.02, -0.01, 0.02, None]
    assert rows[0]["conf_high"] == pytest.approx(0.02 + 1.959964 * 0.01, abs=1e-7)
    drawn(plot, words)
    assert render(concordance.concordance_plot((), words), words).startswith(b"\x89PNG")
