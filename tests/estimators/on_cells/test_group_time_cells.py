"""Group-time effects: the same numbers from rows and from sums by cluster, cohort and period."""

from dataclasses import replace

import numpy as np
import pytest

from evaluation.cells.needs_rows import NeedsRows
from evaluation.errors import DataError
from evaluation.estimators import group_time_att, twfe, twfe_event_study
from evaluation.spec.variance import Inference

KEY = ("period", "cohort", "event_time", "group")
EVERY = ("simple", "event_time", "cohort", "period")


def staggered(by_hand, balanced, weighted=False, seed=5):
    data = by_hand.panel(seed, weighted, units=200, periods=6, groups=9)
    if balanced:
        whole = np.flatnonzero(np.bincount(data.unit) == 6)
        kept = np.isin(data.unit, whole)
        data = replace(
            data,
            y=data.y[kept],
            columns=data.columns[kept].reset_index(drop=True),
            weight=None if data.weight is None else data.weight[kept],
            unit=np.unique(data.unit[kept], return_inverse=True)[1],
            period=data.period[kept],
        )
    home = data.columns.groupby("unit").group.transform("first")
    cohort = np.array([np.inf, np.inf, 0, 2, 3, 5, 9])[data.columns.unit % 7]
    return replace(
        data,
        y=data.y + 0.4 * (data.period >= cohort),
        columns=data.columns.assign(group=home),
        treated=None,
        post=None,
        cohort=cohort,
        cohort_labels={g: str(g) for g in (0, 2, 3, 5, 9)},
        event_time=np.where(np.isfinite(cohort), data.period - cohort, np.nan),
    )


def setting_of(samples, variance="cr1", rule=None, **changes):
    design = {"unbalanced": rule, "always_treated": "drop", **changes.pop("design", {})}
    options = group_time_att.Options(aggregate=EVERY, **changes.pop("options", {}))
    return samples.setting(
        group_time_att,
        inference=Inference(("group",), variance),
        estimand="att_gt",
        design=design,
        options=options,
    )


@pytest.mark.parametrize("variance", ["cr1", "cr3", "hc1"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("always", ["drop", "keep_as_always"])
@pytest.mark.parametrize("control", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_cells_equal_rows(samples, by_hand, variance, weighted, balanced, always, control, base):
    data = staggered(by_hand, balanced, weighted)
    cells = by_hand.cells(data, KEY)
    design = {"always_treated": always, "control_group": control}
    setting = setting_of(
        samples,
        variance,
        None if balanced else "keep",
        design=design,
        options={"base_period": base},
    )
    rows = group_time_att.fit(data, setting)
    if variance == "cr3" and weighted:
        with pytest.raises(NeedsRows):
            group_time_att.fit(cells, setting)
        return
    if weighted and not balanced:
        # How many units a cohort has cannot be read from weighted shares.
        with pytest.raises(NeedsRows):
            group_time_att.fit(cells, setting)
        return
    by_hand.agree(rows, group_time_att.fit(cells, setting))


@pytest.mark.parametrize("module", [twfe, twfe_event_study])
@pytest.mark.parametrize("always", ["drop", "keep_as_always"])
def test_regressions_on_staggered_adoption_equal_rows(samples, by_hand, module, always):
    data = staggered(by_hand, balanced=False)
    cells = by_hand.cells(data, KEY)
    setting = samples.setting(
        module,
        "staggered_did",
        fixed_effects=("group",),
        inference=Inference(("group",), "cr1"),
        design={"always_treated": always},
    )
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


def test_a_dose_warns_by_the_starts_counted(samples, by_hand):
    data = staggered(by_hand, balanced=True)
    dose = (data.period >= data.cohort).astype(float)
    data = replace(data, cohort=None, event_time=None, dose=dose)
    setting = samples.setting(twfe, "did", fixed_effects=("group", "period"))
    rows = twfe.fit(data, setting)
    cells = by_hand.cells(data, ("period", "dose", "group"))
    by_hand.agree(rows, twfe.fit(replace(cells, starts=3), setting))
    assert rows.warnings and not twfe.fit(replace(cells, starts=1), setting).warnings


def test_refuses_what_rows_refuse(samples, by_hand):
    data = staggered(by_hand, balanced=False)
    cells = by_hand.cells(data, KEY)
    with pytest.raises(DataError, match=r"not (are )?seen in all 6 periods"):
        group_time_att.fit(cells, setting_of(samples))
    with pytest.raises(NeedsRows, match="dropped"):
        group_time_att.fit(cells, setting_of(samples, rule="drop_incomplete"))
    unit = replace(setting_of(samples, rule="keep"), inference=Inference(("unit",), "cr1"))
    with pytest.raises(NeedsRows, match="unit"):
        group_time_att.fit(cells, unit)
    alone = replace(unit, inference=Inference((), "hc1"))
    with pytest.raises(NeedsRows, match="unit"):
        group_time_att.fit(cells, alone)
    given = replace(setting_of(samples, rule="keep"), controls=("x",))
    with pytest.raises(NeedsRows, match="controls"):
        group_time_att.fit(cells, given)
    shares = replace(cells, unit_shares=None)
    with pytest.raises(NeedsRows, match="how many units"):
        group_time_att.fit(
            shares, setting_of(samples, rule="keep", design={"always_treated": "keep_as_always"})
        )


def test_units_that_move_are_seen(samples, by_hand):
    data = staggered(by_hand, balanced=False)
    moving = data.columns.assign(group=(data.columns.unit + data.period) % 9)
    cells = by_hand.cells(replace(data, columns=moving), KEY)
    with pytest.raises(NeedsRows, match="several clusters"):
        group_time_att.fit(cells, setting_of(samples, "cr3", "keep"))
