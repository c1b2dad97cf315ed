"""Fits from cells against pyfixest, linearmodels and csdid on the rows."""

import contextlib
import importlib.util
import io
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data.model_data import ModelData
from evaluation.estimators import group_time_att, twfe, twfe_event_study
from evaluation.spec.variance import Inference

KEY = ("period", "treated", "post", "event_time", "group", "region")


def close(found, estimate, std_error):
    assert abs(found.estimate - estimate) < 1e-9 * std_error
    assert found.std_error**2 == pytest.approx(std_error**2, rel=1e-8)


def feols(formula, frame, cluster, variance, weighted):
    import pyfixest as pf

    # Every level counts: what is nested depends on the hash seed where there are two effects.
    return pf.feols(
        formula,
        frame,
        vcov={"CRV1": cluster[0]} if cluster else {"iid": "iid", "hc1": "HC1"}[variance],
        weights="w" if weighted else None,
        fixef_rm="none",
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        ssc=pf.ssc(k_fixef="full"),
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("variance", "cluster"),
    [("iid", ()), ("hc1", ()), ("cr1", ("group",)), ("cr1", ("unit",)), ("cr1", ("house",))],
)
@pytest.mark.parametrize("effects", [("group", "period"), ("region",)])
def test_pyfixest(samples, by_hand, weighted, variance, cluster, effects):
    data = by_hand.panel(11, weighted, units=150)
    cells = by_hand.cells(data, KEY, ("x", "z"))
    setting = samples.setting(
        twfe,
        "did",
        controls=("x", "z"),
        fixed_effects=effects,
        inference=Inference(cluster, variance, "full"),
    )
    frame = data.columns.assign(
        y=data.y, w=data.weight, treated=data.treated, post=data.post, d=data.treated * data.post
    )
    formula = "y ~ d + x + z + treated + post | " + " + ".join(effects)
    fitted = feols(formula, frame, cluster, variance, weighted)
    close(twfe.fit(cells, setting).terms[0], fitted.coef()["d"], fitted.se()["d"])


@pytest.mark.parametrize("cluster", ["home", "unit"])
def test_pyfixest_with_person_effects(samples, by_hand, cluster):
    """Event study on an unbalanced panel with movers, gaps and singletons, from types of units."""
    data = by_hand.panel(12, units=400, periods=4, groups=6)
    home = data.columns.groupby("unit").group.transform("first")
    columns = data.columns.assign(home=home)
    data = type(data)(**{**vars(data), "columns": columns})
    cells = by_hand.types(data, ("treated", "post", "event_time", "home", "group"), "unit")
    assert cells.entries < 0.8 * data.n_obs
    setting = samples.setting(
        twfe_event_study,
        "did",
        fixed_effects=("unit", "period", "group"),
        inference=Inference((cluster,), "cr1", "full"),
    )
    names = {-2: "e0", 0: "e2", 1: "e3"}
    dummies = {n: ((data.event_time == e) & (data.treated > 0)) * 1.0 for e, n in names.items()}
    frame = data.columns.assign(y=data.y, **dummies)
    fitted = feols("y ~ e0 + e2 + e3 | unit + period + group", frame, (cluster,), "cr1", False)
    for term in twfe_event_study.fit(cells, setting).terms:
        name = names[term.event_time]
        close(term, fitted.coef()[name], fitted.se()[name])


@pytest.mark.parametrize("weighted", [False, True])
def test_linearmodels_two_ways(samples, by_hand, weighted):
    from linearmodels.panel import PanelOLS

    data = by_hand.panel(13, weighted, units=200)
    cells = by_hand.cells(data, KEY, ("x",))
    setting = samples.setting(
        twfe,
        "did",
        controls=("x",),
        fixed_effects=("group", "period"),
        inference=Inference(("group", "house"), "cr1", "full"),
    )
    found = twfe.fit(cells, setting)
    index = pd.MultiIndex.from_arrays([data.unit, data.period])
    x = pd.DataFrame(
        {
            "d": data.treated * data.post,
            "x": data.columns["x"].to_numpy(),
            "treated": data.treated,
            **{f"g{g}": (data.columns["group"] == g).to_numpy(float) for g in range(8)},
        },
        index=index,
    )
    fitted = PanelOLS(
        pd.Series(data.y, index=index),
        x,
        time_effects=True,
        weights=None if data.weight is None else pd.Series(data.weight, index=index),
    ).fit(
        cov_type="clustered",
        clusters=data.columns[["group", "house"]].set_index(index),
        debiased=False,
        group_debias=False,
        count_effects=False,
    )
    named = {key: value for _, key, value in found.details}
    n, term = data.n_obs, found.terms[0]
    # linearmodels charges for the period effects even where asked for no debiasing.
    charged = n / (n - data.period.max())
    ratio = term.std_error**2 / named["small_sample_factor"] / fitted.cov.loc["d", "d"]
    assert abs(term.estimate - fitted.params["d"]) < 1e-9 * term.std_error
    assert ratio * charged == pytest.approx(1.0, rel=1e-8)


