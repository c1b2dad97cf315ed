"""What a model's key holds, what is summed, and what its variance asks beside."""

import itertools

import pytest

from evaluation.cells.plan import PairPass, Quantity, UnitPass
from evaluation.cells.relation import ColumnFacts


def only(plan):
    (one,) = plan.passes
    return one


def sums(one):
    return [quantity.name for quantity in one.quantities]


def products(one):
    names = sums(one)
    return {(names[a], names[b]) for a, b in one.products}


def test_did_keeps_time_and_evaluates_ages_as_flags(planned):
    plan = planned.plan("did", {"fixed_effects": ["muni", "ym"], "cluster": "muni"})
    assert only(plan).key == ("ym", "muni", "ad_treated", "ad_control")
    assert sums(only(plan)) == ["employed"]
    treated, control = plan.flags
    assert (treated.name, treated.where, treated.shift_months) == (
        "ad_treated",
        "design.treated",
        1,
    )
    assert treated.filters[0].conditions == {"below": 360}
    assert (control.name, control.shift_months, control.at_month) == ("ad_control", 0, None)
    assert plan.units == UnitPass("person", "ym", constant=("muni",))
    assert plan.route("m1").engine == "cells" and plan.route("m1").second_pass == ()


def test_a_fixed_date_becomes_a_period(planned):
    design = {
        "treated": {
            "column": "age_months",
            "below": 360,
            "assigned_at": {"date": "2017-01-01"},
        }
    }
    plan = planned.plan("did", {"cluster": "muni"}, design=design)
    assert plan.flags[0].at_month == 2017 * 12


def test_groups_of_a_key_column_need_no_flag_in_the_key(planned):
    design = {"treated": {"column": "muni", "at_most": 50}, "control": None}
    plan = planned.plan("did", {"fixed_effects": ["muni", "ym"], "cluster": "muni"}, design=design)
    assert only(plan).key == ("ym", "muni")
    assert [flag.name for flag in plan.flags] == ["ad_treated"], "the unit pass still sees it"


def test_a_post_column_is_a_flag(planned):
    design = {"reform_date": None, "post": {"column": "region", "at_least": 3}}
    plan = planned.plan("did", {"cluster": "muni"}, design=design)
    assert only(plan).key == ("ym", "muni", "ad_treated", "ad_control", "ad_post")
    assert plan.flags[-1].where == "design.post"


def test_a_dose_stands_in_the_key(planned):
    design = {"treated": None, "control": None, "reform_date": None}
    design["treatment"] = {"column": "parity"}
    plan = planned.plan("did", {"fixed_effects": ["muni", "ym"], "cluster": "muni"}, design=design)
    assert only(plan).key == ("ym", "parity", "muni")
    assert plan.units.dose == "parity" and "parity" in plan.watched


def test_staggered_keeps_the_cohort(planned):
    plan = planned.plan("staggered_did")
    assert only(plan).key == ("ym", "adopted", "muni")
    assert plan.units == UnitPass("person", "ym", constant=("muni", "adopted"), shares=True)


def test_cutoff_keeps_points_and_the_side_of_the_reform(planned):
    plan = planned.plan("rd", {"periods": "post"})
    assert only(plan).key == ("age_months", "ad_post")
    post = next(flag for flag in plan.flags if flag.name == "ad_post")
    assert (post.where, post.from_period) == ("design.reform_date", 2017 * 12)
    donut = next(flag for flag in plan.flags if flag.name == "ad_donut")
    assert donut.filters[0].conditions == {"above": 359, "below": 361}
    assert plan.pairs == (
        PairPass("pairs_1", "age_months", None, ("ad_post",), (Quantity("employed", "employed"),)),
    )
    assert plan.route("m1").pairs == {"employed": "pairs_1"}
    assert "ym" not in only(plan).key and "age_months" in plan.watched


def test_cutoff_by_another_cluster_needs_no_pairs(planned):
    plan = planned.plan("rd", {"cluster": "muni"})
    assert set(only(plan).key) == {"age_months", "muni", "ad_post"} and plan.pairs == ()


