"""Differences of discontinuities against brute force on rows, rdrobust by part, and rd_robust."""

import warnings
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, SpecError
from evaluation.estimators import rd_difference as module
from evaluation.estimators import rd_robust
from evaluation.estimators._cct.request import Request
from evaluation.estimators._difference.fit import fit_parted
from evaluation.estimators._difference.parts import PARTS, Part
from evaluation.estimators._difference.points import parted_points
from evaluation.spec.variance import Inference

BY_PERSON = Inference(("unit",), "cr1", distribution="normal")
BY_ROW = Inference((), "hc1", distribution="normal")
PARTINGS = ("periods", "third", "both")
KINK = "change_in_kink_at_cutoff"


def persons(seed=1, units=240, shared=True, jump=0.0, slope=0.0, noise=0.5):
    """Months of persons who pass the cutoff before the reform, after it, or across it."""
    draw = np.random.default_rng(seed)
    first, entered = draw.integers(-36, 0, units), draw.integers(-30, 6, units)
    unit = np.repeat(np.arange(units), 36)
    step = np.tile(np.arange(36), units)
    x, period = first[unit] + step, entered[unit] + step
    there = draw.random(len(unit)) < 0.8
    unit, x, period = unit[there], x[there].astype(float), period[there]
    post = (period >= 0).astype(float)
    third = (draw.random(units) < 0.5)[unit].astype(float)
    taste = draw.normal(size=units)[unit]
    z = taste + 0.1 * x + draw.normal(size=len(x))
    below = x < 0
    y = 1 + 0.02 * x + 0.3 * below + 0.01 * x * below + 0.2 * post + 0.2 * noise * third
    y += post * below * (jump + slope * x)
    y += noise * (0.7 * taste + draw.normal(size=len(x)))
    if not shared:
        unit = unit * 4 + 2 * post.astype(int) + below
    columns = pd.DataFrame({"unit": unit, "z": z, "town": unit % 19})
    return ModelData(
        outcome="y", y=y, columns=columns, unit=unit.astype(np.int64), running=x, post=post,
        third=third,
    )  # fmt: skip


def named(found):
    return {key: value for _, key, value in found.details}


def fitted(samples, data, **changes):
    options = module.Options(**{"bandwidth": {"fixed": 12}, **changes.pop("options", {})})
    setting = samples.setting(
        module,
        "rd",
        options=options,
        inference=changes.pop("inference", BY_PERSON),
        estimand=changes.pop("estimand", "change_in_itt_at_cutoff"),
        **changes,
    )
    return module.fit(data, setting)


def parts_of(data, between):
    """Return what each row's jump counts for."""
    after, third = 2 * data.post - 1, 2 * data.third - 1
    return {"periods": after, "third": third, "both": after * third}[between], {
        "periods": data.post,
        "third": data.third,
        "both": 2 * data.post + data.third,
    }[between]


def brute_force(data, between, order, derivative, h, factors=True):
    """The saturated local regression: one column a power, side and part; scores by person."""
    sign, part = parts_of(data, between)
    x, kernel = data.running, np.clip(1 - np.abs(data.running) / h, 0, None)
    side = (x >= 0).astype(int)
    fit = np.unique(2 * part + side, return_inverse=True)[1]
    powers = np.vander(x, order + 1, increasing=True)
    design = np.zeros((len(x), (fit.max() + 1) * (order + 1)))
    loading = np.zeros(design.shape[1])
    for one in range(fit.max() + 1):
        here, place = fit == one, slice(one * (order + 1), (one + 1) * (order + 1))
        design[here, place] = powers[here]
        # Below less above: the treated side is below.
        loading[place.start + derivative] = sign[here][0] * (1 - 2 * side[here][0])
    bread = np.linalg.inv(design.T @ (kernel[:, None] * design))
    beta = bread @ (design.T @ (kernel * data.y))
    scores = design * (kernel * (data.y - design @ beta))[:, None]
    root = np.ones(len(x))
    for one in range(fit.max() + 1):
        inside = (fit == one) & (kernel > 0)
        n, g = inside.sum(), len(np.unique(data.unit[inside]))
        factor = (n - 1) / (n - order - 1) * g / (g - 1)
        root[inside] = np.sqrt(factor) if factors else 1.0
    moved = (scores @ bread @ loading) * root
    return loading @ beta, np.sqrt((np.bincount(data.unit, moved) ** 2).sum()), design, loading


@pytest.mark.parametrize("between", PARTINGS)
@pytest.mark.parametrize(("order", "derivative"), [(1, 0), (2, 0), (2, 1)])
def test_the_saturated_regression_with_scores_by_person(samples, between, order, derivative):
    data = persons()
    found = fitted(
        samples, data, options={"between": between, "order": order},
        estimand=("change_in_itt_at_cutoff", KINK)[derivative],
    )  # fmt: skip
    estimate, error, *_ = brute_force(data, between, order, derivative, 12)
    assert found.terms[0].estimate == pytest.approx(estimate, rel=1e-8)
    assert found.terms[0].std_error == pytest.approx(error, rel=1e-8)
    # With h = b the bias-corrected fit is that of the next order.
    centre, robust, *_ = brute_force(data, between, order + 1, derivative, 12)
    assert named(found)["robust_estimate"] == pytest.approx(centre, rel=1e-8)
    assert named(found)["robust_std_error"] == pytest.approx(robust, rel=1e-8)


