"""The pre-trend test: full covariance, binned ends left out, refusals, power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from evaluation.checks import pretrends
from evaluation.checks.contract import Case, ModelResult
from evaluation.estimators.contract import Fit, Setting, Term, event_label
from evaluation.spec.model import Model
from evaluation.spec.variance import Inference

COVARIANCE = np.array([[4.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])


def result(estimates, times, covariance=COVARIANCE, clusters=100, binned=(), told=()):
    terms = tuple(
        Term(value, float(np.sqrt(v)), None, None, None, "att_by_event_time", event_time=time)
        for value, time, v in zip(estimates, times, np.diag(covariance), strict=True)
    )
    fit = Fit(
        terms,
        n_obs=1000,
        n_clusters=clusters,
        covariance=covariance,
        details=(
            *((event_label(time), "binned", True) for time in binned),
            *(("", name, value) for name, value in told),
        ),
    )
    model = Model(id="path", estimand="att_by_event_time", estimator="twfe_event_study")
    setting = Setting("att_by_event_time", Inference(("g",), "cr1"), (), (), None, None)
    return ModelResult(model, setting, {"y": fit})


def verdict(*args, **kwargs):
    (found,) = pretrends.run(Case(result(*args, **kwargs), None), pretrends.Options())
    return found


def test_statistic_is_the_quadratic_form_of_the_pre_period():
    found = verdict([1.0, 2.0, 50.0], [-3, -2, 0])
    pre = np.array([1.0, 2.0])
    expected = pre @ np.linalg.solve(COVARIANCE[:2, :2], pre)
    assert found.statistic == pytest.approx(expected)
    assert found.p_value == pytest.approx(stats.chi2.sf(expected, 2))


def test_effects_after_the_reform_take_no_part():
    assert verdict([1, 2, 50], [-3, -2, 0]).p_value == verdict([1, 2, 0], [-3, -2, 0]).p_value


def test_binned_ends_take_no_part():
    found = verdict([100.0, 2.0, 0.0], [-3, -2, 0], binned=(-3,))
    assert found.statistic == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("estimates", "words"),
    [([20.0, 0.0, 0.0], "violation found"), ([0.1, 0.1, 0.0], "not detected")],
)
def test_verdicts(estimates, words):
    found = verdict(estimates, [-3, -2, 0])
    assert found.verdict == words
    assert "pass" not in found.verdict + found.message
    if words == "not detected":
        assert "power" in found.message and "drift" in found.message


@pytest.mark.parametrize(
    ("told", "shape"),
    [
        ((("reference", -1),), [-3.0, -2.0]),
        ((("reference", -2),), [-2.0, -1.0]),
        ((("reference", 0),), [-4.0, -3.0]),
        ((("base_period", "universal"), ("anticipation", 0)), [-3.0, -2.0]),
        ((("base_period", "universal"), ("anticipation", 1)), [-2.0, -1.0]),
        ((("base_period", "varying"), ("anticipation", 0)), [1.0, 1.0]),
        ((), [-3.0, -2.0]),
    ],
)
def test_power_is_that_of_the_noncentral_chi_square(told, shape):
    found = verdict([0.1, 0.1, 0.0], [-4, -3, 0], told=told)
    details = dict(found.details)
    # The farthest coefficient moves by one of its standard errors.
    assert details["drift"] == pytest.approx(2.0 / abs(shape[0]))
    drift = details["drift"] * np.array(shape)
    noncentrality = drift @ np.linalg.solve(COVARIANCE[:2, :2], drift)
    cut = stats.chi2.ppf(0.95, 2)
    assert details["power"] == pytest.approx(stats.ncx2.sf(cut, 2, noncentrality))


def test_event_times_that_treatment_may_reach_take_no_part():
    told = (("anticipation", 2),)
    found = verdict([1.0, 50.0, 50.0], [-3, -2, -1], told=told)
    assert found.statistic == pytest.approx(0.25)
    assert dict(found.details)["restrictions"] == 1


def test_too_many_restrictions_for_the_clusters_are_refused():
    assert verdict([0, 0, 0], [-3, -2, 0], clusters=10).verdict == "refused"
    assert verdict([0, 0, 0], [-3, -2, 0], clusters=11).verdict == "not detected"


def test_a_model_without_pre_period_is_refused():
    assert verdict([0, 0, 0], [0, 1, 2]).verdict == "refused"


def told(effective):
    given = result([2.0, 3.0, 0.0], [-3, -2, 0])
    fit = replace(given.fits["y"], details=(("", "effective_clusters", effective),))
    (found,) = pretrends.run(Case(replace(given, fits={"y": fit}), None), pretrends.Options())
    return found


def test_few_effective_clusters_take_hotellings_reference():
    found = told(9.5)
    nu, q = 8.5, 2
    expected = stats.f.sf((nu - q + 1) / (nu * q) * found.statistic, q, nu - q + 1)
    assert found.p_value == pytest.approx(expected)
    assert found.p_value > dict(found.details)["p_value_chi_squared"]


def test_many_effective_clusters_approach_chi_squared():
    assert told(1e7).p_value == pytest.approx(stats.chi2.sf(told(1e7).statistic, 2), rel=1e-4)


def test_too_few_degrees_of_freedom_are_a_refusal():
    assert told(2.0).verdict == "refused"
    # Two restrictions need four effective clusters: nu - q + 1 is then two.
    few = told(3.9)
    assert few.verdict == "refused" and "effective clusters" in few.message
    assert told(4.0).verdict != "refused"


def test_earliest_restricts_the_event_times():
    given = result([50.0, 2.0, 0.0], [-3, -2, 0])
    (found,) = pretrends.run(Case(given, None), pretrends.Options(earliest=-2))
    assert found.statistic == pytest.approx(2.0)
    assert dict(found.details)["restrictions"] == 1
