"""Switching against loops over groups, group-time effects and panels small enough for paper."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, SpecError
from evaluation.estimators import group_time_att, switching
from evaluation.spec.variance import Inference


def panel_of(paths, outcomes, weight=None):
    """Return rows of groups with treatment paths and outcomes, both groups by periods."""
    dose = np.array(paths, dtype=float)
    groups, periods = dose.shape
    unit, period = np.repeat(np.arange(groups), periods), np.tile(np.arange(periods), groups)
    return ModelData(
        outcome="y",
        y=np.array(outcomes, dtype=float).ravel(),
        columns=pd.DataFrame({"unit": unit, "group": unit // 2}),
        weight=None if weight is None else np.array(weight, dtype=float).ravel(),
        unit=unit,
        period=period,
        dose=dose.ravel(),
    )


def setting_of(samples, estimand="att", variance="cr1", **changes):
    return samples.setting(
        switching,
        changes.pop("kind", "did"),
        estimand=estimand,
        options=switching.Options(**changes.pop("options", {})),
        inference=changes.pop("inference", Inference(("group",), variance)),
        unit="unit",
        **changes,
    )


def test_on_paper(samples):
    """Two joiners at period 1 (+4, +6 against +1), one leaver at period 2 (-5 against +1)."""
    paths = [[0, 1, 1], [0, 1, 1], [0, 0, 0], [1, 1, 0], [1, 1, 1]]
    outcomes = [[0, 4, 5], [1, 7, 8], [0, 1, 3], [2, 9, 4], [5, 4, 5]]
    found = switching.fit(panel_of(paths, outcomes), setting_of(samples))
    joiners, leavers = (4 + 6) / 2 - 1, -(-5 - (1 + 1 + 1) / 3)
    values = {term.label: term.estimate for term in found.terms}
    assert values[""] == pytest.approx((2 * joiners + leavers) / 3, abs=1e-14)
    assert values["att joiners"] == pytest.approx(joiners, abs=1e-14)
    assert values["att leavers"] == pytest.approx(leavers, abs=1e-14)


def test_weights_on_paper(samples):
    """Groups weigh by their rows' weights in the period of the switch."""
    paths, outcomes = [[0, 1], [0, 1], [0, 0], [0, 0]], [[0, 3], [0, 5], [0, 1], [0, 2]]
    weight = [[7, 1], [7, 3], [1, 1], [9, 1]]
    found = switching.fit(panel_of(paths, outcomes, weight), setting_of(samples))
    assert found.terms[0].estimate == pytest.approx((3 + 15) / 4 - 1.5, abs=1e-14)


def panel(seed=0, groups=80, periods=6, gaps=0.1):
    generator = np.random.default_rng(seed)
    paths = (generator.random((groups, periods)) < 0.3).cumsum(axis=1) % 2
    level = generator.normal(size=(groups, 1)) + 0.2 * np.arange(periods)
    y = level + 0.5 * paths + generator.normal(size=(groups, periods))
    data = panel_of(paths, y, generator.uniform(0.5, 2.0, paths.shape))
    rows = np.flatnonzero(generator.random(data.n_obs) >= gaps)
    return replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True).assign(group=data.unit[rows] % 20),
        weight=data.weight[rows],
        unit=data.unit[rows],
        period=data.period[rows],
        dose=data.dose[rows],
    )


def by_loops(data, lag):
    """Return the average over switches of one lag, group by group."""
    own = {
        (u, t): (y, w, d)
        for u, t, y, w, d in zip(
            data.unit, data.period, data.y, data.weight, data.dose, strict=True
        )
    }
    top = bottom = 0.0
    for t in range(1 + lag, data.period.max() + 1):
        span = range(t - 1 - lag, t)
        for state in (0.0, 1.0):
            sides = {True: [], False: []}
            for u in np.unique(data.unit):
                if all((u, s) in own for s in (*span, t)) and all(
                    own[u, s][2] == state for s in span
                ):
                    change = own[u, t - lag][0] - own[u, t - 1 - lag][0]
                    sides[own[u, t][2] != state].append((change, own[u, t][1]))
            if sides[True] and sides[False]:
                means = []
                for side in (True, False):
                    change, mass = np.array(sides[side]).T
                    means.append(np.average(change, weights=mass))
                mass = sum(w for _, w in sides[True])
                top += mass * (means[0] - means[1]) * (1 if state == 0 else -1)
                bottom += mass
    return top / bottom


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_loops_over_groups(samples, gaps):
    data = panel(gaps=gaps)
    found = switching.fit(data, setting_of(samples, options={"placebos": 2}))
    values = {term.label: term.estimate for term in found.terms}
    assert values[""] == pytest.approx(by_loops(data, 0), abs=1e-12)
    for lag in (1, 2):
        assert values[f"event time {-lag}"] == pytest.approx(by_loops(data, lag), abs=1e-12)


