"""Polynomial regression discontinuity against statsmodels and by hand."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.errors import DataError, EstimationError
from evaluation.estimators import rd_polynomial as module
from evaluation.spec.variance import Inference


def options(**keys):
    return module.Options(**keys)


def reference(data, order, slopes, width, **fit):
    from statsmodels.regression.linear_model import WLS

    near = np.abs(data.running) <= width
    x = data.running[near]
    treated = (x < 0).astype(float)
    columns = [np.ones(len(x)), treated, *(x**j for j in range(1, order + 1))]
    if slopes == "separate":
        columns += [treated * x**j for j in range(1, order + 1)]
    weight = np.ones(len(x)) if data.weight is None else data.weight[near]
    if "cov_kwds" in fit:
        fit["cov_kwds"] = {"groups": data.columns["group"].to_numpy()[near]}
    return WLS(data.y[near], np.column_stack(columns), weights=weight).fit(**fit)


@pytest.mark.parametrize("order", [0, 1, 2, 4])
@pytest.mark.parametrize("slopes", ["common", "separate"])
@pytest.mark.parametrize("width", [12, 30])
@pytest.mark.parametrize(
    ("inference", "fitted"),
    [
        (Inference((), "iid"), {}),
        (Inference((), "hc1"), {"cov_type": "HC1"}),
        (Inference(("group",), "cr1"), {"cov_type": "cluster", "cov_kwds": {}}),
    ],
)
def test_equals_statsmodels(samples, order, slopes, width, inference, fitted):
    data = samples.make("rd")
    data = replace(data, weight=np.random.default_rng(0).uniform(0.5, 2, data.n_obs))
    setting = samples.setting(
        module,
        "rd",
        options=options(order=order, slopes=slopes, bandwidth={"fixed": width}),
        inference=inference,
    )
    found = module.fit(data, setting)
    wanted = reference(data, order, slopes, width, **fitted)
    assert found.terms[0].estimate == pytest.approx(wanted.params[1], rel=1e-8)
    assert found.terms[0].std_error == pytest.approx(wanted.bse[1], rel=1e-8)
    assert found.n_obs == int(wanted.nobs)


def test_treated_side_sets_the_sign(samples):
    data = samples.make("rd")
    below = module.fit(data, samples.setting(module, "rd")).terms[0]
    above = module.fit(data, samples.setting(module, "rd", design={"treated_side": "above"})).terms[
        0
    ]
    assert above.estimate == pytest.approx(-below.estimate, rel=1e-10)
    assert above.std_error == pytest.approx(below.std_error, rel=1e-10)
    assert above.conf_low == pytest.approx(-below.conf_high, rel=1e-10)


def test_a_value_at_the_cutoff_lies_above(samples):
    data = samples.make("rd")
    details = {key: v for _, key, v in module.fit(data, samples.setting(module, "rd")).details}
    assert details["n_obs_below"] == np.sum(data.running < 0)
    assert details["n_obs_above"] == np.sum(data.running >= 0)
    assert (details["mass_points_below"], details["mass_points_above"]) == (30, 30)


def test_intervals_follow_the_distribution(samples):
    from scipy import stats

    data = samples.make("rd")
    inference = Inference(("group",), "cr1", distribution="t")
    term = module.fit(data, samples.setting(module, "rd", inference=inference)).terms[0]
    assert (term.conf_high - term.estimate) / term.std_error == pytest.approx(
        stats.t.ppf(0.975, 24), rel=1e-9
    )


def test_clustering_by_the_running_variable_warns(samples):
    data = samples.make("rd")
    data = replace(data, columns=data.columns.assign(age=data.running + 360))
    found = module.fit(data, samples.setting(module, "rd", inference=Inference(("age",), "cr1")))
    assert "running variable" in found.warnings[0]
    assert not module.fit(data, samples.setting(module, "rd")).warnings


def test_too_few_values_on_a_side_are_named(samples):
    data = samples.make("rd")
    setting = samples.setting(module, "rd", options=options(order=3, bandwidth={"fixed": 2}))
    with pytest.raises(DataError, match=r"2 distinct values below .* needs 4"):
        module.fit(data, setting)


def test_collinear_controls_are_refused(samples):
    data = samples.make("rd")
    data = replace(data, columns=data.columns.assign(copy=(data.running < 0) * 2.0))
    with pytest.raises(DataError, match="do not identify"):
        module.fit(data, samples.setting(module, "rd", controls=("copy",)))


@pytest.mark.parametrize(
    "keys", [{"order": -1}, {"slopes": "both"}, {"bandwidth": {"fixed": 0}}, {"periods": "now"}]
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        options(**keys)


def test_a_two_way_variance_that_is_not_positive_is_refused(samples):
    data = samples.make("rd")
    rows = np.arange(data.n_obs)
    # Two clusters each way: the sum less the intersection is sometimes negative.
    for seed in range(200):
        generator = np.random.default_rng(seed)
        columns = data.columns.assign(a=generator.integers(0, 2, len(rows)))
        columns = columns.assign(b=generator.integers(0, 2, len(rows)))
        given = replace(data, columns=columns)
        setting = samples.setting(module, "rd", inference=Inference(("a", "b"), "cr1"))
        try:
            found = module.fit(given, setting)
        except EstimationError as error:
            assert "not positive" in str(error)
            return
        assert found.terms[0].std_error > 0
    pytest.fail("no negative variance met")
