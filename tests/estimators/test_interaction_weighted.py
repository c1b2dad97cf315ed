"""Sun and Abraham against regressions written out, group-time effects and its own rules."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError
from evaluation.estimators import group_time_att, interaction_weighted
from evaluation.spec.variance import Inference


def setting_of(samples, variance="cr1", estimand="att_by_event_time", **changes):
    options = interaction_weighted.Options(**changes.pop("options", {}))
    return samples.setting(
        interaction_weighted,
        "staggered_did",
        estimand=estimand,
        options=options,
        inference=changes.pop("inference", Inference(("group",), variance)),
        **changes,
    )


def by_event_time(fit):
    return {term.event_time: term for term in fit.terms if term.event_time is not None}


@pytest.mark.parametrize("variance", ["iid", "hc1", "cr1"])
def test_pyfixest(samples, variance):
    """Coefficients by cohort and event time, their averages and joint covariance."""
    import pyfixest as pf

    data = samples.make("staggered_did")
    frame = data.columns.assign(y=data.y)
    names = {}
    for g in (3, 5, 6):
        for t in range(8):
            if t - g != -1:
                names[g, t - g] = f"c{g}_{t}"
                frame[names[g, t - g]] = ((data.cohort == g) & (data.period == t)) * 1.0
    fitted = pf.feols(
        f"y ~ {' + '.join(names.values())} + size:period | unit + period",
        frame.assign(period=frame.period),
        vcov={"cr1": {"CRV1": "group"}, "hc1": "HC1", "iid": "iid"}[variance],
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        ssc=pf.ssc(k_fixef="full"),
    )
    order = list(fitted.coef().index)
    frame["trend"] = frame["size"] * frame["period"]
    data = replace(data, columns=data.columns.assign(trend=frame["trend"]))
    cluster = ("group",) if variance == "cr1" else ()
    setting = setting_of(
        samples,
        inference=Inference(cluster, variance, "full"),
        fixed_effects=("unit", "period"),
        controls=("trend",),
        options={"shares": "fixed", "aggregate": ("simple",)},
    )
    found = interaction_weighted.fit(data, setting)
    counts = {g: float(np.sum(data.cohort == g)) for g in (3, 5, 6)}
    for term in found.terms:
        chosen = [
            (g, e)
            for g, e in names
            if (e == term.event_time if term.estimand == "att_by_event_time" else e >= 0)
        ]
        weights = np.zeros(len(order))
        for g, e in chosen:
            weights[order.index(names[g, e])] = counts[g]
        weights /= weights.sum()
        assert term.estimate == pytest.approx(weights @ fitted.coef().to_numpy(), abs=1e-9)
        error = np.sqrt(weights @ fitted._vcov @ weights)
        assert term.std_error == pytest.approx(error, rel=1e-7)


def test_event_times_are_those_of_group_time_effects(samples):
    """On a balanced panel without controls, and with the reference as base in every period."""
    data = samples.make("staggered_did")
    setting = setting_of(samples, options={"aggregate": ("simple", "cohort")})
    found = interaction_weighted.fit(data, setting)
    other = group_time_att.fit(
        data,
        samples.setting(
            group_time_att,
            estimand="att_by_event_time",
            options=group_time_att.Options(
                base_period="universal", aggregate=("simple", "cohort", "event_time")
            ),
        ),
    )
    expected = {(one.estimand, one.label): one.estimate for one in other.terms}
    for term in found.terms:
        assert term.estimate == pytest.approx(expected[term.estimand, term.label], abs=1e-12)


def test_the_cohort_treated_last_stands_in_for_the_never_treated(samples):
    data = samples.make("staggered_did")
    data = replace(data, cohort=np.where(np.isinf(data.cohort), 6.0, data.cohort))
    with pytest.raises(DataError, match="'not_yet_treated'"):
        interaction_weighted.fit(data, setting_of(samples))
    setting = setting_of(samples, design={"control_group": "not_yet_treated"})
    found = interaction_weighted.fit(data, setting)
    kept = np.flatnonzero(data.period < 6)
    cohort = np.where(data.cohort == 6.0, np.inf, data.cohort)[kept]
    same = replace(
        data,
        y=data.y[kept],
        columns=data.columns.iloc[kept].reset_index(drop=True),
        unit=data.unit[kept],
        period=data.period[kept],
        cohort=cohort,
    )
    expected = interaction_weighted.fit(same, setting)
    assert [repr(one) for one in found.terms] == [repr(one) for one in expected.terms]
    assert "cohort p6, treated last, is the control group" in found.warnings[0]
    assert not expected.warnings


def test_anticipation_and_the_reference(samples):
    data = samples.make("staggered_did")
    with pytest.raises(DataError, match="set reference = -2"):
        interaction_weighted.fit(data, setting_of(samples, design={"anticipation": 1}))
    setting = setting_of(samples, design={"anticipation": 1}, options={"reference": -2})
    found = interaction_weighted.fit(data, setting)
    assert -1 in by_event_time(found) and -2 not in by_event_time(found)
    # Cohort 3 begins three periods in: it has no row four periods before.
    setting = setting_of(samples, options={"reference": -4})
    found = interaction_weighted.fit(data, setting)
    assert "cohort p3 has no row at the reference -4" in found.warnings[0]
    assert 4 not in by_event_time(found)
    with pytest.raises(DataError, match="nearest event time with rows is -6"):
        interaction_weighted.fit(data, setting_of(samples, options={"reference": -8}))


def test_window_and_bins(samples):
    data = samples.make("staggered_did")
    options = {"event_window": (-2, 1), "event_ends": "bin"}
    found = interaction_weighted.fit(data, setting_of(samples, options=options))
    assert sorted(by_event_time(found)) == [-2, 0, 1]
    binned = {term for term, name, value in found.details if name == "binned" and value}
    assert binned == {"event time -2", "event time 1"}
    dropped = setting_of(samples, options={**options, "event_ends": "drop"})
    fewer = interaction_weighted.fit(data, dropped)
    assert fewer.n_obs < found.n_obs == data.n_obs
    since = data.period - data.cohort
    kept = np.flatnonzero(np.isinf(data.cohort) | ((since >= -2) & (since <= 1)))
    frame = data.columns.iloc[kept].assign(y=data.y[kept], g=data.cohort[kept], e=since[kept])
    assert by_event_time(fewer)[1].estimate == pytest.approx(_by_hand(frame, 1), abs=1e-10)


def _by_hand(frame: pd.DataFrame, event_time: int) -> float:
    """Return the average by event time of a regression with every column written out."""
    pairs = sorted(
        {(g, e) for g, e in zip(frame.g, frame.e, strict=True) if np.isfinite(g) and e != -1}
    )
    cells = np.column_stack([(frame.g == g) & (frame.e == e) for g, e in pairs])
    effects = [pd.get_dummies(frame[name]).to_numpy() for name in ("g", "period")]
    x = np.column_stack([cells, *effects]).astype(float)
    beta = np.linalg.lstsq(x, frame.y.to_numpy(), rcond=None)[0]
    own = [at for at, (_, e) in enumerate(pairs) if e == event_time]
    counts = cells.sum(axis=0)[own]
    return float(beta[own] @ counts / counts.sum())