@pytest.mark.parametrize(
    ("periods", "flags"), [("post", ("ad_post",)), ("pre", ("ad_pre",)), ("all", ())]
)
def test_pairs_see_the_rows_of_their_model(planned, periods, flags):
    keep = [{"column": "muni", "at_most": 50}]
    plan = planned.plan("rd", {"periods": periods, "keep": keep})
    assert plan.pairs[0].flags == (*flags, "ad_keep_m1")
    named = {flag.name: flag for flag in plan.flags}
    assert set(plan.pairs[0].flags) <= set(named)
    assert ("ad_pre" in named) == (periods == "pre")
    if periods == "pre":
        assert named["ad_pre"].negated


def test_models_that_differ_in_bandwidth_share_their_pairs(planned):
    widths = [
        {"bandwidth": {"fixed": width}, "order": order} for width in (6, 12) for order in (1, 2)
    ]
    plan = planned.plan("rd", *widths)
    assert len(plan.pairs) == len(plan.passes) == 1


def test_a_treatment_received_is_looked_for_in_every_row(planned):
    plan = planned.plan("rd", {"cluster": "muni"}, design={"treatment": {"column": "condition"}})
    assert sums(only(plan)) == ["employed", "condition"] and "condition" in plan.watched
    plan = planned.plan("rd", {}, design={"treatment": {"column": "condition"}})
    assert [q.name for q in plan.pairs[0].quantities] == ["employed", "condition"]


def test_controls_are_sums_with_products_by_way_of_finer_groups(planned):
    named = ["female", "wealth", "region", "age_months", "parity"]
    plan = planned.plan("did", {"controls": named, "cluster": "muni"})
    one = only(plan)
    assert sums(one) == ["employed", *named]
    # 2 × 5 values; 13 more would make 130 groups of each.
    assert one.fine == ("female", "region") and not set(named) & set(one.key)
    pairs = itertools.combinations_with_replacement(named, 2)
    assert products(one) == {*(("employed", name) for name in named), *pairs}


def test_nothing_known_makes_controls_sums(planned):
    plan = planned.plan("did", {"controls": ["female"], "cluster": "muni"}, facts=None)
    assert sums(only(plan)) == ["employed", "female"]
    assert products(only(plan)) == {
        ("employed", "employed"),
        ("employed", "female"),
        ("female", "female"),
    }
    assert only(plan).fine == ()


@pytest.mark.parametrize(
    ("name", "squared"),
    [("employed", False), ("student", False), ("hours", True), ("wage", True), ("sa_nok", True)],
)
def test_a_square_is_left_out_where_it_is_the_value(planned, outcomes, name, squared):
    plan = planned.plan("did", {"cluster": "muni"}, outcomes={name: outcomes[name]})
    assert (products(only(plan)) == {(name, name)}) == squared


def test_a_binary_column_of_unknown_bounds_is_squared(planned):
    facts = {"employed": ColumnFacts("integer")}
    plan = planned.plan("did", {"cluster": "muni"}, facts=facts)
    assert products(only(plan)) == {("employed", "employed")}


def test_logs_are_sums_of_their_own(planned):
    outcomes = {
        "nok": {"column": "sa_nok", "kind": "nok"},
        "log_nok": {"column": "sa_nok", "kind": "continuous", "transform": "log"},
    }
    plan = planned.plan("did", {"cluster": "muni"}, outcomes=outcomes)
    assert only(plan).quantities == (
        Quantity("sa_nok", "sa_nok"),
        Quantity("log_sa_nok", "sa_nok", log=True),
    )


def test_counted_columns_are_summed_with_their_outcome(planned, outcomes):
    effects = [
        {"outcome": "employed", "unit": "per_condition", "first_stage": "condition", "value": 0.1}
    ]
    chosen = {name: outcomes[name] for name in ("employed", "hours")}
    plan = planned.plan(
        "did",
        {"outcomes": ["employed"], "cluster": "muni"},
        {"outcomes": ["hours"], "cluster": "office"},
        outcomes=chosen,
        smallest_effect_of_interest=effects,
        facts=None,
    )
    assert [sums(one) for one in plan.passes] == [["employed", "condition"], ["hours"]]


