"""Estimators of staggered adoption: the same numbers from rows, cells and types of units."""

from dataclasses import replace

import numpy as np
import pytest

from evaluation.cells.needs_rows import NeedsRows
from evaluation.errors import EstimationError
from evaluation.estimators import extended_twfe, imputation, interaction_weighted, switching
from evaluation.spec.variance import Inference

KEY = ("period", "cohort", "event_time", "group")
LABELS = {g: str(g) for g in (0, 2, 3, 5, 9)}


def staggered(by_hand, weighted=False, units=200, cohorts=(np.inf, np.inf, 0, 2, 3, 5, 9)):
    """Return rows of an unbalanced panel, cohorts across groups."""
    data = by_hand.panel(5, weighted, units=units, periods=6, groups=9)
    home = data.columns.groupby("unit").group.transform("first")
    cohort = np.array(cohorts)[data.columns.unit % len(cohorts)]
    return replace(
        data,
        y=data.y + 0.4 * (data.period >= cohort),
        columns=data.columns.assign(group=home, always=1),
        treated=None,
        post=None,
        cohort=cohort,
        cohort_labels=LABELS,
        event_time=np.where(np.isfinite(cohort), data.period - cohort, np.nan),
    )


def setting_of(samples, module, variance="cr1", cluster=("group",), effects=("group",), **changes):
    design = {"unbalanced": "keep", "always_treated": "drop", **changes.pop("design", {})}
    every = () if module is switching else ("simple", "event_time", "cohort")
    given = changes.pop("options", {})
    options = module.Options(**({"aggregate": every} if every else {}), **given)
    return samples.setting(
        module,
        "staggered_did",
        inference=Inference(cluster, variance),
        estimand=changes.pop("estimand", "att"),
        fixed_effects=() if module is switching else effects,
        design=design,
        options=options,
        unit="unit",
        **changes,
    )


SATURATED = [interaction_weighted, extended_twfe]


@pytest.mark.parametrize("module", [*SATURATED, imputation])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shares", ["estimated", "fixed"])
@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("changes", [
    {},
    {"design": {"always_treated": "keep_as_always", "control_group": "not_yet_treated"}},
])  # fmt: skip
def test_cells_equal_rows(samples, by_hand, module, weighted, shares, variance, changes):
    data = staggered(by_hand, weighted)
    cells = by_hand.cells(data, KEY)
    assert cells.entries < data.n_obs
    setting = setting_of(samples, module, variance, options={"shares": shares}, **changes)
    rows = module.fit(data, setting)
    if weighted:
        # How many units are always treated cannot be read from weighted shares.
        with pytest.raises(NeedsRows):
            module.fit(cells, setting)
        return
    by_hand.agree(rows, module.fit(cells, setting))


@pytest.mark.parametrize("module", [*SATURATED, imputation])
def test_weighted_cells_equal_rows(samples, by_hand, module):
    data = staggered(by_hand, weighted=True, cohorts=(np.inf, 2, 3, 5))
    for variance in ("cr1", "cr3"):
        setting = setting_of(samples, module, variance)
        by_hand.agree(module.fit(data, setting), module.fit(by_hand.cells(data, KEY), setting))


@pytest.mark.parametrize("module", SATURATED)
@pytest.mark.parametrize(
    ("cluster", "variance"),
    [((), "iid"), ((), "hc1"), (("group", "period"), "cr1"), (("house",), "cr1")],
)
@pytest.mark.parametrize("shares", ["estimated", "fixed"])
def test_other_variances(samples, by_hand, module, cluster, variance, shares):
    data = staggered(by_hand)
    cells = by_hand.cells(data, KEY)
    setting = setting_of(samples, module, variance, cluster, options={"shares": shares})
    if len(cluster) == 2:
        # Nine clusters and six: the variance of a coefficient may be negative, on either engine.
        refused = []
        for given in (data, cells):
            with pytest.raises(EstimationError) as caught:
                module.fit(given, setting)
            refused.append(caught.value.faults)
        assert refused[0] == refused[1]
        return
    rows = module.fit(data, setting)
    if cluster == ("house",) and shares == "estimated":
        with pytest.raises(NeedsRows, match="shares vary over cluster house"):
            module.fit(cells, setting)
        return
    by_hand.agree(rows, module.fit(cells, setting))


@pytest.mark.parametrize("module", [interaction_weighted, imputation])
@pytest.mark.parametrize("variance", ["cr1", "cr3"])
def test_controls_that_vary_inside_cells(samples, by_hand, module, variance):
    data = staggered(by_hand)
    cells = by_hand.cells(data, KEY, ("x", "z"))
    given = {"leads": 1} if module is imputation else {}
    setting = setting_of(samples, module, variance, controls=("x", "z"), options=given)
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


