"""Least squares with absorbed effects: the same numbers from rows and from cells."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import UserError
from evaluation.estimators import twfe, twfe_event_study
from evaluation.spec.variance import Inference

ROLES = ("period", "treated", "post", "event_time")
FLAT = ("female", "schooling")
MOVING = ("x", "z")


def hold_equal(by_hand, module, data, cells, setting, may_refuse=False):
    """Hold fits equal, or the refusals of both where there may be one."""
    try:
        rows = module.fit(data, setting)
    except UserError as error:
        assert may_refuse
        with pytest.raises(type(error)) as found:
            module.fit(cells, setting)
        assert found.value.faults == error.faults
        return
    by_hand.agree(rows, module.fit(cells, setting))


@pytest.mark.parametrize("module", [twfe, twfe_event_study])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("cluster", "variance"),
    [
        ((), "iid"),
        ((), "hc0"),
        ((), "hc1"),
        (("group",), "cr1"),
        (("group",), "cr3"),
        (("group", "period"), "cr1"),
        (("unit",), "cr1"),
        (("house",), "cr1"),
        (("group", "unit"), "cr1"),
        (("house", "group"), "cr1"),
        (("unit", "house"), "cr1"),
        (("house",), "hc1"),
    ],
)
@pytest.mark.parametrize("effects", [(), ("group", "period")])
def test_cells_equal_rows(samples, by_hand, module, weighted, cluster, variance, effects):
    data = by_hand.panel(1, weighted)
    cells = by_hand.cells(data, (*ROLES, "group", "region", *FLAT), MOVING)
    assert cells.entries < data.n_obs
    for controls in ((), FLAT, (*FLAT, *MOVING)):
        setting = samples.setting(
            module,
            "did",
            controls=controls,
            fixed_effects=effects,
            inference=Inference(cluster, variance),
        )
        hold_equal(by_hand, module, data, cells, setting, may_refuse=len(cluster) == 2)


@given(
    seed=st.integers(0, 10_000),
    weighted=st.booleans(),
    variance=st.sampled_from(["iid", "hc1", "cr1", "cr3"]),
    effects=st.sampled_from([("period",), ("group",), ("region", "period"), ("group", "period")]),
    rule=st.sampled_from(["full", "nested", "none"]),
)
def test_any_panel(samples, by_hand, seed, weighted, variance, effects, rule):
    data = by_hand.panel(seed, weighted, units=40)
    cells = by_hand.cells(data, (*ROLES, "group", "region"), MOVING)
    cluster = ("group",) if variance.startswith("cr") else ()
    inference = Inference(cluster, variance, rule)
    setting = samples.setting(
        twfe, "did", controls=MOVING, fixed_effects=effects, inference=inference
    )
    hold_equal(by_hand, twfe, data, cells, setting, may_refuse=True)


@pytest.mark.parametrize(
    ("cluster", "variance"),
    [
        ((), "iid"),
        ((), "hc1"),
        (("home",), "cr1"),
        (("home",), "cr3"),
        (("group",), "cr1"),
        (("unit",), "cr1"),
        (("house",), "cr1"),
        (("house", "group"), "cr1"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"event_window": (-1, 1), "event_ends": "drop"}])
def test_types_of_units_equal_rows(samples, by_hand, variance, cluster, options):
    """Person and period effects on an unbalanced panel with movers, gaps and singletons."""
    data = by_hand.panel(3, units=400, periods=4, groups=5)
    home = data.columns.groupby("unit").group.transform("first")
    data = replace(data, columns=data.columns.assign(home=home))
    key = ("treated", "post", "event_time", "female", "home", "group")
    cells = by_hand.types(data, key, "unit")
    assert cells.entries < 0.9 * data.n_obs
    module = twfe_event_study if options else twfe
    for controls in ((), ("female",)):
        setting = samples.setting(
            module,
            "did",
            options=module.Options(**options),
            controls=controls,
            fixed_effects=("unit", "period"),
            inference=Inference(cluster, variance),
        )
        hold_equal(by_hand, module, data, cells, setting)
