"""What cannot be had from cells goes to the rows, with its reason."""

import pytest

from evaluation.cells.needs import NotFromCells
from evaluation.cells.planning.plan_cells import plan_cells
from evaluation.cells.relation import ColumnFacts

EFFECTS = {"fixed_effects": ["muni", "ym"], "cluster": "muni"}
WHOLE_SPEC = [
    ("did", EFFECTS, {"panel": {"period": "quarter"}}, "rows of a unit are averaged before"),
    ("did", EFFECTS, {"panel": {"time_unit": "date"}}, "rows of a unit in one month"),
    (
        "did",
        EFFECTS,
        {"design": {"treated": {"column": "muni", "at_most": 9, "assigned_at": "period_start"}}},
        "looks up 'muni' in another row of the unit",
    ),
    (
        "rd",
        {},
        {"design": {"running_variable": {"column": "age_months"}}},
        "'age_months' is continuous",
    ),
    (
        "did",
        {"cluster": "muni"},
        {"sample": {"keep": [{"column": "ad_hoc", "equals": 1}]}},
        "column 'ad_hoc' begins with ad_",
    ),
    (
        "did",
        {"cluster": "muni"},
        {
            "panel": {"time": None, "time_unit": None, "window": None},
            "design": {
                "reform_date": None,
                "post": {"column": "region", "at_least": 3},
                "treated": {"column": "muni", "at_most": 9},
            },
        },
        "panel.unit without panel.time",
    ),
]
ONE_MODEL = [
    ("staggered_did", {"cluster": []}, "without a cluster every unit"),
    ("staggered_did", {"cluster": "person"}, "clustered by person"),
    ("staggered_did", {"controls": ["female"]}, "with controls each unit's change"),
    ("did", {"cluster": "person", "variance": "cr3"}, "cr3 deletes one person at a time"),
    ("rd", {"estimator": "rd_polynomial", "cluster": ["person", "muni"]}, "two-way clusters"),
    ("did", {"fixed_effects": ["person", "ym"], "controls": ["wealth"]}, "'wealth' holds other"),
]


@pytest.mark.parametrize(("kind", "model", "changes", "reason"), WHOLE_SPEC)
def test_a_whole_spec_needs_rows(planned, kind, model, changes, reason):
    plan = planned.plan(kind, model, model, **changes)
    assert [route.engine for route in plan.routes] == ["microdata"] * 2
    assert all(reason in route.reason for route in plan.routes)
    assert plan.passes == plan.pairs == () and plan.units is None


@pytest.mark.parametrize(("kind", "model", "reason"), ONE_MODEL)
def test_one_model_needs_rows_and_others_do_not(planned, kind, model, reason):
    other = {"cluster": "muni", "estimator": "twfe", "estimand": "att"}
    if kind == "rd":
        other = {"cluster": "muni"}
    plan = planned.plan(kind, model, other)
    first, second = plan.routes
    assert first.engine == "microdata" and reason in first.reason
    assert second.engine == "cells" and second.cells == "cells_1" and len(plan.passes) == 1
    assert not first.reason.endswith(".")


def test_without_the_drop_incomplete_rule_only(planned):
    plan = planned.plan("staggered_did", {}, design={"unbalanced": "drop_incomplete"})
    assert "every unit's history" in plan.route("m1").reason
    assert (
        planned.plan("staggered_did", {}, design={"unbalanced": None}).routes[0].engine == "cells"
    )


def test_months_coarsened_without_units_stay_rows(planned):
    plan = planned.plan("did", EFFECTS, panel={"unit": None, "period": "quarter"})
    assert plan.routes[0].engine == "cells" and plan.calendar.months == 3 and plan.units is None


def test_event_time_before_the_sample_is_drawn(planned):
    design = {"reform_date": None, "post": {"column": "ym", "at_least": 201701}}
    model = {**EFFECTS, "estimator": "twfe_event_study", "estimand": "att_by_event_time"}
    plan = planned.plan("did", model, design=design)
    assert "first post period among all rows" in plan.route("m1").reason
    plan = planned.plan("did", model, design=design, panel={"window": None})
    assert plan.route("m1").engine == "cells"
    assert planned.plan("did", EFFECTS, design=design).route("m1").engine == "cells"


def test_a_dose_of_any_value_needs_rows(planned):
    design = {"treated": None, "control": None, "reform_date": None}
    dose = {**design, "treatment": {"column": "wealth"}}
    assert (
        "'wealth' is no whole number" in planned.plan("did", EFFECTS, design=dose).routes[0].reason
    )


def test_sums_that_could_not_be_told_apart(planned):
    outcomes = {
        name: {"column": name, "kind": "continuous"} for name in ("sa", "sa_exit", "sa_exit_sa")
    }
    model = {"controls": ["exit", "exit_sa"], "cluster": "muni"}
    plan = planned.plan("did", model, outcomes=outcomes, facts={"ym": ColumnFacts("integer")})
    assert "would both be" in plan.route("m1").reason and plan.passes == ()


def test_an_estimator_that_says_no(planned):
    spec = planned.spec("did", EFFECTS)
    plan = plan_cells(spec, {"m1": NotFromCells("it will not")})
    assert plan.route("m1").reason == "it will not"


def test_grouped_rows_are_cells_whatever_the_estimator(planned):
    plan = planned.plan(
        "staggered_did",
        {},
        {"controls": ["female"], "cluster": []},
        sample={"rows": {"by": ["muni"]}},
        panel={"weight": "pop"},
    )
    (one,) = plan.passes
    assert one.key == ("muni", "ym", "adopted") and one.products == ()
    assert [quantity.name for quantity in one.quantities] == ["employed", "female"]
    assert plan.groups == ("muni",) and {route.engine for route in plan.routes} == {"cells"}
    assert [c.step for c in plan.conditions if c.silent] == ["known muni", "known pop"]


def test_squared_weights_stand_in_no_cell(planned):
    weight = {"weight": "pop"}
    plan = planned.plan("did", {"variance": "hc1"}, panel=weight)
    assert plan.route("m1").engine == "cells" and plan.route("m1").row_scores
    models = [{"cluster": [], "variance": name} for name in ("nn", "hc1")]
    for route in planned.plan("rd", *models, panel=weight).routes:
        assert "with weights needs sums of their squares" in route.reason
    assert planned.plan("rd", {"cluster": "muni"}, panel=weight).route("m1").engine == "cells"


def test_a_keep_that_shortens_histories_needs_rows(planned):
    model = {"keep": [{"column": "parity", "equals": 0}]}
    assert "rows of each unit" in planned.plan("staggered_did", model).route("m1").reason
