"""Figures: points are the rows they come from, words say what points hold, bytes are the same."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace

import pytest

from evaluation.catalogue import catalogue
from evaluation.estimators.contract import event_label
from evaluation.report.figures import (
    adoption,
    att_gt,
    cohorts,
    event_study,
    forest,
    horizons,
    leave_one_out,
    placebo_date,
    quantile_effects,
    raw_trends,
    sensitivity,
    specification_curve,
)
from evaluation.report.figures._path import references_of
from evaluation.report.figures.registry import SECTIONS, figure_kinds, figure_module, plots_of
from evaluation.report.figures.render import render
from evaluation.report.language import language_of
from evaluation.report.point_table import PointTable, read_points
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate, Specification
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

MINUS = "\N{MINUS SIGN}"
ODD = ("$x_1$ <b>bold</b> \\alpha 100 % & _more_ " * 6)[:200]


def spec_of(name):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue())


@pytest.fixture(scope="module")
def spec():
    return spec_of("age_did")


def row(estimate, model="main", estimand="att_relative", outcome="employed", error=0.01, **place):
    low, high = (None, None) if error is None else (estimate - 0.02, estimate + 0.02)
    return Estimate(
        "age_did", model, "twfe", estimand, outcome, estimate=estimate, std_error=error,
        conf_low=low, conf_high=high, **place,
    )  # fmt: skip


def at(time, estimate, error=0.01, model="path", outcome="employed"):
    return row(estimate, model, "att_by_event_time", outcome, error, event_time=time)


def detail(name, value, check="", model="main", term="", outcome="employed"):
    return Detail("age_did", model, check, outcome, term, name, value)


def record_of(spec, rows=(), details=(), checks=(), **more):
    return Record(spec, tuple(rows), tuple(details), tuple(checks), (), {}, **more)


def labelled(spec, label):
    outcomes = {
        name: one.model_copy(update={"label": label}) for name, one in spec.outcomes.items()
    }
    return spec.model_copy(update={"outcomes": outcomes})


def drawn(plot, lang="en", to="png"):
    """Return a picture, every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return render(plot, language_of(lang), to)


def numbers(points, *columns):
    return [tuple(one) for one in zip(*(points.column(name) for name in columns), strict=True)]


@pytest.fixture(scope="module")
def path(spec):
    rows = (at(-5, -0.0123), at(-4, 0.001), at(0, 0.002), at(1, 0.0345))
    details = [
        detail("reference", -3, model="path"),
        detail("uniform_low", -0.03, model="path", term=event_label(0)),
        detail("uniform_high", 0.03, model="path", term=event_label(0)),
    ]
    return record_of(spec, rows, details)


@pytest.mark.parametrize("kind", figure_kinds())
def test_every_kind_keeps_the_contract(kind, spec):
    module = figure_module(kind)
    assert module.__doc__ and module.SECTION in SECTIONS and isinstance(module.ORDER, int)
    for lang in ("en", "nb"):
        assert language_of(lang).text(module.TITLE)
    assert module.plots(record_of(spec)) == ()


def test_an_event_study_holds_its_rows(path):
    (plot,) = event_study.plots(path)
    assert plot.name == "event_study_employed"
    shown = numbers(plot.points, "event_time", "estimate", "conf_low", "conf_high", "reference")
    expected = [(r.event_time, r.estimate, r.conf_low, r.conf_high, 0) for r in path.estimates]
    assert shown == [*expected[:2], (-3, 0.0, None, None, 1), *expected[2:]]
    assert numbers(plot.points, "uniform_low", "uniform_high")[3] == (-0.03, 0.03)
    assert read_points(plot.points.csv()) == plot.points


def test_an_event_study_in_words(path):
    (plot,) = event_study.plots(path)
    assert "Employed: effect by quarters since the reform" in plot.caption
    assert "uniform 95 % band" in plot.caption and f"reference ({MINUS}3)" in plot.caption
    assert "4 estimates" in plot.alt
    assert f"{MINUS}0.0123 ({MINUS}0.0323 to 0.0077) at {MINUS}5" in plot.alt
    assert "0.0345" in plot.alt
    norwegian = replace(path, spec=path.spec.model_copy(update={"lang": "nb"}))
    (plot,) = event_study.plots(norwegian)
    assert f"{MINUS}0,0123" in plot.alt and "kvartaler siden reformen" in plot.caption