@pytest.mark.parametrize("between", PARTINGS)
def test_the_brute_force_is_weighted_least_squares(between):
    import statsmodels.api as sm

    data = persons(2)
    estimate, error, design, loading = brute_force(data, between, 1, 0, 12, factors=False)
    kernel = np.clip(1 - np.abs(data.running) / 12, 0, None)
    there = kernel > 0
    wanted = sm.WLS(data.y[there], design[there], weights=kernel[there]).fit(
        cov_type="cluster",
        cov_kwds={"groups": data.unit[there], "use_correction": False},
    )
    assert estimate == pytest.approx(loading @ wanted.params, rel=1e-9)
    assert error == pytest.approx(np.sqrt(loading @ wanted.cov_params() @ loading), rel=1e-9)


def subset(data, rows):
    names = ("y", "unit", "running", "post", "third")
    part = {name: getattr(data, name)[rows] for name in names}
    return replace(data, columns=data.columns[rows].reset_index(drop=True), **part)


@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
@pytest.mark.parametrize(("order", "derivative", "b"), [(1, 0, 17.0), (2, 1, 12.0)])
def test_parts_are_those_of_rdrobust(samples, variance, order, derivative, b):
    from rdrobust import rdrobust

    data = persons(3)
    found = named(
        fitted(
            samples, data, options={"order": order, "bandwidth": {"fixed": 12, "bias": b}},
            inference=BY_PERSON if variance == "cr1" else Inference((), variance),
            estimand=("change_in_itt_at_cutoff", KINK)[derivative],
        )
    )  # fmt: skip
    for post, name in ((1, "after"), (0, "before")):
        part = subset(data, data.post == post)
        keys = {"cluster": part.unit} if variance == "cr1" else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = rdrobust(
                part.y, part.running, p=order, deriv=derivative, h=12, b=b, vce=variance, **keys
            )
        coef, errors = wanted.coef.to_numpy().ravel(), wanted.se.to_numpy().ravel()
        assert found[f"{name}_estimate"] == pytest.approx(-coef[0], rel=1e-7)
        assert found[f"{name}_robust_estimate"] == pytest.approx(-coef[2], rel=1e-7)
        if variance != "cr1":
            assert found[f"{name}_std_error"] == pytest.approx(errors[0], rel=1e-7)
            assert found[f"{name}_robust_std_error"] == pytest.approx(errors[2], rel=1e-7)
        assert found[f"{name}_n_obs_within_below"] == wanted.N_h[0]


@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
def test_each_part_is_rd_robust_and_one_part_is_all_of_it(samples, variance):
    data = persons(4)
    inference = Inference(("unit",) if variance == "cr1" else (), variance, distribution="normal")
    found = named(fitted(samples, data, inference=inference))
    for post, name in ((1, "after"), (0, "before")):
        options = rd_robust.Options(bandwidth={"fixed": 12})
        setting = samples.setting(rd_robust, "rd", options=options, inference=inference)
        alone = rd_robust.fit(subset(data, data.post == post), setting)
        term = alone.terms[0]
        assert found[f"{name}_estimate"] == pytest.approx(term.estimate, rel=1e-9)
        assert found[f"{name}_std_error"] == pytest.approx(term.std_error, rel=1e-9)
        for key in ("robust_estimate", "robust_std_error"):
            assert found[f"{name}_{key}"] == pytest.approx(named(alone)[key], rel=1e-9)
    cluster = data.unit if variance == "cr1" else None
    part = Part("all", "anywhere", 1)
    parted = parted_points(data, (part,), ("z",), cluster)
    request = Request(variance=variance)
    change = fit_parted(parted, (1,), request, 11.0, 14.0).change
    options = rd_robust.Options(bandwidth={"fixed": 11, "bias": 14})
    setting = samples.setting(
        rd_robust, "rd", options=options, inference=inference, controls=("z",),
        design={"treated_side": "above"},
    )  # fmt: skip
    wanted = rd_robust.fit(data, setting)
    assert change.estimate == pytest.approx(wanted.terms[0].estimate, rel=1e-12)
    assert change.std_error == pytest.approx(wanted.terms[0].std_error, rel=1e-12)
    assert change.corrected == pytest.approx(named(wanted)["robust_estimate"], rel=1e-12)
    assert change.robust_std_error == pytest.approx(named(wanted)["robust_std_error"], rel=1e-12)


def test_variances_add_up_where_nobody_is_in_two_fits(samples):
    found = fitted(samples, persons(5, shared=False))
    details = named(found)
    apart = details["after_std_error"] ** 2 + details["before_std_error"] ** 2
    assert found.terms[0].std_error ** 2 == pytest.approx(apart, rel=1e-10)
    assert details["std_error_fits_independent"] == pytest.approx(
        found.terms[0].std_error, rel=1e-10
    )
    shared = fitted(samples, persons(5))
    ratio = named(shared)["std_error_fits_independent"] / shared.terms[0].std_error
    assert abs(ratio - 1) > 0.05


