"""Mass points against rdrobust: estimates, errors, bandwidths, counts.

rdrobust solves normal equations in powers of x, which costs it digits as the order rises: for
order 2 and more it lies up to 2e-8 from the same formulas in rational arithmetic, mass points 1e-12
(``test_cct_exact``). Hence two tolerances.
"""

import contextlib
import io
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.library import RULES
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.spread import pilot

KERNELS = ("triangular", "epanechnikov", "uniform")
MASSPOINTS = ("adjust", "check", "off")
ORDERS = ((0, 0), (1, 0), (2, 0), (2, 1), (3, 0))


def ages(seed=5):
    """Ages in months with unequal numbers of rows: 120 points, correlated within clusters."""
    generator = np.random.default_rng(seed)
    x = np.repeat(np.arange(-60, 60).astype(float), generator.integers(3, 25, 120))
    n = len(x)
    cluster = generator.integers(0, 30, n)
    z = np.column_stack([generator.normal(size=n) + 0.01 * x, generator.integers(0, 3, n)])
    t = ((x >= 0) * 0.5 + generator.normal(size=n) * 0.5 > 0.3).astype(float)
    shocks = generator.normal(size=30)[cluster] + generator.normal(size=n)
    y = 0.02 * x + 3e-4 * x**2 + 0.5 * (x >= 0) + 0.5 * t + np.sin(x / 15) + 0.3 * z[:, 0] + shocks
    return {"y": y, "x": x, "z": z, "t": t, "cluster": cluster, "w": generator.uniform(0.2, 3, n)}


def senate():
    import rdrobust

    path = Path(rdrobust.__file__).parent / "data" / "rdrobust_RDsenate.csv"
    frame = pd.read_csv(path).dropna(subset=["vote", "margin"])
    return {"y": frame["vote"].to_numpy(float), "x": frame["margin"].to_numpy(float)}


def ours(sample, request, uses):
    z = sample["z"] if "covs" in uses else np.empty((len(sample["y"]), 0))
    data = ModelData(
        outcome="y",
        y=sample["y"],
        columns=pd.DataFrame(z, columns=[f"z{j}" for j in range(z.shape[1])]),
        running=sample["x"],
        treatment=sample["t"] if "fuzzy" in uses else None,
        weight=sample["w"] if "weights" in uses else None,
    )
    cluster = sample["cluster"] if request.variance == "cr1" else None
    points = points_of(data, tuple(data.columns), cluster, "t" if "fuzzy" in uses else None)
    return fit_points(points, request)


def theirs(sample, request, uses):
    from rdrobust import rdrobust

    keys = {
        "p": request.order,
        "deriv": request.derivative,
        "kernel": request.kernel,
        "masspoints": request.masspoints,
        "vce": request.variance,
    }
    if request.h is None:
        keys["bwselect"] = RULES[request.rule]
    else:
        keys |= {"h": np.array(request.h), "b": np.array(request.b or request.h)}
    names = {"covs": "z", "fuzzy": "t", "weights": "w"}
    keys |= {use: sample[names[use]] for use in uses}
    if request.variance == "cr1":
        keys["cluster"] = sample["cluster"]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return rdrobust(sample["y"], sample["x"], **keys)


def compare(sample, request, uses=(), rel=1e-9):
    request = replace(request, pilot_ratio="sides")
    found, wanted = ours(sample, request, uses), theirs(sample, request, uses)
    coefficients, errors = wanted.coef.to_numpy().ravel(), wanted.se.to_numpy().ravel()
    bandwidths = wanted.bws.to_numpy()
    assert found.h == pytest.approx(tuple(bandwidths[0]), rel=rel)
    assert found.b == pytest.approx(tuple(bandwidths[1]), rel=rel)
    assert found.rows == tuple(int(n) for n in wanted.N_h)
    change = found.change
    assert change.independent == pytest.approx(errors[0], rel=rel)
    assert change.robust_independent == pytest.approx(errors[2], rel=rel)
    assert change.estimate == pytest.approx(coefficients[0], abs=rel * errors[0])
    assert change.corrected == pytest.approx(coefficients[2], abs=rel * errors[2])
    if "fuzzy" in uses:
        first = found.first_stage
        centres, spreads = wanted.tau_T.to_numpy().ravel(), wanted.se_T.to_numpy().ravel()
        assert first.estimate == pytest.approx(centres[0], rel=10 * rel)
        assert first.corrected == pytest.approx(centres[2], rel=10 * rel)
        assert first.independent == pytest.approx(spreads[0], rel=rel)
        assert first.robust_independent == pytest.approx(spreads[2], rel=rel)


@pytest.mark.parametrize("variance", ["nn", "hc1"])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_and_kernel_on_a_continuous_variable(variance, kernel, rule):
    compare(senate(), Request(kernel=kernel, rule=rule, variance=variance))