def test_a_zero_without_error_is_the_reference(path):
    assert references_of(path, "path", "employed") == [-3]
    rows = (*path.estimates, at(-1, 0.0, None))
    assert references_of(replace(path, estimates=rows, details=()), "path", "employed") == [-1]


def test_models_that_count_time_alike_stand_in_one_picture():
    spec = spec_of("municipal_adoption")
    models = [model.id for model in spec.models if model.estimand == "att_by_event_time"][:2]
    assert len(models) == 2
    rows = [at(time, 0.01 * time, model=model) for model in models for time in (-1, 0, 1)]
    (plot,) = event_study.plots(record_of(spec, rows))
    assert list(dict.fromkeys(plot.points.column("model"))) == models
    assert all(model in plot.caption and model in plot.alt for model in models)


def test_the_same_points_give_the_same_bytes(path):
    (plot,) = event_study.plots(path)
    for to, head in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        first = drawn(plot, to=to)
        assert first.startswith(head) and first == drawn(plot, to=to)
    assert b"Date" not in first


def test_a_figure_is_drawn_from_its_points_alone(path):
    (plot,) = event_study.plots(path)
    again = replace(plot, points=read_points(plot.points.csv()))
    assert drawn(again) == drawn(plot)
    moved = tuple((*one[:2], 0.5, *one[3:]) for one in plot.points.rows)
    assert drawn(replace(plot, points=PointTable(plot.points.columns, moved))) != drawn(plot)


@pytest.mark.parametrize("label", [ODD, "W" * 200, "\N{SNOWMAN}漢"])
def test_labels_are_text_and_never_formulas(path, label):
    (plot,) = event_study.plots(replace(path, spec=labelled(path.spec, label)))
    assert plot.alt.startswith(label)
    assert drawn(plot).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "rows",
    [
        [at(0, 0.1)],
        [at(0, 0.1, None)],
        [at(time, 0.1, None) for time in range(-3, 3)],
        [at(time, 0.001 * time) for time in range(-500, 500)],
    ],
)
def test_one_estimate_a_thousand_and_none_with_an_interval(spec, rows):
    (plot,) = event_study.plots(record_of(spec, rows))
    assert len(plot.points) == len(rows)
    drawn(plot)


def test_failed_models_leave_no_picture_and_break_none(spec):
    failed = Estimate(
        "age_did", "path", "twfe", "att_by_event_time", "employed", status="failed", reason="no"
    )
    assert plots_of(record_of(spec, [failed])) == ()
    (plot,) = plots_of(record_of(spec, [failed, at(0, 0.1, outcome="in_education")]))
    assert plot.name == "event_study_in_education"


def test_a_grid_holds_its_rows_and_counts_what_differs_from_zero():
    spec = spec_of("municipal_adoption")
    rows = [
        row(value, "cs", "att_gt", cohort=cohort, period=period)
        for cohort, period, value in (
            ("2014Q1", "2013Q4", 0.05), ("2014Q1", "2014Q1", -0.03), ("2014Q1", "2014Q2", 0.01),
            ("2014Q2", "2013Q4", 0.01), ("2014Q2", "2014Q2", 0.03),
        )
    ]  # fmt: skip
    (plot,) = att_gt.plots(record_of(spec, rows))
    shown = numbers(plot.points, "cohort", "period", "estimate", "excludes_zero", "after")
    outside = [1, 1, 0, 0, 1]
    after = [0, 1, 1, 0, 1]
    assert shown == [
        (r.cohort, r.period, r.estimate, out, late)
        for r, out, late in zip(rows, outside, after, strict=True)
    ]
    assert "5 effects" in plot.alt and "3 of them after" in plot.alt
    assert "2 after and 1 before exclude zero" in plot.alt
    drawn(plot)


def sensitivity_details(breakdown):
    for size, low, high in ((0.0, -0.01, 0.03), (0.5, -0.02, 0.04)):
        term = f"Mbar = {size:g}"
        for name, value in (("conf_low", low), ("conf_high", high), ("estimate", 0.01)):
            yield detail(name, value, "trend_sensitivity", "path", term)
        yield detail("std_error", 0.01, "trend_sensitivity", "path", term)
    yield detail("restriction", "relative_magnitudes", "trend_sensitivity", "path", "breakdown")
    yield detail("breakdown", breakdown, "trend_sensitivity", "path", "breakdown")


