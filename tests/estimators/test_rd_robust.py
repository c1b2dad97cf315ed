"""Robust regression discontinuity against the package it rests on."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.errors import DataError, EstimationError
from evaluation.estimators import rd_robust as module
from evaluation.spec.variance import Inference


def named(found):
    return {key: value for _, key, value in found.details}


def direct(data, **keys):
    from rdrobust import rdrobust

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdrobust(data.y, data.running, **keys)


@pytest.mark.parametrize(
    ("inference", "keys"),
    [
        (Inference((), "nn", distribution="normal"), {"vce": "nn"}),
        (Inference((), "hc1", distribution="normal"), {"vce": "hc1"}),
        (Inference(("group",), "cr1", distribution="normal"), {"vce": "cr1"}),
    ],
)
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("kernel", ["triangular", "uniform"])
def test_equals_rdrobust(samples, inference, keys, order, kernel):
    data = samples.make("rd")
    options = module.Options(order=order, kernel=kernel)
    setting = samples.setting(
        module, "rd", options=options, inference=inference, design={"treated_side": "above"}
    )
    found = module.fit(data, setting)
    if inference.cluster:
        keys = {**keys, "cluster": data.columns["group"].to_numpy()}
    wanted = direct(data, p=order, kernel=kernel, **keys)
    term, details = found.terms[0], named(found)
    assert term.estimate == pytest.approx(wanted.coef.to_numpy()[0, 0], rel=1e-10)
    assert term.std_error == pytest.approx(wanted.se.to_numpy()[0, 0], rel=1e-10)
    assert (term.conf_low, term.conf_high) == pytest.approx(
        tuple(wanted.ci.to_numpy()[2]), rel=1e-9
    )
    assert term.p_value == pytest.approx(wanted.pv.to_numpy()[2, 0], rel=1e-8)
    assert details["robust_estimate"] == pytest.approx(wanted.coef.to_numpy()[2, 0], rel=1e-10)
    assert details["robust_std_error"] == pytest.approx(wanted.se.to_numpy()[2, 0], rel=1e-10)
    assert details["bandwidth_below"] == wanted.bws.to_numpy()[0, 0]


def test_clustered_variance_is_clustered(samples):
    """The library's default with a cluster once equalled hc1: the kind is always named."""
    data = samples.make("rd")
    generator = np.random.default_rng(0)
    shock = generator.normal(size=25)
    data = replace(data, y=data.y + 3 * shock[data.columns["group"].to_numpy()])
    options = module.Options(bandwidth={"fixed": 15})
    errors = {
        variance: module.fit(
            data,
            samples.setting(
                module,
                "rd",
                options=options,
                inference=Inference(("group",) if variance == "cr1" else (), variance),
            ),
        )
        .terms[0]
        .std_error
        for variance in ("hc1", "cr1")
    }
    assert abs(errors["cr1"] / errors["hc1"] - 1) > 0.05


def test_treated_side_sets_the_sign(samples):
    data = samples.make("rd")
    below = module.fit(data, samples.setting(module, "rd"))
    above = module.fit(data, samples.setting(module, "rd", design={"treated_side": "above"}))
    one, other = below.terms[0], above.terms[0]
    assert one.estimate == -other.estimate and one.std_error == other.std_error
    assert (one.conf_low, one.conf_high) == (-other.conf_high, -other.conf_low)
    assert named(below)["robust_estimate"] == -named(above)["robust_estimate"]


def test_fixed_bandwidths_are_used_as_given(samples):
    data = samples.make("rd")
    options = module.Options(bandwidth={"fixed": 12, "bias": 20})
    found = named(module.fit(data, samples.setting(module, "rd", options=options)))
    assert (found["bandwidth_below"], found["bandwidth_above"]) == (12, 12)
    assert (found["bias_bandwidth_below"], found["bias_bandwidth_above"]) == (20, 20)
    assert found["n_obs_within_below"] == np.sum((data.running < 0) & (data.running > -12))
    same = module.Options(bandwidth={"fixed": 12})
    found = named(module.fit(data, samples.setting(module, "rd", options=same)))
    assert found["bias_bandwidth_below"] == 12


@pytest.mark.parametrize("rule", ["mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum"])
def test_every_rule_works(samples, rule):
    data = samples.make("rd")
    options = module.Options(bandwidth={"rule": rule})
    found = named(module.fit(data, samples.setting(module, "rd", options=options)))
    wanted = direct(data, bwselect=module.RULES[rule], vce="cr1", cluster=data.columns["group"])
    assert found["bandwidth_above"] == wanted.bws.to_numpy()[0, 1]


def test_three_mass_points_are_refused(samples):
    data = samples.make("rd")
    options = module.Options(bandwidth={"fixed": 3})
    with pytest.raises(DataError, match="3 distinct values below the cutoff within the bandwidth"):
        module.fit(data, samples.setting(module, "rd", options=options))
    few = replace(data, running=np.clip(data.running, -2, 30))
    with pytest.raises(DataError, match="2 distinct values below"):
        module.fit(few, samples.setting(module, "rd"))


def test_clustering_by_the_running_variable_warns(samples):
    data = samples.make("rd")
    data = replace(data, columns=data.columns.assign(age=data.running + 360))
    setting = samples.setting(module, "rd", inference=Inference(("age",), "cr1"))
    assert "running variable" in module.fit(data, setting).warnings[0]


def test_clustered_variance_takes_one_cluster(samples):
    data = samples.make("rd")
    data = replace(data, columns=data.columns.assign(other=data.unit % 7))
    setting = samples.setting(module, "rd", inference=Inference(("group", "other"), "cr1"))
    with pytest.raises(DataError, match="exactly one cluster"):
        module.fit(data, setting)


def test_nothing_is_printed(samples, capfd):
    module.fit(samples.make("rd"), samples.setting(module, "rd"))
    out, err = capfd.readouterr()
    assert out == "" and err == ""


def test_controls_are_handed_on(samples):
    data = samples.make("rd")
    found = module.fit(data, samples.setting(module, "rd", controls=("size",)))
    wanted = direct(
        data, vce="cr1", cluster=data.columns["group"], covs=data.columns[["size"]].to_numpy()
    )
    assert -found.terms[0].estimate == pytest.approx(wanted.coef.to_numpy()[0, 0], rel=1e-8)


def test_a_fault_of_the_library_is_one_line(samples, monkeypatch):
    import rdrobust

    def broken(*_args, **_keys):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(rdrobust, "rdrobust", broken)
    with pytest.raises(EstimationError, match="LinAlgError in rdrobust"):
        module.fit(samples.make("rd"), samples.setting(module, "rd"))


@pytest.mark.parametrize(
    "keys",
    [
        {"bandwidth": {"rule": "mse", "fixed": 12}},
        {"bandwidth": {}},
        {"bandwidth": {"rule": "mse", "bias": 20}},
        {"bandwidth": {"rule": "silverman"}},
        {"kernel": "gaussian"},
        {"order": 5},
    ],
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        module.Options(**keys)