@pytest.mark.parametrize("masspoints", MASSPOINTS)
@pytest.mark.parametrize("variance", ["hc1", "cr1"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_on_ages(masspoints, variance, rule):
    compare(ages(), Request(rule=rule, variance=variance, masspoints=masspoints))


@pytest.mark.parametrize("masspoints", MASSPOINTS)
@pytest.mark.parametrize("order", [0, 1])
def test_nearest_neighbours_with_ties(masspoints, order):
    compare(ages(7), Request(order=order, masspoints=masspoints))


def test_nearest_neighbours_in_sparse_points():
    """Points of one to three rows with gaps: sets reach over several points, on either side."""
    generator = np.random.default_rng(2)
    x = np.sort(generator.choice(np.arange(-200, 200), 150)).astype(float)
    sample = {"x": x, "y": 0.01 * x + generator.normal(size=len(x))}
    for rule in ("mse", "mse_two"):
        compare(sample, Request(rule=rule))
    compare(sample, Request(h=(60.0, 80.0), b=(90.0, 70.0)))


USES = [
    ("covs",),
    ("fuzzy",),
    ("fuzzy", "covs"),
    ("weights",),
    ("weights", "fuzzy", "covs"),
]


@pytest.mark.parametrize("uses", USES)
@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
@pytest.mark.parametrize("rule", ["mse", "cer_two"])
def test_controls_treatment_weights(uses, variance, rule):
    compare(ages(), Request(rule=rule, variance=variance), uses, rel=1e-8)


@pytest.mark.parametrize("uses", [(), ("covs",), ("fuzzy",)])
@pytest.mark.parametrize("variance", ["hc1", "cr1"])
@pytest.mark.parametrize("derivative", [0, 1])
@pytest.mark.parametrize(("h", "b"), [((12.0, 15.0), (20.0, 14.0)), ((10.0, 10.0), None)])
def test_given_bandwidths(uses, variance, derivative, h, b):
    request = Request(order=2, derivative=derivative, variance=variance, h=h, b=b)
    compare(ages(), request, uses, rel=1e-8)


@pytest.mark.parametrize("uses", [(), ("fuzzy",)])
@pytest.mark.parametrize("rule", ["mse", "mse_two", "cer_sum"])
def test_kinks(uses, rule):
    compare(ages(), Request(order=2, derivative=1, rule=rule, variance="hc1"), uses, rel=1e-7)


def test_a_treatment_settled_on_one_side_chooses_the_sharp_bandwidth():
    sample = ages()
    sample["t"] = np.where(sample["x"] < 0, 0.0, sample["t"])
    for variance in ("hc1", "cr1"):
        compare(sample, Request(variance=variance), ("fuzzy",))
        compare(sample, Request(variance=variance), ("fuzzy", "covs"))


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
@pytest.mark.parametrize("rule", ["mse", "cer_two", "mse_sum"])
def test_fuzzy_bandwidths_are_those_of_what_the_ratio_moves_with(settled, variance, rule):
    """The sharp bandwidth of outcome less ratio times treatment, whatever constant is added."""
    sample = ages()
    if settled:
        sample["t"] = np.where(sample["x"] < 0, 0.0, sample["t"])
    request = Request(variance=variance, rule=rule)
    found = ours(sample, request, ("fuzzy",))
    data = ModelData("y", sample["y"], pd.DataFrame(index=range(len(sample["y"]))))
    points = points_of(replace(data, running=sample["x"], treatment=sample["t"]), treatment="t")
    width = pilot(points, request).width
    first = fit_points(points, Request(h=(width, width), variance="hc1")).change.estimate
    left = sample | {"y": sample["y"] - first * sample["t"]}
    wanted = theirs(left, request, ()).bws.to_numpy()
    assert found.h == pytest.approx(tuple(wanted[0]), rel=1e-9)
    assert found.b == pytest.approx(tuple(wanted[1]), rel=1e-9)
    raised = sample | {"y": sample["y"] + 5}
    assert ours(raised, request, ("fuzzy",)).h == pytest.approx(found.h, rel=1e-9)
    if not settled:
        astray = [
            theirs(each, request, ("fuzzy",)).bws.to_numpy()[0, 0] for each in (sample, raised)
        ]
        assert abs(astray[1] / astray[0] - 1) > 0.01


@pytest.mark.parametrize("shift", [0, 1])
def test_collinear_controls_add_nothing(shift):
    """A control that is another's double. With a constant added, rdrobust does not see it."""
    sample = ages()
    again = 2 * sample["z"][:, 0] + shift
    twice = sample | {"z": np.column_stack([sample["z"], again])}
    request = Request(variance="hc1")
    once = ours(sample, request, ("covs",))
    found = ours(twice, request, ("covs",))
    assert found.h == pytest.approx(once.h, rel=1e-10)
    assert found.change.estimate == pytest.approx(once.change.estimate, rel=1e-10)
    assert found.change.robust_std_error == pytest.approx(once.change.robust_std_error, rel=1e-10)
    if shift == 0:
        compare(twice, request, ("covs",), rel=1e-8)
    else:
        astray = theirs(twice, request, ("covs",)).bws.to_numpy()[0, 0]
        assert abs(astray / theirs(sample, request, ("covs",)).bws.to_numpy()[0, 0] - 1) > 1e-6


def test_few_rows_use_them_all():
    sample = {key: value[::90] for key, value in ages().items()}
    assert len(sample["x"]) < 20
    compare(sample, Request(variance="hc1"))


@pytest.mark.slow
@pytest.mark.parametrize("uses", [(), ("fuzzy", "covs"), ("weights", "fuzzy", "covs")])
@pytest.mark.parametrize("variance", ["nn", "hc1", "cr1"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_everything_with_everything(uses, variance, kernel):
    sample = ages(11)
    # rdrobust loops over rows to find neighbours; of these the corners must do. Of the others,
    # every rule, treatment of mass points and order meets one kernel, and every kernel all of each.
    neighbours = variance == "nn"
    turn = KERNELS.index(kernel)
    for i, rule in enumerate(("mse", "cer_two") if neighbours else RULES):
        for j, masspoints in enumerate(("adjust",) if neighbours else ("adjust", "off")):
            for k, (order, derivative) in enumerate(((1, 0), (2, 1)) if neighbours else ORDERS):
                if not neighbours and (i + j + k) % len(KERNELS) != turn:
                    continue
                request = Request(
                    order=order,
                    derivative=derivative,
                    kernel=kernel,
                    rule=rule,
                    masspoints=masspoints,
                    variance=variance,
                )
                compare(sample, request, uses, rel=1e-6 if order > 1 else 1e-8)
