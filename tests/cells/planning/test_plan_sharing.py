"""As few passes as possible, never many-valued columns that one model alone needs."""

import itertools

import pytest

from evaluation.cells.planning.expected import expected_cells


def test_ten_models_and_five_outcomes_share_one_pass(planned, outcomes):
    base = {"fixed_effects": ["muni", "ym"], "cluster": "muni"}
    path = {**base, "estimator": "twfe_event_study", "estimand": "att_by_event_time"}
    models = [
        base,
        {**base, "controls": ["female"]},
        {**base, "controls": ["female", "immigrant"]},
        {**base, "fixed_effects": ["muni", "ym", "region"]},
        {**base, "keep": [{"column": "parity", "equals": 0}]},
        {**base, "variance": "cr1", "fixed_effects": ["ym"]},
        {**base, "outcomes": ["hours"], "controls": ["wealth"]},
        path,
        {**path, "controls": ["female", "immigrant"]},
        {**path, "reference": -3},
    ]
    plan = planned.plan("did", *models, outcomes=outcomes)
    (one,) = plan.passes
    assert {route.cells for route in plan.routes} == {"cells_1"}
    assert {"muni", "ym", "region", "ad_keep_m5"} <= set(one.key)
    assert one.fine == ("female", "immigrant")
    assert [quantity.name for quantity in one.quantities][:5] == list(outcomes)


def test_many_values_that_one_model_needs_are_another_pass(planned):
    plan = planned.plan("did", {"cluster": "muni"}, {"cluster": "office"}, {"cluster": "muni"})
    assert [route.cells for route in plan.routes] == ["cells_1", "cells_2", "cells_1"]
    assert all(not {"muni", "office"} <= set(one.key) for one in plan.passes)


def test_unknown_values_are_never_added_to_another_key(planned):
    models = [
        {"cluster": "muni"},
        {"cluster": "muni", "fixed_effects": ["region"]},
        {"cluster": "office"},
    ]
    plan = planned.plan("did", *models, facts=None)
    assert [route.cells for route in plan.routes] == ["cells_1", "cells_1", "cells_2"]


def test_two_controls_of_few_values_share_though_neither_holds_the_other(planned):
    models = [{"cluster": "muni", "controls": [name]} for name in ("female", "immigrant")]
    assert len(planned.plan("did", *models).passes) == 1


def test_every_model_finds_its_key_and_its_moments(planned, outcomes):
    """Whatever is shared, a pass holds all that each of its models asks for alone."""
    parts = {
        "cluster": ["muni", "office", "person"],
        "fixed_effects": [["muni", "ym"], ["region"]],
        "controls": [[], ["female", "wealth"], ["parity", "age_months"]],
    }
    models = [
        dict(zip(parts, chosen, strict=True)) for chosen in itertools.product(*parts.values())
    ]
    named = {name: outcomes[name] for name in ("employed", "wage")}
    together = planned.plan("did", *models, outcomes=named)
    assert len(together.passes) < len(models) / 2
    by_name = {one.name: one for one in together.passes}
    for at, model in enumerate(models, start=1):
        alone = planned.plan("did", model, outcomes=named)
        (own,) = alone.passes
        shared = by_name[together.route(f"m{at}").cells]
        held = {quantity.name for quantity in shared.quantities}
        assert {quantity.name for quantity in own.quantities} <= held | set(shared.key)
        assert {p for p in own.key if p not in model["controls"]} <= set(shared.key)
        wanted = {
            (own.quantities[a].name, own.quantities[b].name)
            for a, b in own.products
            if not {own.quantities[a].name, own.quantities[b].name} & set(shared.key)
        }
        names = [quantity.name for quantity in shared.quantities]
        found = {frozenset((names[a], names[b])) for a, b in shared.products}
        assert {frozenset(pair) for pair in wanted} <= found


def test_the_same_plan_twice(planned, outcomes):
    models = [{"cluster": name, "controls": ["wealth", "female"]} for name in ("office", "muni")]
    assert planned.plan("did", *models, outcomes=outcomes) == planned.plan(
        "did", *models, outcomes=outcomes
    )


@pytest.mark.parametrize(
    ("facts_known", "known", "unknown"), [(True, 84 * 356 * 4, ()), (False, 84 * 4, ("muni",))]
)
def test_expected_cells_are_products_of_known_values(planned, facts_known, known, unknown):
    model = {"fixed_effects": ["muni", "ym"], "cluster": "muni"}
    spec = planned.spec("did", model)
    plan = planned.plan("did", model) if facts_known else planned.plan("did", model, facts=None)
    columns = planned.facts if facts_known else None
    found = expected_cells(spec, plan, plan.passes[0], columns)
    assert (found.known, found.unknown) == (known, unknown)
    if facts_known:
        assert expected_cells(spec, plan, plan.passes[0], columns, rows=1000).known == 1000