def csdid_effects(frame, control):
    """Return group-time effects by (cohort, period) and each unit's influence on them."""
    from csdid.att_gt import ATTgt

    # It prints its progress.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = ATTgt(
            yname="y",
            gname="g",
            idname="id",
            tname="t",
            data=frame,
            control_group=[control],
            xformla="y~1",
            panel=True,
            allow_unbalanced_panel=True,
        ).fit(est_method="reg", base_period="varying", bstrap=False)
    influence = np.asarray(made.MP["inffunc"]["inffunc"])
    cohorts, periods = made.results["group"], made.results["year"]
    places = [(int(g), int(t)) for g, t in zip(cohorts, periods, strict=True)]
    return dict(zip(places, made.results["att"], strict=True)), influence, places


@pytest.mark.parametrize("control", ["never_treated", "not_yet_treated"])
def test_csdid(samples, by_hand, require, control):
    found = importlib.util.find_spec("csdid") is not None
    require("csdid", found, "csdid 0.4.3 is not installed")
    hold_to_csdid(samples, by_hand, samples.make("staggered_did"), {"control_group": control})


def staggered(seed):
    """Return rows of units that adopt in many periods, some at once, with gaps and singletons."""
    draw = np.random.default_rng(seed)
    unit, period = np.nonzero(draw.random((90, 6)) < 0.85)
    cohort = np.array([np.inf, np.inf, 0.0, 2.0, 3.0, 5.0])[unit % 6]
    y = draw.normal(size=90)[unit] + 0.1 * period + 0.4 * (period >= cohort)
    return ModelData(
        outcome="y",
        y=y + draw.normal(size=len(unit)),
        columns=pd.DataFrame({"unit": unit, "group": draw.integers(0, 9, 90)[unit]}),
        unit=np.unique(unit, return_inverse=True)[1],
        period=period,
        period_labels={t: f"p{t}" for t in range(6)},
        cohort=cohort,
        cohort_labels={g: f"p{g}" for g in (0, 2, 3, 5)},
        event_time=np.where(np.isfinite(cohort), period - cohort, np.nan),
    )


@settings(max_examples=5)
@given(seed=st.integers(0, 100_000), control=st.sampled_from(["never_treated", "not_yet_treated"]))
def test_csdid_on_any_panel(samples, by_hand, require, seed, control):
    found = importlib.util.find_spec("csdid") is not None
    require("csdid", found, "csdid 0.4.3 is not installed")
    design = {"control_group": control, "unbalanced": "keep", "always_treated": "drop"}
    hold_to_csdid(samples, by_hand, staggered(seed), design)


def hold_to_csdid(samples, by_hand, data, design):
    cells = by_hand.cells(data, ("period", "cohort", "event_time", "group"))
    setting = samples.setting(
        group_time_att,
        estimand="att_gt",
        design=design,
        inference=Inference(("group",), "cr1", cluster_factor="none"),
    )
    fit = group_time_att.fit(cells, setting)
    frame = pd.DataFrame(
        {
            "id": data.unit + 1,
            "t": data.period + 1,
            "g": np.where(np.isfinite(data.cohort), data.cohort + 1, 0).astype(int),
            "y": data.y,
        }
    )
    control = design["control_group"].replace("_", "")
    effects, influence, places = csdid_effects(frame, control)
    # It leaves out who is treated in every period.
    used = data.columns[data.cohort > 0]
    group = used.groupby("unit")["group"].first().to_numpy()
    sums = np.array([influence[group == g].sum(axis=0) for g in np.unique(group)])
    errors = dict(zip(places, np.sqrt((sums**2).sum(axis=0)) / len(influence), strict=True))
    seen = 0
    for term in (t for t in fit.terms if t.estimand == "att_gt"):
        place = int(term.cohort[1:]) + 1, int(term.period[1:]) + 1
        close(term, effects[place], errors[place])
        seen += 1
    assert seen == len(effects)
