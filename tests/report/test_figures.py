"""Figures: straight fits, ranges, references, and the words beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.catalogue import catalogue
from evaluation.report.figures.choice import figures_of, pictures_of
from evaluation.report.figures.cutoff import cutoff_of
from evaluation.report.figures.local_linear import local_line
from evaluation.report.figures.path import references_of
from evaluation.report.record import Record
from evaluation.results import Detail, Estimate
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec


def spec_of(name):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue())


def path_row(at, estimate, error=0.01):
    low, high = (None, None) if error is None else (estimate - 0.02, estimate + 0.02)
    return Estimate(
        "age_did", "path", "twfe_event_study", "att_by_event_time", "employed", event_time=at,
        estimate=estimate, std_error=error, conf_low=low, conf_high=high,
    )  # fmt: skip


@pytest.fixture
def path() -> Record:
    rows = (path_row(-5, -0.0123), path_row(-4, 0.001), path_row(0, 0.002), path_row(1, 0.0345))
    details = (
        Detail("age_did", "path", "", "employed", "", "reference", -3),
        Detail("age_did", "path", "", "employed", "event time 0", "uniform_low", -0.03),
        Detail("age_did", "path", "", "employed", "event time 0", "uniform_high", 0.03),
    )
    return Record(spec_of("age_did"), rows, details, (), (), {})


def test_an_event_study_in_words(path):
    (picture,) = pictures_of(path)
    assert "Employed: effect by quarters since the reform" in picture.caption
    assert "uniform 95 % band" in picture.caption
    assert "reference, \N{MINUS SIGN}3" in picture.caption
    assert "4 estimates" in picture.alt
    assert "\N{MINUS SIGN}0.0123" in picture.alt and "0.0345" in picture.alt
    assert picture.draw().startswith(b"\x89PNG")


def test_a_zero_without_error_is_the_reference(path):
    assert references_of(path, "path", "employed") == [-3]
    rows = (*path.estimates, path_row(-1, 0.0, None))
    assert references_of(replace(path, estimates=rows, details=()), "path", "employed") == [-1]


@pytest.fixture
def rd() -> Record:
    points = tuple((float(x), 0.1 + 0.001 * (x - 360), 50.0) for x in range(300, 420) if x != 360)
    details = (
        Detail("release_at_30", "exit_flow", "", "sa_exit", "", "bandwidth_below", 10.0),
        Detail("release_at_30", "exit_flow", "", "sa_exit", "", "bandwidth_above", 12.0),
    )
    return Record(spec_of("release_at_30"), (), details, (), (), {}, points={"rd_sa_exit": points})


def test_an_rd_figure_reaches_to_twice_the_bandwidth(rd):
    near = cutoff_of(rd, "sa_exit").near(rd.points["rd_sa_exit"])
    assert (near[0][0], near[-1][0]) == (340.0, 384.0)
    without = replace(rd, details=())
    every = cutoff_of(without, "sa_exit").near(without.points["rd_sa_exit"])
    assert every == rd.points["rd_sa_exit"]


def test_an_rd_figure_in_words(rd):
    (picture,) = pictures_of(rd)
    assert "Left social assistance: means by age months around the cutoff 360" in picture.caption
    assert "10.0 below and 12.0 above" in picture.caption
    assert "20 means below the cutoff 360 and 24 above" in picture.alt
    assert "0.0990 at 359" in picture.alt and "0.1010 at 361" in picture.alt
    assert set(figures_of(rd)) == {"rd_sa_exit"}
    assert picture.draw().startswith(b"\x89PNG")


def test_lines_are_fitted_on_one_side_within_the_bandwidth():
    points = ((-3.0, 99.0, 5.0), (-2.0, 2.0, 5.0), (-1.0, 3.0, 1.0), (1.0, 0.0, 1.0))
    line = local_line(points, 0.0, 3.0, below=True)
    assert line is not None
    (x0, y0), (x1, y1) = line
    assert (x0, x1) == (-2.0, -1.0)
    assert (y0, y1) == pytest.approx((2.0, 3.0))
    assert local_line(points, 0.0, 3.0, below=False) is None


def test_lines_weigh_rows_and_distance():
    # Weighted mean slope by hand: weights rows * (1 - |x|/4) = 2*.25, 4*.5, 8*.75.
    points = ((1.0, 1.0, 8.0), (2.0, 3.0, 4.0), (3.0, 2.0, 2.0))
    weights, xs, ys = (6.0, 2.0, 0.5), (1.0, 2.0, 3.0), (1.0, 3.0, 2.0)
    total = sum(weights)
    mx = sum(w * x for w, x in zip(weights, xs, strict=True)) / total
    my = sum(w * y for w, y in zip(weights, ys, strict=True)) / total
    sxy = sum(w * (x - mx) * (y - my) for w, x, y in zip(weights, xs, ys, strict=True))
    sxx = sum(w * (x - mx) ** 2 for w, x in zip(weights, xs, strict=True))
    line = local_line(points, 0.0, 4.0, below=False)
    assert line is not None
    assert (line[1][1] - line[0][1]) / 2 == pytest.approx(sxy / sxx)