@pytest.mark.parametrize(("breakdown", "said"), [(0.25, "up to Mbar = 0.25"), (None, "Even at")])
def test_sensitivity_holds_the_intervals_of_every_size(spec, breakdown, said):
    (plot,) = sensitivity.plots(record_of(spec, details=sensitivity_details(breakdown)))
    robust = [one for one in plot.points.rows if one[0] == "robust"]
    assert robust == [("robust", 0.0, None, -0.01, 0.03), ("robust", 0.5, None, -0.02, 0.04)]
    usual = plot.points.rows[0]
    assert usual[3:] == (
        pytest.approx(0.01 - 1.96 * 0.01, abs=1e-5), pytest.approx(0.01 + 1.96 * 0.01, abs=1e-5)
    )  # fmt: skip
    assert said in plot.alt and f"Mbar = 0.5: {MINUS}0.0200 to 0.0400" in plot.alt
    drawn(plot)


def test_placebos_stand_below_the_estimate(spec):
    details = [
        detail("rank", 2, "placebo_date"),
        detail("placebo 2014-01-01", 0.02, "placebo_date"),
        detail("placebo 2014-01-01: conf_low", 0.0, "placebo_date"),
        detail("placebo 2014-01-01: conf_high", 0.04, "placebo_date"),
        detail("placebo 2015-01-01", -0.01, "placebo_date"),
        detail("placebo 2015-01-01: conf_low", None, "placebo_date"),
        detail("placebo 2016-01-01: refused", "no rows", "placebo_date"),
    ]
    verdict = Check("age_did", "placebo_date", "main", "employed", "", 0.015, None, "within", "")
    (plot,) = placebo_date.plots(record_of(spec, [row(0.015)], details, [verdict]))
    own, first, second = plot.points.rows
    assert own[2:] == (0.015, pytest.approx(-0.005), pytest.approx(0.035), 1)
    assert first[1:5] == ("2014-01-01", 0.02, 0.0, 0.04)
    assert second[1:5] == ("2015-01-01", -0.01, None, None)
    assert "ranks 2 of 3" in plot.alt and "One placebo could not be estimated" in plot.caption
    drawn(plot)


def test_leaving_out_a_cluster_is_told_in_standard_errors(spec):
    details = [
        detail("leave_one_out_low", 0.005, "leave_one_out"),
        detail("leave_one_out_high", 0.030, "leave_one_out"),
    ]
    verdict = Check("age_did", "leave_one_out", "main", "employed", "", 1.5, None, "none", "")
    (plot,) = leave_one_out.plots(record_of(spec, [row(0.015)], details, [verdict]))
    (shown,) = plot.points.rows
    assert shown[:6] == ("main", "employed", 0.015, 0.01, 0.005, 0.030)
    assert shown[6:] == (pytest.approx(-1.0), pytest.approx(1.5), pytest.approx(-1.5))
    drawn(plot)


def test_a_forest_holds_everyone_and_every_level(spec):
    levels = [row(0.01 * one, subgroup=f"female = {one}") for one in (0, 1)]
    absent = Estimate(
        "age_did", "main", "twfe", "att_relative", "employed", "muni_size = small",
        status="refused", reason="too few",
    )  # fmt: skip
    pair = row(0.5, subgroup="female = 0 less 1", term="difference")
    test = Check("age_did", "heterogeneity", "main", "employed", "female", 4.0, 0.0421, "x", "")
    (plot,) = forest.plots(record_of(spec, [row(0.02), *levels, pair, absent], checks=[test]))
    shown = numbers(plot.points, "label", "estimate", "conf_low", "conf_high", "mark")
    everyone = ("Everyone", 0.02, pytest.approx(0.0), pytest.approx(0.04), 1)
    expected = [(f"female = {at}", r.estimate, r.conf_low, r.conf_high, 0)
                for at, r in enumerate(levels)]  # fmt: skip
    assert shown == [everyone, *expected, ("muni size = small", None, None, None, 0)]
    assert "by female: p 0.042" in plot.caption and "One level gives no" in plot.caption
    drawn(plot)


