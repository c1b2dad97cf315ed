"""One pass for specs that differ in their groups: the same numbers, and fewer passes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.cells import gather
from evaluation.cells.plan import CellPass, Condition, Flag, PairPass, Plan, Quantity, UnitPass
from evaluation.cells.planning.together import together
from evaluation.spec.filters import Filter

SPEC = """
schema_version = 1
id = "ages"
title = "Ages"
[panel]
source = "file"
path = "ages.parquet"
unit = "person"
time = "ym"
time_unit = "month"
[sample]
keep = [{ column = "age_months", at_least = 300, below = 420 }]
[outcomes]
y = { column = "y", kind = "binary" }
[design]
kind = "did"
reform_date = 2017-01-01
treated = { column = "age_months", below = 360, assigned_at = "period_start" }
control = { column = "age_months", at_least = 372 }
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "ym"]
controls = ["x"]
cluster = "town"
[[checks]]
kind = "placebo_group"
[[checks]]
kind = "carry_over"
"""


@pytest.fixture
def asked(tmp_path):
    generator = np.random.default_rng(0)
    n = 6_000
    frame = pd.DataFrame(
        {
            "person": np.arange(n),
            "town": generator.integers(0, 12, n),
            "ym": generator.integers(2015, 2019, n) * 100 + 1,
            "age_months": generator.integers(300, 516, n),
            "x": generator.normal(size=n),
            "y": (generator.random(n) < 0.4).astype(int),
        }
    )
    path = tmp_path / "ages.toml"
    path.write_text(SPEC, encoding="utf-8")
    return lambda engine: run(path, frame=frame, engine=engine)


def test_variants_share_one_pass_and_say_what_rows_say(asked, monkeypatch):
    taken = []
    build = gather.build_cells

    def counted(relation, plan, passes, settings, units):
        taken.append(len(passes))
        return build(relation, plan, passes, settings, units)

    monkeypatch.setattr(gather, "build_cells", counted)
    cells = asked("auto")
    # The model, four placebo groups together, two gaps together.
    assert taken == [1, 1, 1]
    rows = asked("microdata")
    named = ["check", "outcome", "term", "name"]
    first, second = (
        one.details[one.details["check"].notna()].set_index(named)["value"] for one in (cells, rows)
    )
    assert first.index.equals(second.index) and len(first) > 20
    numbers = [pd.to_numeric(one, errors="coerce") for one in (first, second)]
    np.testing.assert_allclose(*numbers, rtol=1e-7, atol=1e-12)


def plan(low, **changed):
    flag = Flag("ad_treated", "design.treated", (Filter(column="age", below=low),))
    shared = Condition("keep x", (Filter(column="x", equals=1),))
    y, z = Quantity("y", "y"), Quantity("z", "z")
    known = {
        "conditions": (shared, Condition("keep age", (Filter(column="age", above=low),))),
        "flags": (flag,),
        "passes": (CellPass("cells_1", ("ym", "ad_treated"), (y, z), ((0, 1), (1, 1))),),
        "pairs": (),
        "units": None,
        "weight": None,
        "watched": ("y",),
        "routes": (),
    }
    return Plan(**{**known, **changed})


def test_predicates_keep_names_of_their_own_and_equal_ones_are_one():
    found = together([plan(360), plan(348), plan(360)])
    assert [flag.name for flag in found.flags] == ["ad_treated", "ad_treated_2"]
    assert found.passes[0].key == ("ym", "ad_treated", "ad_treated_2")
    assert [one.step for one in found.conditions] == ["keep x"]


def test_products_follow_their_quantities():
    y, z = Quantity("y", "y"), Quantity("z", "z")
    turned = CellPass("cells_1", ("ym", "town"), (z, y), ((0, 0), (0, 1)))
    (made,) = together([plan(360), plan(348, passes=(turned,))]).passes
    assert made.quantities == (y, z) and made.products == ((0, 1), (1, 1))
    assert made.key == ("ym", "town", "ad_treated")


POST = Flag("ad_post", "design.post", (Filter(column="year", at_least=5),))
APART = [
    {"weight": "w"},
    {"units": UnitPass("person", "ym")},
    {"pairs": (PairPass("pairs_1", "age", None, (), ()),)},
    {"passes": ()},
    {"groups": ("town",)},
    {"flags": (POST,)},
]


@pytest.mark.parametrize("changed", APART)
def test_plans_that_read_rows_otherwise_share_nothing(changed):
    assert together([plan(360), plan(348, **changed)]) is None


def test_one_plan_is_no_company():
    assert together([plan(360)]) is None