def test_staggered_adoption_is_that_of_group_time_effects(samples):
    """From the switch on against those not yet treated; placebos from the period before it."""
    data = samples.make("staggered_did")
    setting = setting_of(
        samples, "att_by_event_time", kind="staggered_did", options={"placebos": 2}
    )
    found = switching.fit(data, setting)
    other = group_time_att.fit(
        data,
        samples.setting(
            group_time_att,
            estimand="att_by_event_time",
            design={"control_group": "not_yet_treated"},
            options=group_time_att.Options(base_period="universal"),
        ),
    )
    # Placebos of group-time effects take controls not treated by the base period: the same.
    expected = {one.label: one for one in other.terms if one.estimand == "att_by_event_time"}
    times = [one.event_time for one in found.terms]
    assert times == [-3, -2, 0, 1, 2, 3, 4]
    for term in found.terms:
        assert term.estimate == pytest.approx(expected[term.label].estimate, abs=1e-12)
        assert term.std_error == pytest.approx(expected[term.label].std_error, rel=1e-9)
    att = switching.fit(data, setting_of(samples, kind="staggered_did")).terms
    assert [one.label for one in att] == [""]
    assert att[0].estimate == pytest.approx(expected["event time 0"].estimate, abs=1e-12)


def test_the_error_is_that_of_the_bootstrap(samples):
    """Clusters drawn with replacement: 400 draws give the error to a tenth."""
    data = panel(seed=1, groups=400, gaps=0.0)
    data = replace(data, columns=data.columns.assign(group=data.unit % 100))
    setting = setting_of(samples)
    found = switching.fit(data, setting).terms[0]
    generator = np.random.default_rng(2)
    group = data.columns["group"].to_numpy()
    draws = []
    for _ in range(400):
        times = np.bincount(generator.integers(0, 100, 100), minlength=100)[group]
        rows = np.flatnonzero(times)
        drawn = replace(
            data,
            y=data.y[rows],
            columns=data.columns.iloc[rows].reset_index(drop=True),
            weight=data.weight[rows] * times[rows],
            unit=data.unit[rows],
            period=data.period[rows],
            dose=data.dose[rows],
        )
        draws.append(switching.fit(drawn, setting).terms[0].estimate)
    assert np.std(draws) == pytest.approx(found.std_error, rel=0.1)


def test_switchers_without_stayers_are_counted(samples):
    paths = [[0, 1, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]]
    found = switching.fit(panel_of(paths, np.arange(12).reshape(4, 3) ** 2), setting_of(samples))
    assert "3 rows switch with no group" in found.warnings[0]
    assert ("", "switchers_without_stayers", 3) in found.details


def test_refusals(samples):
    data = panel()
    for changes, kind, words in (
        ({"controls": ("group",)}, SpecError, "takes no controls"),
        ({"fixed_effects": ("group",)}, SpecError, "takes no fixed_effects"),
        ({"design": {"anticipation": 1}}, SpecError, "no anticipation"),
        ({"options": {"group": "group"}}, DataError, "treatment differs inside a value of 'group'"),
        ({"inference": Inference(("group", "unit"), "cr1")}, DataError, "one cluster column"),
        ({"inference": Inference((), "cr3")}, SpecError, "needs a cluster"),
    ):
        with pytest.raises(kind, match=words):
            switching.fit(data, setting_of(samples, **changes))
    moved = data.columns.assign(group=(data.unit + data.period) % 20)
    with pytest.raises(DataError, match="rows in several clusters"):
        switching.fit(replace(data, columns=moved), setting_of(samples))
    with pytest.raises(DataError, match="other values than 0 and 1"):
        switching.fit(replace(data, dose=data.dose * 2), setting_of(samples))
    with pytest.raises(DataError, match="none switches"):
        switching.fit(replace(data, dose=(data.unit % 2).astype(float)), setting_of(samples))
    alone = replace(data, unit=None)
    with pytest.raises(DataError, match="need a group"):
        switching.fit(alone, setting_of(samples))