def test_horizons_stand_beside_each_other_itt_and_2sls_apart(spec):
    rows = [
        row(0.001 * months, model, estimand, f"employed@{months}")
        for months in (12, 24)
        for model, estimand in (("main", "att_relative"), ("iv", "late"))
    ]
    rows.append(row(0.7, "iv", "late", "employed@12", term="reduced form"))
    (plot,) = horizons.plots(record_of(spec, rows))
    shown = numbers(plot.points, "panel", "model", "months", "estimate")
    assert shown == [
        ("itt", "main", 12, 0.012), ("itt", "iv", 12, 0.7), ("itt", "main", 24, 0.024),
        ("late", "iv", 12, 0.012), ("late", "iv", 24, 0.024),
    ]  # fmt: skip
    assert "two-stage least squares" in plot.caption
    drawn(plot)


def test_quantiles_rise(spec):
    rows = [row(0.1 * quantile, "path", quantile=quantile) for quantile in (0.9, 0.1, 0.5)]
    (plot,) = quantile_effects.plots(record_of(spec, rows))
    assert plot.points.column("quantile") == (0.1, 0.5, 0.9)
    assert plot.points.column("estimate") == tuple(r.estimate for r in (rows[1], rows[2], rows[0]))
    drawn(plot)


def universe(count):
    for number in range(1, count + 1):
        estimate = None if number == 3 else ((number * 37) % 101 - 50) / 1000
        ends = (None, None) if estimate is None else (estimate - 0.02, estimate + 0.02)
        choices = {"models.main.controls": [["female"], []][number % 2], "sample.age": number % 3}
        yield Specification(
            "age_did", "main", "employed", number, number == 5, json.dumps(choices), "d", "twfe",
            "att_relative", estimate, None if estimate is None else 0.01, *ends,
            status="failed" if estimate is None else "ok",
        )  # fmt: skip


@pytest.mark.parametrize("count", [1, 40, 1000])
def test_a_curve_sorts_every_specification_and_keeps_its_choices(spec, count):
    rows = list(universe(count))
    (plot,) = specification_curve.plots(record_of(spec, specifications=tuple(rows)))
    by_number = {one.number: one for one in rows}
    known = [one for one in plot.points.rows if one[3] is not None]
    values = [one[3] for one in known]
    assert values == sorted(values) and [one[0] for one in known] == list(range(1, len(known) + 1))
    for one in plot.points.rows:
        own = by_number[one[1]]
        assert one[3:6] == (own.estimate, own.conf_low, own.conf_high)
        chosen = json.loads(own.choices)
        assert [json.loads(value) for value in one[7:]] == list(chosen.values())
    outside = sum(low > 0 or high < 0 for low, high in (one[4:6] for one in known))
    assert re.search(rf"exclude zero: {outside}\b", plot.alt)
    drawn(plot)


GROUPS = ("group", "first", "last", "period", "place", "mean", "rows", "post")


def test_observed_points_are_drawn_as_they_stand(spec):
    trends = PointTable(GROUPS, tuple(
        (group, None, None, f"2016{month:02d}", month, 0.1 * month, 10, int(month > 8))
        for group in ("treated", "control")
        for month in (1, 2, 3, 8, 9, 12)
    ))  # fmt: skip
    dates = PointTable(
        ("earliest", "latest", "first", "last", "units", "rows", "never"),
        (("2014Q1", "2014Q1", 8056, 8056, 3, 30, 0), ("2014Q2", None, 8057, None, 2, 9, 0),
         ("2014Q1", "2014Q4", 8056, 8059, 1, 9, 0), (None, None, None, None, 5, 50, 1)),
    )  # fmt: skip
    before = PointTable(
        ("outcome", "cohort", "place", "mean", "rows", "units", "first_period", "last_period"),
        tuple(("employed", name, 1, mean, 9, 2, "2013Q1", "2013Q4")
              for name, mean in (("2014Q1", 0.25), ("2014Q2", 0.5), ("never", 0.125))),
    )  # fmt: skip
    observed = {"trends_employed": trends, "adoption": dates, "cohorts": before}
    record = record_of(spec, observed=observed)
    (plot,) = raw_trends.plots(record)
    assert plot.points == trends
    assert "Treated: 0.1000 in January 2016, 1.2000 in December 2016" in plot.alt
    drawn(plot)
    (plot,) = adoption.plots(record)
    assert plot.points == dates
    assert "3 units with a known date and 3 with a half-known one" in plot.alt
    assert "5 never" in plot.alt
    drawn(plot)
    (plot,) = cohorts.plots(record)
    assert "from 0.1250 (Never) to 0.5000 (2014Q2)" in plot.alt
    drawn(plot)
