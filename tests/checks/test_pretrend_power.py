"""Power of the pre-test: rows, targets, bases, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.checks import pretrend_power
from evaluation.checks.contract import Case, ModelResult
from evaluation.estimators.contract import Fit, Setting, Term
from evaluation.inference.pretest_power import joint_power
from evaluation.spec.model import Model
from evaluation.spec.variance import Inference

TIMES = (-3, -2, 0, 1)
ROOT = np.random.default_rng(3).normal(size=(4, 9))
COVARIANCE = ROOT @ ROOT.T / 9 * 0.04


def judge(estimates=(0.1, -0.1, 0.5, 0.6), told=(("reference", -1),), times=TIMES,
          covariance=COVARIANCE, **options):  # fmt: skip
    terms = tuple(
        Term(value, float(np.sqrt(v)), None, None, None, "att_by_event_time", event_time=time)
        for value, time, v in zip(estimates, times, np.diag(covariance), strict=True)
    )
    details = tuple(("", name, value) for name, value in told)
    fit = Fit(terms, n_obs=1000, n_clusters=100, covariance=covariance, details=details)
    model = Model(id="path", estimand="att_by_event_time", estimator="twfe_event_study")
    setting = Setting("att_by_event_time", Inference(("g",), "cr1"), (), (), None, None)
    case = Case(ModelResult(model, setting, {"y": fit}), None)
    return pretrend_power.run(case, pretrend_power.Options(draws=2000, **options))


def test_a_row_for_every_power_and_slope():
    rows = judge(slopes=(0.05,))
    assert [row.term for row in rows] == ["power 50%", "power 80%", "slope 0.05"]
    assert [row.statistic for row in rows[:2]] == pytest.approx([0.5, 0.8])
    slopes = [dict(row.details)["slope"] for row in rows]
    assert slopes[0] < slopes[1] and slopes[2] == 0.05
    for row in rows:
        details = dict(row.details)
        assert details["bias"] == pytest.approx(details["slope"])
        drift = details["slope"] * np.array([-2.0, -1.0])
        joint = joint_power(drift, COVARIANCE[:2, :2], None)
        assert details["power_joint_test"] == pytest.approx(joint)


def test_the_target_moves_with_its_distance_from_the_reference():
    for told, distance in (
        ((("reference", -1),), 1.5),
        ((("reference", -4),), 4.5),
        ((("base_period", "varying"), ("anticipation", 0)), 1.5),
    ):
        for row in judge(told=told, target="average_post", powers=(), slopes=(0.1,)):
            assert dict(row.details)["bias"] == pytest.approx(0.1 * distance)


def test_a_trend_as_large_as_the_estimate_could_explain_it():
    words = [judge((0.1, 0.0, value, 0.0), powers=(0.5,))[0].verdict for value in (0.01, 50.0)]
    assert words == ["could explain the estimate", "too small to explain the estimate"]


def test_degrees_of_freedom_widen_what_is_found():
    normal = judge(slopes=(0.1,), powers=())[0]
    few = judge(slopes=(0.1,), powers=(), told=(("reference", -1), ("degrees_of_freedom", 5.0)))[0]
    assert few.statistic < normal.statistic
    assert dict(few.details)["critical_value"] == pytest.approx(2.570582)


def test_power_that_parallel_trends_have_too_is_refused():
    (row,) = judge(powers=(0.06,))
    assert row.verdict == "refused" and row.term == "power 6%"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"times": (0, 1, 2, 3)}, "no coefficients before"),
        ({"times": (-4, -3, -2, -1)}, "first post period"),
        ({"told": (("pre_coefficients", "imputation"),)}, "another regression"),
        ({"covariance": np.full((4, 4), 1.0)}, "singular"),
    ],
)
def test_refusals_name_the_reason(made, words):
    (row,) = judge(**made)
    assert row.verdict == "refused" and words in row.message


@pytest.mark.parametrize("wrong", [{"powers": (0.01,)}, {"powers": (1.0,)}, {"target": "x"}])
def test_options_are_checked(wrong):
    with pytest.raises(ValidationError):
        pretrend_power.Options(**wrong)