def test_controls_of_cells_are_multiplied(samples, by_hand):
    data = staggered(by_hand)
    setting = setting_of(samples, extended_twfe, controls=("female",))
    cells = by_hand.cells(data, (*KEY, "female"))
    by_hand.agree(extended_twfe.fit(data, setting), extended_twfe.fit(cells, setting))
    with pytest.raises(NeedsRows, match="varies inside cells"):
        extended_twfe.fit(by_hand.cells(data, KEY, ("female",)), setting)


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("module", [*SATURATED, imputation])
def test_effects_of_units_from_types(samples, by_hand, module, variance):
    data = staggered(by_hand, units=400, cohorts=(np.inf, np.inf, 2, 3, 5))
    data = replace(data, columns=data.columns.assign(group=data.columns.group % 4))
    cells = by_hand.types(data, KEY[1:], "unit")
    assert cells.entries < 0.9 * data.n_obs
    setting = setting_of(samples, module, variance, effects=("unit", "period"))
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


@pytest.mark.parametrize("kind", ["did", "staggered_did"])
def test_imputation_of_leads_and_of_two_groups(samples, by_hand, kind):
    data = staggered(by_hand) if kind == "staggered_did" else by_hand.panel(4)
    key = KEY if kind == "staggered_did" else ("period", "treated", "post", "event_time", "group")
    for variance in ("cr1", "cr3"):
        setting = samples.setting(
            imputation,
            kind,
            estimand="att_by_event_time",
            fixed_effects=("group", "period"),
            inference=Inference(("group",), variance),
            options=imputation.Options(leads=1, aggregate=("simple", "cell")),
            design={"unbalanced": "keep", "anticipation": 0},
        )
        by_hand.agree(
            imputation.fit(data, setting), imputation.fit(by_hand.cells(data, key), setting)
        )


def switched(by_hand, weighted=False):
    """Return rows whose treatment goes on and off by person and period."""
    data = by_hand.panel(9, weighted, units=400, periods=5, groups=6)
    home = data.columns.groupby("unit").group.transform("first")
    kind = data.columns.unit.to_numpy() % 5
    paths = np.array([[0, 0, 1, 1, 1], [0] * 5, [1, 1, 1, 0, 0], [1] * 5, [0, 1, 1, 0, 0]])
    dose = paths[kind, data.period].astype(float)
    place = kind + 5 * home
    return replace(
        data,
        y=data.y + 0.5 * dose,
        columns=data.columns.assign(group=home, place=place),
        treated=None,
        post=None,
        event_time=None,
        dose=dose,
    )


@pytest.mark.parametrize("estimand", ["att", "att_by_event_time"])
@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("shares", ["estimated", "fixed"])
def test_switches_from_types_and_from_groups(samples, by_hand, estimand, variance, shares):
    data = switched(by_hand)
    types = by_hand.types(data, ("dose", "group"), "unit")
    assert types.entries < 0.9 * data.n_obs
    options = {"placebos": 1, "shares": shares}
    setting = samples.setting(
        switching,
        "did",
        estimand=estimand,
        inference=Inference(("group",), variance),
        options=switching.Options(**options),
        unit="unit",
    )
    by_hand.agree(switching.fit(data, setting), switching.fit(types, setting))
    named = replace(setting, options=switching.Options(group="place", **options))
    cells = by_hand.cells(data, ("period", "dose", "group", "place"))
    by_hand.agree(switching.fit(data, named), switching.fit(cells, named))


def test_weights_of_switching_groups(samples, by_hand):
    data = switched(by_hand, weighted=True)
    setting = samples.setting(
        switching, "did", options=switching.Options(group="place"), unit="unit"
    )
    cells = by_hand.cells(data, ("period", "dose", "group", "place"))
    by_hand.agree(switching.fit(data, setting), switching.fit(cells, setting))


def test_what_no_cell_is_made_of(samples, by_hand):
    data = switched(by_hand)
    cells = by_hand.cells(data, ("period", "dose", "group"))
    plain = samples.setting(switching, "did", unit="unit")
    with pytest.raises(NeedsRows, match="units or of types"):
        switching.fit(cells, plain)
    with pytest.raises(NeedsRows, match="group place"):
        switching.fit(cells, replace(plain, options=switching.Options(group="place")))
    far = replace(plain, options=switching.Options(group="group"))
    with pytest.raises(NeedsRows, match="cluster that no cell"):
        switching.fit(cells, replace(far, inference=Inference(("house",), "cr1")))
