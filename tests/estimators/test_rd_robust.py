"""Robust regression discontinuity against the package it rests on."""

import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.errors import DataError, EstimationError
from evaluation.estimators import rd_robust as module
from evaluation.estimators._cct.library import RULES
from evaluation.spec.variance import Inference

CONTINUOUS = SimpleNamespace(column="running", discrete=False)


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
    options = module.Options(order=order, kernel=kernel, sides="independent")
    design = {"treated_side": "above", "running_variable": CONTINUOUS}
    setting = samples.setting(module, "rd", options=options, inference=inference, design=design)
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
    wanted = direct(data, bwselect=RULES[rule], vce="cr1", cluster=data.columns["group"])
    assert found["bandwidth_above"] == pytest.approx(wanted.bws.to_numpy()[0, 1], rel=1e-10)


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
    design = {"running_variable": CONTINUOUS}
    setting = samples.setting(module, "rd", inference=Inference((), "hc1"), design=design)
    with pytest.raises(EstimationError, match="LinAlgError in rdrobust"):
        module.fit(samples.make("rd"), setting)


def as_cells(data, key):
    """The same rows, each its own cell."""
    rows = np.ones(len(data.y), dtype=np.int64)
    return replace(data, rows=rows, weight=rows.astype(float), columns=data.columns[list(key)])


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    ("inference", "sides"),
    [
        (Inference((), "nn"), "joint"),
        (Inference((), "hc1"), "joint"),
        (Inference(("group",), "cr1"), "joint"),
        (Inference(("group",), "cr1"), "independent"),
    ],
)
def test_both_engines_give_the_same_row(samples, inference, sides, order):
    data = samples.make("rd")
    setting = samples.setting(
        module,
        "rd",
        controls=("size",),
        inference=inference,
        options=module.Options(sides=sides, order=order),
    )
    by_row = module.fit(data, setting)
    by_cell = module.fit(as_cells(data, ("size", "group")), setting)
    # From order 2 on, rdrobust's normal equations cost it digits (test_cct_exact).
    joint = sides == "joint" and inference.variance == "cr1"
    rel = 1e-9 if order == 1 or joint else 1e-7
    one, other = by_row.terms[0], by_cell.terms[0]
    assert one.estimate == pytest.approx(other.estimate, abs=rel * one.std_error)
    assert one.std_error == pytest.approx(other.std_error, rel=rel)
    assert (one.conf_low, one.conf_high) == pytest.approx(
        (other.conf_low, other.conf_high), abs=10 * rel * one.std_error
    )
    assert (by_row.n_obs, by_row.n_clusters) == (by_cell.n_obs, by_cell.n_clusters)
    mine, yours = named(by_row), named(by_cell)
    assert list(mine) == list(yours)
    for name, value in mine.items():
        if isinstance(value, float):
            assert yours[name] == pytest.approx(value, rel=10 * rel)
        else:
            assert yours[name] == value


def test_sides_that_share_clusters_are_joined(samples):
    """Clusters on both sides with a shock of their own: the jump does not see the shock."""
    data = samples.make("rd")
    shock = np.random.default_rng(0).normal(size=25)
    data = replace(data, y=data.y + 3 * shock[data.columns["group"].to_numpy()])
    found = {}
    for sides in ("joint", "independent"):
        options = module.Options(bandwidth={"fixed": 15}, sides=sides)
        found[sides] = module.fit(data, samples.setting(module, "rd", options=options))
    joint, apart = found["joint"], found["independent"]
    details = named(joint)
    assert joint.terms[0].estimate == pytest.approx(apart.terms[0].estimate, rel=1e-10)
    assert joint.terms[0].std_error < 0.7 * apart.terms[0].std_error
    assert details["std_error_sides_independent"] == pytest.approx(
        apart.terms[0].std_error, rel=1e-10
    )
    assert details["robust_std_error_sides_independent"] == pytest.approx(
        named(apart)["robust_std_error"], rel=1e-10
    )
    assert joint.terms[0].std_error ** 2 == pytest.approx(
        apart.terms[0].std_error ** 2 - 2 * details["covariance_of_sides"], rel=1e-9
    )
    assert "covariance_of_sides" not in named(apart)


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
