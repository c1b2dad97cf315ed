"""Kept histories answer a plan that watches other columns, where these are known to be whole."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import Flag, Plan, UnitPass
from evaluation.cells.store.answer_units import units_answer
from evaluation.data.panel import FlowStep
from evaluation.spec.filters import Filter

TREATED = Flag("ad_treated", "design.treated", (Filter(column="age", below=30),))
KEPT = Plan((), (TREATED,), (), (), UnitPass("person", "ym"), None, ("y", "z"), (), "ym")
# Kinds of row: y known or not, by treatment; z is always known.
FACTS = UnitFacts(
    (FlowStep("rows read", 9, 5),),
    0,
    {},
    pd.DataFrame({"ad_units": [3, 2], "ad_patterns": [0b011, 0b100]}),
    0,
    patterns=((0, 0), (0, 1), (1, 1)),
)


def asked(*watched: str, weight: str | None = None) -> Plan:
    return replace(KEPT, watched=watched, weight=weight)


def test_a_column_that_lacks_nothing_need_not_have_been_watched() -> None:
    facts = units_answer(asked("y", "new"), KEPT, FACTS, {"new"})
    assert facts is not None
    assert facts.patterns == FACTS.patterns
    pd.testing.assert_frame_equal(facts.histories, FACTS.histories)


def test_what_was_watched_keeps_its_place_among_others() -> None:
    facts = units_answer(asked("new", "y"), KEPT, FACTS, {"new"})
    assert facts is not None
    assert facts.patterns == ((0, 0), (0, 1), (2, 1))


@pytest.mark.parametrize(
    ("plan", "whole"),
    [(asked("y", "new"), set()), (asked("new", weight="new"), {"new"})],
    ids=["unknown", "weight"],
)
def test_where_a_value_may_be_missing_units_are_counted_again(plan: Plan, whole: set[str]) -> None:
    facts = units_answer(plan, KEPT, FACTS, whole)
    assert facts is not None and facts.patterns == ()