@pytest.mark.parametrize("between", PARTINGS)
def test_rows_counted_as_independent_add_up_by_part(samples, between):
    found = fitted(samples, persons(6), options={"between": between}, inference=BY_ROW)
    details = named(found)
    errors = [details[f"{part.name}_std_error"] for part in PARTS[between]]
    assert found.terms[0].std_error == pytest.approx(np.sqrt(np.square(errors).sum()), rel=1e-12)
    jumps = [part.sign * details[f"{part.name}_estimate"] for part in PARTS[between]]
    assert found.terms[0].estimate == pytest.approx(sum(jumps), rel=1e-10)


def test_a_planted_change_is_found_without_noise(samples):
    """Order one is exact for lines: the change of the jump, and with order two of the slope."""
    data = persons(7, jump=0.25, slope=-0.03, noise=0.0)
    data = replace(data, y=data.y + 1e-9 * np.random.default_rng(0).normal(size=len(data.y)))
    jump = fitted(samples, data, inference=BY_ROW)
    assert jump.terms[0].estimate == pytest.approx(0.25, abs=1e-7)
    assert named(jump)["before_estimate"] == pytest.approx(0.3, abs=1e-7)
    assert named(jump)["after_estimate"] == pytest.approx(0.55, abs=1e-7)
    kink = fitted(samples, data, inference=BY_ROW, estimand=KINK)
    assert named(kink)["order"] == 2
    assert kink.terms[0].estimate == pytest.approx(-0.03, abs=1e-7)
    above = fitted(samples, data, inference=BY_ROW, estimand=KINK, design={"treated_side": "above"})
    assert above.terms[0].estimate == -kink.terms[0].estimate


def test_a_rule_gives_one_bandwidth_for_all_rows(samples):
    data = persons(8)
    found = fitted(samples, data, options={"bandwidth": {"rule": "mse"}})
    options = rd_robust.Options(bandwidth={"rule": "mse"})
    setting = samples.setting(rd_robust, "rd", options=options, inference=BY_PERSON)
    wanted = named(rd_robust.fit(data, setting))
    assert named(found)["bandwidth"] == pytest.approx(wanted["bandwidth_below"], rel=1e-12)
    assert named(found)["bias_bandwidth"] == pytest.approx(
        wanted["bias_bandwidth_above"], rel=1e-12
    )
    h = named(found)["bandwidth"]
    assert named(found)["after_n_obs_within_above"] == np.sum(
        (data.post == 1) & (data.running >= 0) & (data.running < h)
    )


def test_factors_are_printed_by_local_fit(samples):
    data = persons(9)
    details = named(fitted(samples, data, options={"between": "both"}))
    inside = (data.post == 0) & (data.third == 1) & (data.running < 0) & (data.running > -12)
    n, g = inside.sum(), len(np.unique(data.unit[inside]))
    assert details["before_third_n_clusters_within_below"] == g
    assert details["before_third_small_sample_factor_below"] == pytest.approx(
        (n - 1) / (n - 2) * g / (g - 1)
    )


def test_parts_without_rows_or_points_are_refused(samples):
    data = persons(10)
    with pytest.raises(DataError, match="no row lies before the reform"):
        fitted(samples, replace(data, post=np.ones(len(data.y))))
    narrow = subset(data, (data.post == 1) | (data.running >= -2))
    with pytest.raises(DataError, match="before the reform: the running variable has 2 distinct"):
        fitted(samples, narrow)
    with pytest.raises(DataError, match=r"needs design\.reform_date"):
        fitted(samples, replace(data, post=None))
    with pytest.raises(SpecError, match="takes no fixed_effects"):
        fitted(samples, data, fixed_effects=("town",))
    with pytest.raises(DataError, match="exactly one cluster"):
        fitted(samples, data, inference=Inference(("unit", "town"), "cr1"))


def test_options_say_what_goes_together():
    for keys, words in (
        ({"periods": "post"}, "needs periods = 'all'"),
        ({"bandwidth": {"rule": "mse_two"}}, "mse_sum"),
        ({"bandwidth": {"fixed": 9, "rule": "mse"}}, "either rule or fixed"),
        ({"bandwidth": {"rule": "mse", "bias": 9}}, "bias goes with fixed"),
        ({"sides": "independent"}, "joint"),
    ):
        with pytest.raises(ValueError, match=words):
            module.Options(**keys)
    assert module.Options(between="third", periods="post").compares_third


def test_a_bend_widens_what_is_corrected(samples):
    """A curved regression after the reform alone: the correction takes the line's bias off."""
    data = persons(11, units=400, noise=0.02)
    bent = replace(data, y=data.y + 0.002 * data.running**2 * (data.running < 0) * data.post)
    widths = [fitted(samples, bent, options={"bandwidth": {"fixed": h}}) for h in (8, 16, 24)]
    biases = [abs(found.terms[0].estimate) for found in widths]
    assert all(later > earlier for earlier, later in pairwise(biases))
    assert all(abs(named(found)["robust_estimate"]) < 0.02 for found in widths)
