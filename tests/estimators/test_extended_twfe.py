"""Wooldridge against regressions written out, group-time effects and imputation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError
from evaluation.estimators import extended_twfe, group_time_att, imputation
from evaluation.spec.variance import Inference

EVERY = ("simple", "event_time", "cohort", "period")


def setting_of(samples, control="not_yet_treated", estimand="att_gt", **changes):
    return samples.setting(
        extended_twfe,
        "staggered_did",
        estimand=estimand,
        options=extended_twfe.Options(aggregate=EVERY, **changes.pop("options", {})),
        design={"control_group": control, "unbalanced": "keep", **changes.pop("design", {})},
        inference=changes.pop("inference", Inference(("group",), "cr1")),
        **changes,
    )


def numbers(fit):
    return {(one.estimand, one.label): (one.estimate, one.std_error) for one in fit.terms}


@pytest.mark.parametrize("shares", ["estimated", "fixed"])
def test_equals_imputation_on_a_balanced_panel(samples, shares):
    """Numbers, and standard errors but for the regression's own count of parameters."""
    data = samples.make("staggered_did")
    found = extended_twfe.fit(data, setting_of(samples, options={"shares": shares}))
    other = imputation.fit(
        data,
        samples.setting(
            imputation,
            "staggered_did",
            estimand="att_gt",
            fixed_effects=("unit", "period"),
            options=imputation.Options(aggregate=EVERY, shares=shares),
        ),
    )
    expected = numbers(other)
    assert set(numbers(found)) == set(expected)
    k = next(v for _, name, v in found.details if name == "parameters")
    ratio = np.sqrt((data.n_obs - 1) / (data.n_obs - k))
    for name, (estimate, error) in numbers(found).items():
        assert estimate == pytest.approx(expected[name][0], abs=1e-12)
        assert error == pytest.approx(expected[name][1] * ratio, rel=1e-9)


def test_equals_group_time_effects_against_the_never_treated(samples):
    data = samples.make("staggered_did")
    found = extended_twfe.fit(data, setting_of(samples, "never_treated"))
    other = group_time_att.fit(
        data,
        samples.setting(
            group_time_att,
            estimand="att_gt",
            options=group_time_att.Options(base_period="universal", aggregate=EVERY),
        ),
    )
    expected = numbers(other)
    k = next(v for _, name, v in found.details if name == "parameters")
    ratio = np.sqrt((data.n_obs - 1) / (data.n_obs - k))
    for (estimand, label), (estimate, error) in numbers(found).items():
        assert estimate == pytest.approx(expected[estimand, label][0], abs=1e-12)
        if estimand in ("att_gt", "att_by_event_time"):
            assert error == pytest.approx(expected[estimand, label][1] * ratio, rel=1e-9)


@pytest.mark.parametrize("control", ["not_yet_treated", "never_treated"])
def test_controls_written_out(samples, control):
    """Controls times cohorts, periods and, less the cohort's mean, treated cells."""
    data = samples.make("staggered_did")
    rows = np.flatnonzero(np.random.default_rng(0).random(data.n_obs) < 0.9)
    data = replace(
        data,
        y=(data.y + 0.3 * data.columns["size"] * (data.period >= data.cohort)).to_numpy()[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        unit=data.unit[rows],
        period=data.period[rows],
        cohort=data.cohort[rows],
        weight=np.random.default_rng(1).uniform(0.5, 2.0, len(rows)),
    )
    setting = setting_of(samples, control, controls=("size",))
    found = numbers(extended_twfe.fit(data, setting))
    size, weight = data.columns["size"].to_numpy(), data.weight
    later = control == "not_yet_treated"
    pairs = [(g, t) for g in (3, 5, 6) for t in range(8) if (t >= g if later else t != g - 1)]
    cells = [((data.cohort == g) & (data.period == t)) * 1.0 for g, t in pairs]
    means = {
        g: np.average(size[data.cohort == g], weights=weight[data.cohort == g]) for g in (3, 5, 6)
    }
    x = np.column_stack(
        [
            *cells,
            *(cell * (size - means[g]) for cell, (g, _) in zip(cells, pairs, strict=True)),
            size,
            *((data.cohort == g) * size for g in (3, 5, 6)),
            *((data.period == t) * size for t in range(8)),
            pd.get_dummies(data.cohort).to_numpy(),
            pd.get_dummies(data.period).to_numpy(),
        ]
    ).astype(float)
    root = np.sqrt(weight)
    beta = np.linalg.lstsq(x * root[:, None], data.y * root, rcond=None)[0][: len(pairs)]
    mass = np.array([np.sum(weight * cell) for cell in cells])
    for at, (g, t) in enumerate(pairs):
        assert found["att_gt", f"cohort p{g}, period p{t}"][0] == pytest.approx(beta[at], abs=1e-9)
    post = np.array([t >= g for g, t in pairs])
    average = np.sum((beta * mass)[post]) / mass[post].sum()
    assert found["att", ""][0] == pytest.approx(average, abs=1e-9)


def test_the_cohort_treated_last_stands_in_for_the_never_treated(samples):
    data = samples.make("staggered_did")
    data = replace(data, cohort=np.where(np.isinf(data.cohort), 6.0, data.cohort))
    with pytest.raises(DataError, match="'not_yet_treated'"):
        extended_twfe.fit(data, setting_of(samples, "never_treated"))
    found = extended_twfe.fit(data, setting_of(samples))
    assert "cohort p6, treated last, is the control group" in found.warnings[0]
    assert {one.cohort for one in found.terms if one.cohort} == {"p3", "p5"}
    assert max(one.event_time for one in found.terms if one.event_time is not None) == 2


def test_anticipation_moves_the_base(samples):
    data = samples.make("staggered_did")
    found = extended_twfe.fit(data, setting_of(samples, design={"anticipation": 1}))
    assert {one.event_time for one in found.terms if one.event_time is not None} == {*range(-1, 5)}
    never = extended_twfe.fit(
        data, setting_of(samples, "never_treated", design={"anticipation": 1})
    )
    times = {one.event_time for one in never.terms if one.event_time is not None}
    assert -1 in times and -2 not in times
    # Treatment that is expected does not count as treatment.
    assert found.terms[0].estimand == "att"
    post = [one for one in found.terms if one.estimand == "att_gt" and one.event_time >= 0]
    assert found.terms[0].estimate == pytest.approx(np.mean([one.estimate for one in post]))


def test_a_cohort_without_its_base_period(samples):
    data = samples.make("staggered_did")
    rows = np.flatnonzero(~((data.cohort == 5.0) & (data.period == 4)))
    data = replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        unit=data.unit[rows],
        period=data.period[rows],
        cohort=data.cohort[rows],
    )
    with pytest.raises(DataError, match="cohort p5 has no row in its base period"):
        extended_twfe.fit(data, setting_of(samples, "never_treated"))
    assert extended_twfe.fit(data, setting_of(samples)).terms
