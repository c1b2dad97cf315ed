"""Fits from cells of drawn panels against libraries and dense algebra on their rows.

Panels are unbalanced, with movers, gaps, singletons and, where said, weights. Libraries' numbers
are held as tightly as cells are to rows: 1e-9 of a standard error, 1e-8 of a variance.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data.model_data import ModelData
from evaluation.errors import EstimationError
from evaluation.estimators import twfe
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.spec.variance import Inference

KEY = ("period", "treated", "post", "event_time", "group", "region")
SEEDS = st.integers(0, 100_000)
EFFECTS = st.sampled_from([("period",), ("group", "period"), ("region", "period")])
ONE_WAY = st.sampled_from(
    [("iid", ()), ("hc1", ()), ("cr1", ("group",)), ("cr1", ("unit",)), ("cr1", ("house",))]
)


def close(term, estimate, std_error):
    assert abs(term.estimate - estimate) < 1e-9 * std_error
    assert term.std_error**2 == pytest.approx(std_error**2, rel=1e-8)


def asked(samples, effects, variance, cluster, controls=("x", "z")):
    return samples.setting(
        twfe,
        "did",
        controls=controls,
        fixed_effects=effects,
        inference=Inference(cluster, variance, "full"),
    )


def with_home(data):
    """Return rows that also know the first group of their unit, which movers leave."""
    home = data.columns.groupby("unit").group.transform("first")
    return replace(data, columns=data.columns.assign(home=home))


def feols(data, formula, variance, cluster):
    import pyfixest as pf

    d = data.treated * data.post
    frame = data.columns.assign(
        y=data.y, w=data.weight, treated=data.treated, post=data.post, d=d, period=data.period
    )
    fitted = pf.feols(
        formula,
        frame,
        vcov={"CRV1": cluster[0]} if cluster else {"iid": "iid", "hc1": "HC1"}[variance],
        weights=None if data.weight is None else "w",
        fixef_rm="none",
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        ssc=pf.ssc(k_fixef="full"),
    )
    return fitted.coef()["d"], fitted.se()["d"]


@settings(max_examples=10)
@given(seed=SEEDS, weighted=st.booleans(), effects=EFFECTS, kind=ONE_WAY)
def test_pyfixest(samples, by_hand, seed, weighted, effects, kind):
    variance, cluster = kind
    data = by_hand.panel(seed, weighted, units=60)
    cells = by_hand.cells(data, KEY, ("x", "z"))
    fit = twfe.fit(cells, asked(samples, effects, variance, cluster))
    formula = "y ~ d + x + z + treated + post | " + " + ".join(effects)
    close(fit.terms[0], *feols(data, formula, variance, cluster))


@settings(max_examples=8)
@given(seed=SEEDS, cluster=st.sampled_from(["home", "group", "unit", "house"]))
def test_pyfixest_with_person_effects(samples, by_hand, seed, cluster):
    data = with_home(by_hand.panel(seed, units=120, periods=4, groups=6))
    key = ("treated", "post", "event_time", "home", "group")
    cells = by_hand.types(data, key, "unit")
    fit = twfe.fit(cells, asked(samples, ("unit", "period"), "cr1", (cluster,), ()))
    close(fit.terms[0], *feols(data, "y ~ d + post | unit + period", "cr1", (cluster,)))


def dense(data, effects, controls):
    """Return y, every regressor with the effect first, and weights: dummies for all levels."""
    columns = {"d": data.treated * data.post, "treated": data.treated, "post": data.post}
    columns |= {name: data.columns[name].to_numpy(float) for name in controls}
    for name in effects:
        for level in np.unique(data.columns[name]):
            columns[f"{name} {level}"] = (data.columns[name] == level).to_numpy(float)
    weight = np.ones(data.n_obs) if data.weight is None else data.weight
    return data.y, np.column_stack(list(columns.values())), weight


def solved(y, x, w):
    """Return coefficients of least norm, residuals and the inverse of the Gram matrix."""
    root = np.sqrt(w)[:, None]
    inverse = np.linalg.pinv(root * x, rcond=1e-11)
    beta = inverse @ (root[:, 0] * y)
    return beta, y - x @ beta, inverse @ inverse.T, int(np.linalg.matrix_rank(root * x, tol=1e-9))


@settings(max_examples=20)
@given(
    seed=SEEDS,
    weighted=st.booleans(),
    effects=st.sampled_from([("period",), ("group", "period"), ("unit", "period")]),
    kind=st.sampled_from(
        [("hc1", ()), ("cr1", ("group",)), ("cr3", ("group",)), ("cr1", ("group", "house"))]
    ),
)
def test_dense_least_squares(samples, by_hand, seed, weighted, effects, kind):
    variance, cluster = kind
    persons = "unit" in effects
    data = by_hand.panel(seed, weighted and not persons, units=50, periods=5, groups=8)
    key = ("treated", "post", "event_time", "group")
    cells = by_hand.types(data, key, "unit") if persons else by_hand.cells(data, KEY, ("x", "z"))
    controls = () if persons else ("x", "z")
    setting = asked(samples, effects, variance, cluster, controls)
    y, x, w = dense(data, effects, controls)
    beta, rest, gram, rank = solved(y, x, w)
    scores = (x * (w * rest)[:, None]) @ gram[:, 0]
    n = data.n_obs
    if variance == "hc1":
        square = n / (n - rank) * np.sum(scores**2)
    elif variance == "cr3":
        group = data.columns["group"].to_numpy()
        left = [solved(y[group != g], x[group != g], w[group != g])[0][0] for g in set(group)]
        square = (len(left) - 1) / len(left) * np.sum((np.array(left) - beta[0]) ** 2)
    else:
        ways = [[name] for name in cluster] + ([list(cluster)] if len(cluster) > 1 else [])
        sums = [pd.Series(scores).groupby([data.columns[c] for c in way]).sum() for way in ways]
        signed = [np.sum(s**2) * (1 if at < 2 else -1) for at, s in enumerate(sums)]
        least = min(len(s) for s in sums)
        square = least / (least - 1) * (n - 1) / (n - rank) * np.sum(signed)
    if square <= 0:
        with pytest.raises(EstimationError, match="not positive"):
            twfe.fit(cells, setting)
        return
    close(twfe.fit(cells, setting).terms[0], beta[0], np.sqrt(square))


@settings(max_examples=8)
@given(seed=SEEDS, weighted=st.booleans())
def test_linearmodels_two_ways(samples, by_hand, seed, weighted):
    from linearmodels.panel import PanelOLS

    data = by_hand.panel(seed, weighted, units=80)
    cells = by_hand.cells(data, KEY, ("x", "z"))
    setting = asked(samples, ("group", "period"), "cr1", ("group", "house"))
    index = pd.MultiIndex.from_arrays([data.unit, data.period])
    y, x, w = dense(data, ("group",), ("x", "z"))
    plain = np.delete(x, 2, axis=1)  # The period effects hold what is after the reform.
    fitted = PanelOLS(
        pd.Series(y, index=index),
        pd.DataFrame(plain, index=index),
        time_effects=True,
        weights=None if data.weight is None else pd.Series(w, index=index),
    ).fit(
        cov_type="clustered",
        clusters=data.columns[["group", "house"]].set_index(index),
        debiased=False,
        group_debias=False,
        count_effects=False,
    )
    if fitted.cov.iloc[0, 0] <= 0:
        with pytest.raises(EstimationError, match="not positive"):
            twfe.fit(cells, setting)
        return
    found = twfe.fit(cells, setting)
    factor = {key: value for _, key, value in found.details}["small_sample_factor"]
    # linearmodels charges for the period effects even where asked for no debiasing.
    charged = (data.n_obs - data.period.max()) / data.n_obs
    close(found.terms[0], fitted.params[0], np.sqrt(fitted.cov.iloc[0, 0] * factor * charged))


def ages(seed, weighted):
    """Return person-months around a cutoff: gaps, persons seen once, towns that persons leave."""
    draw = np.random.default_rng(seed)
    persons = 200
    first, seen = draw.integers(-30, 20, persons), draw.integers(1, 30, persons)
    unit = np.repeat(np.arange(persons), seen)
    x = np.concatenate([s + np.arange(k) for s, k in zip(first, seen, strict=True)]).astype(float)
    there = draw.random(len(x)) < 0.85
    unit, x = unit[there], x[there]
    town = np.where(x > 5, draw.integers(0, 25, persons)[unit], unit % 25)
    z = draw.normal(size=persons)[unit] + 0.1 * x
    y = draw.normal(size=persons)[unit] + 0.03 * x + 0.4 * (x >= 0) + 0.2 * z
    return ModelData(
        outcome="y",
        y=y + draw.normal(size=len(x)),
        columns=pd.DataFrame({"z": z, "town": town}),
        weight=draw.uniform(0.2, 3.0, len(x)) if weighted else None,
        unit=unit,
        running=x,
    )


@settings(max_examples=10)
@given(
    seed=SEEDS,
    kind=st.sampled_from([("nn", False), ("hc1", False), ("cr1", False), ("cr1", True)]),
    order=st.sampled_from([0, 1]),
    controls=st.sampled_from([(), ("z",)]),
    derivative=st.sampled_from([0, 0, 1]),
)
def test_rdrobust(by_hand, seed, kind, order, controls, derivative):
    from rdrobust import rdrobust

    (variance, weighted), order = kind, max(order, derivative)
    data = ages(seed, weighted)
    key = ("running", "town") if variance == "cr1" else ("running",)
    cells = by_hand.cells(data, key, controls)
    cluster = cells.columns["town"].to_numpy() if variance == "cr1" else None
    request = Request(order=order, derivative=derivative, variance=variance, pilot_ratio="sides")
    found = fit_points(points_of(cells, controls, cluster, None), request)
    given = {} if cluster is None else {"cluster": data.columns["town"].to_numpy()}
    given |= {"covs": data.columns[list(controls)].to_numpy()} if controls else {}
    given |= {"weights": data.weight} if weighted else {}
    wanted = rdrobust(data.y, data.running, p=order, deriv=derivative, vce=variance, **given)
    beta, errors = wanted.coef.to_numpy().ravel(), wanted.se.to_numpy().ravel()
    assert found.h == pytest.approx(tuple(wanted.bws.to_numpy()[0]), rel=1e-9)
    assert abs(found.change.estimate - beta[0]) < 1e-9 * errors[0]
    assert abs(found.change.corrected - beta[2]) < 1e-9 * errors[2]
    assert found.change.independent == pytest.approx(errors[0], rel=5e-9)
    assert found.change.robust_independent == pytest.approx(errors[2], rel=5e-9)