def test_a_models_keep_is_a_flag_unless_its_columns_are_there(planned):
    here = {"column": "muni", "at_most": 50}
    there = {"column": "parity", "equals": 1}
    plan = planned.plan(
        "did", {"keep": [here], "cluster": "muni"}, {"keep": [here, there], "cluster": "muni"}
    )
    one = only(plan)
    assert "ad_keep_m1" not in one.key and "ad_keep_m2" in one.key
    assert [flag.where for flag in plan.flags][-2:] == ["models.m1.keep", "models.m2.keep"]
    assert len(plan.flags[-1].filters) == 2


@pytest.mark.parametrize("variance", ["hc0", "hc1"])
def test_row_wise_variances_keep_controls_apart_or_pass_again(planned, variance):
    plan = planned.plan("did", {"controls": ["parity"], "variance": variance})
    assert "parity" in only(plan).key and not plan.route("m1").row_scores
    plan = planned.plan("did", {"controls": ["wealth"], "variance": variance})
    assert sums(only(plan)) == ["employed", "wealth"] and plan.route("m1").row_scores
    model = {"controls": ["wealth"], "variance": variance, "estimator": "rd_polynomial"}
    plan = planned.plan("rd", {**model, "cluster": []})
    assert "fourth moments of 'wealth'" in plan.route("m1").reason


def test_scores_of_units_are_summed_in_a_second_pass(planned):
    plan = planned.plan("did", {"cluster": "person"}, {"cluster": ["person", "muni"]})
    assert [route.second_pass for route in plan.routes] == [("person",), ("person",)]
    assert "muni" in only(plan).key and "person" not in only(plan).key


def test_clusters_too_many_for_a_key_are_summed_in_a_second_pass(planned):
    plan = planned.plan("did", {"cluster": "household"})
    assert plan.route("m1").second_pass == ("household",)
    assert "household" not in only(plan).key and "household" in plan.watched
    plan = planned.plan("did", {"cluster": "household", "variance": "cr3"})
    assert "too many for a key" in plan.route("m1").reason


def test_unit_effects_are_types_of_units(planned):
    model = {"fixed_effects": ["person", "ym"], "cluster": "muni", "controls": ["parity"]}
    plan = planned.plan("did", model, {"cluster": "muni"})
    first, second = plan.passes
    assert first.unit_types and not second.unit_types
    assert set(first.key) == {"ad_type", "ym", "parity", "ad_treated", "ad_control"}
    assert plan.route("m1").second_pass == ("muni",) and "muni" in plan.watched


WILD = [{"kind": "wild_bootstrap", "model": "m1", "draws": 99, "seed": 1}]


@pytest.mark.parametrize(
    ("model", "changes", "nulls"),
    [
        ({"variance": "cr3"}, {}, 0),
        ({"cluster": ["muni", "office"]}, {}, 0),
        ({"controls": ["muni"]}, {}, 0),
        ({"fixed_effects": ["person", "ym", "muni"]}, {}, 0),
        ({}, {"checks": WILD}, 0),
        ({}, {"outcomes": {"hours": {"column": "hours", "kind": "count"}}}, 0),
        ({}, {}, 1),
        ({}, {}, None),
    ],
)
def test_clusters_part_types_where_a_second_pass_does_not_do(planned, model, changes, nulls):
    facts = {**planned.facts, "muni": ColumnFacts("integer", 1, 356, nulls)}
    effects = {"fixed_effects": ["person", "ym"], "cluster": "muni"}
    plan = planned.plan("did", {**effects, **model}, facts=facts, **changes)
    assert "muni" in only(plan).key and plan.route("m1").second_pass == ()


def test_weights_are_watched(planned):
    plan = planned.plan("did", {"cluster": "muni"}, panel={"weight": "pop"})
    assert plan.weight == "pop" and plan.watched[-1] == "pop"


def test_options_that_name_columns_stand_in_the_key(planned):
    checks = [{"kind": "randomisation", "model": "m1", "strata": "region", "draws": 99, "seed": 1}]
    design = {"treated": {"column": "muni", "at_most": 50}, "control": None}
    plan = planned.plan(
        "did", {"fixed_effects": ["muni", "ym"], "cluster": "muni"}, design=design, checks=checks
    )
    assert "region" in only(plan).key
