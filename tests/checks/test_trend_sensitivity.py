"""Sensitivity to trends: which coefficients enter, refusals, rows, and runs of whole specs."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.checks import trend_sensitivity
from evaluation.checks._trend_path import trend_path
from evaluation.checks.contract import Case, ModelResult
from evaluation.estimators.contract import Fit, Setting, Term, event_label
from evaluation.inference.honest_magnitudes import relative_magnitudes
from evaluation.inference.honest_smoothness import smoothness
from evaluation.inference.trend_path import TrendPath
from evaluation.spec.model import Model
from evaluation.spec.variance import Inference

TIMES = (-4, -3, -2, 0, 1, 2)
ESTIMATES = np.array([0.02, -0.05, 0.03, 0.6, 0.7, 0.9])
ROOT = np.random.default_rng(0).normal(size=(6, 14))
COVARIANCE = ROOT @ ROOT.T / 14 * 0.01
OPTIONS = {"restriction": "relative_magnitudes", "values": (0.5, 1.0, 3.0), "draws": 999}


def fit_of(estimates=ESTIMATES, times=TIMES, covariance=COVARIANCE, told=(("reference", -1),),
           binned=(), blind=(), cohort=""):  # fmt: skip
    terms = tuple(
        Term(
            float(value), None if time in blind else float(np.sqrt(v)), None, None, None,
            "att_by_event_time", event_time=time, cohort=cohort,
        )
        for value, time, v in zip(estimates, times, np.diag(covariance), strict=True)
    )  # fmt: skip
    details = (
        *((event_label(time), "binned", True) for time in binned),
        *(("", name, value) for name, value in told),
    )
    return Fit(terms, n_obs=1000, n_clusters=100, covariance=covariance, details=details)


def case_of(fit):
    model = Model(id="path", estimand="att_by_event_time", estimator="twfe_event_study")
    setting = Setting("att_by_event_time", Inference(("g",), "cr1"), (), (), None, None)
    return Case(ModelResult(model, setting, {"y": fit}), None)


def judge(fit, **options):
    return trend_sensitivity.run(case_of(fit), trend_sensitivity.Options(**(OPTIONS | options)))


def reason(fit, **options):
    (found,) = judge(fit, **options)
    assert found.verdict == "refused" and found.term == ""
    return found.message


def test_a_row_for_every_value_and_one_for_the_breakdown():
    rows = judge(fit_of())
    assert [row.term for row in rows] == ["Mbar = 0.5", "Mbar = 1", "Mbar = 3", "breakdown"]
    path = TrendPath(ESTIMATES, COVARIANCE, np.array([-3, -2, -1, 1, 2, 3]), np.array([1.0, 0, 0]))
    for row, bound in zip(rows, (0.5, 1.0, 3.0), strict=False):
        expected = relative_magnitudes(path, bound, 999, 0)
        details = dict(row.details)
        assert (details["conf_low"], details["conf_high"]) == (expected.low, expected.high)
        zero = expected.low > 0
        assert row.verdict == ("excludes zero" if zero else f"includes zero at {row.term}")
        assert details["target_weights"] == "0: 1" and details["base"] == -1


def test_breakdown_is_the_largest_value_that_excludes_zero():
    for options in ({}, {"restriction": "smoothness", "target": "average_post"}):
        row = judge(fit_of(), **options)[-1]
        largest = dict(row.details)["breakdown"]
        assert row.verdict == f"robust up to {largest:.4g}" and row.statistic == largest
        around = judge(fit_of(), **options, values=(largest * 0.999, largest * 1.001))
        assert [one.verdict.split(" zero")[0] for one in around[:2]] == ["excludes", "includes"]


def test_no_effect_is_not_robust():
    rows = judge(fit_of(np.zeros(6)))
    assert rows[-1].verdict == "not robust at any value" and rows[-1].statistic is None
    assert not any("pass" in row.verdict + row.message for row in rows)


def test_smoothness_takes_the_whole_path():
    rows = judge(fit_of(), restriction="smoothness", values=(0.0, 0.1), target="average_post")
    path = TrendPath(ESTIMATES, COVARIANCE, np.array([-3, -2, -1, 1, 2, 3]), np.full(3, 1 / 3))
    for row, bound in zip(rows, (0.0, 0.1), strict=False):
        assert dict(row.details)["conf_low"] == smoothness(path, bound).low
    assert dict(rows[0].details)["target_weights"] == "0: 0.333333, 1: 0.333333, 2: 0.333333"


@pytest.mark.parametrize("base", [-2, -3])
def test_the_models_own_reference_does_not_matter(base):
    """Coefficients against another reference are the same path less a constant."""
    every = np.array([-4, -3, -2, -1, 0, 1, 2])
    whole, kept = np.insert(ESTIMATES, 3, 0.0), every != base
    shift = np.eye(7) - (every == base)
    pick = shift[kept] @ np.insert(np.eye(6), 3, 0.0, axis=0)
    moved = fit_of(
        (whole - whole[every == base])[kept], tuple(int(e) for e in every[kept]),
        pick @ COVARIANCE @ pick.T, told=(("reference", base),),
    )  # fmt: skip
    for options in ({}, {"restriction": "smoothness"}):
        for one, other in zip(judge(fit_of(), **options), judge(moved, **options), strict=True):
            for (name, value), (_, same) in zip(one.details, other.details, strict=True):
                if isinstance(value, float):
                    assert value == pytest.approx(same, rel=1e-6, abs=1e-9), name


def test_binned_ends_enter_neither_side():
    path = trend_path(fit_of(binned=(-4, 2)), "average_post")
    assert path.times.tolist() == [-2, -1, 1, 2] and path.weights.tolist() == [0.5, 0.5]
    assert path.estimates.tolist() == ESTIMATES[1:5].tolist()


def test_periods_of_anticipation_count_as_treated_without_weight():
    told = (("reference", -2), ("anticipation", 1))
    fit = fit_of(times=(-4, -3, -1, 0, 1, 2), told=told)
    path = trend_path(fit, "average_post")
    assert path.base == -2 and path.times.tolist() == [-2, -1, 1, 2, 3, 4]
    assert path.weights == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert trend_path(fit, "first_post").weights.tolist() == [0, 1, 0, 0]


def test_dropped_periods_before_the_reform_are_steps_of_their_length():
    fit = fit_of(times=(-6, -5, -4, 0, 1, 2), told=(("reference", -3),))
    path = trend_path(fit, "first_post")
    assert path.times.tolist() == [-3, -2, -1, 3, 4, 5]
    assert path.step_weights.tolist() == [3, 0, 0]


def test_earliest_leaves_out_what_lies_before():
    assert trend_path(fit_of(), "first_post", -3).times.tolist() == [-2, -1, 1, 2, 3]
    far = fit_of(times=(-3, -2, -1, 0, 1, 2), told=(("reference", -4),))
    assert trend_path(far, "first_post").times.tolist() == [-3, -2, -1, 1, 2, 3]
    assert trend_path(far, "first_post", -3).times.tolist() == [-2, -1, 1, 2, 3]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"told": (("base_period", "varying"),)}, "universal"),
        ({"told": (("pre_coefficients", "imputation"),)}, "another regression"),
        ({"times": (0, 1, 2, 3, 4, 5)}, "no coefficients before"),
        ({"times": (-6, -3, -2, 0, 1, 2)}, "event time -5, -4: .* set earliest = -3"),
        ({"blind": (-3,)}, "event time -3"),
        ({"blind": (0, 1, 2)}, "first post period"),
        ({"cohort": "2015"}, "aggregate"),
        ({"told": (("reference", 0),)}, "may already reach"),
        ({"told": (("reference", -2),)}, "stands at event time -2"),
        ({"covariance": np.full((6, 6), 0.1) + 1e-14 * np.eye(6)}, "rank 1"),
    ],
)
def test_refusals_name_the_reason(made, words):
    assert re.search(words, reason(fit_of(**made)))


def test_a_target_without_an_error_is_refused():
    assert "first post" in reason(fit_of(blind=(0,)))
    assert len(judge(fit_of(blind=(0,)), target="average_post")) == 4


def test_a_fit_without_covariance_is_refused():
    assert reason(replace(fit_of(), covariance=None))


@pytest.mark.parametrize(
    "wrong", [{"values": ()}, {"values": (-1.0,)}, {"values": (1.0, 1.0)}, {"restriction": "x"},
              {"target": "last"}, {"draws": 5}],
)  # fmt: skip
def test_options_are_checked(wrong):
    with pytest.raises(ValidationError):
        trend_sensitivity.Options(**(OPTIONS | wrong))


CHECK = """
[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "{estimator}"
{model}
[[checks]]
kind = "trend_sensitivity"
model = "path"
restriction = "relative_magnitudes"
values = [0.5, 1]
[[checks]]
kind = "trend_sensitivity"
id = "smooth"
model = "path"
restriction = "smoothness"
target = "average_post"
values = [0.05]
[[checks]]
kind = "pretrend_power"
model = "path"
"""
STUDIES = {
    "twfe_event_study": 'fixed_effects = ["town", "year"]\ncluster = "town"\n'
    'event_window = [-4, 3]\nevent_ends = "bin"',
    "group_time_att": 'base_period = "universal"\naggregate = ["event_time"]\ncluster = "town"',
}


@pytest.mark.parametrize("estimator", STUDIES)
def test_cells_and_rows_give_the_same_rows(ask, estimator):
    text = CHECK.format(estimator=estimator, model=STUDIES[estimator])
    found = [
        [row for row in ask(text, engine=engine).record.checks if row.model_id == "path"]
        for engine in ("microdata", "auto")
    ]
    assert len(found[0]) == 3 + 2 + 2
    for one, other in zip(*found, strict=True):
        assert (one.check, one.term) == (other.check, other.term)
        assert one.verdict.split()[0] == other.verdict.split()[0] != "refused"
        if one.statistic is not None:
            assert one.statistic == pytest.approx(other.statistic, rel=1e-5)
