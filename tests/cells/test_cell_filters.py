"""Filters in SQL keep what filters on frames keep, to the last bit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.engines.duckdb import fetch, relation_of_frame
from evaluation.cells.expressions.filters import decided, satisfied
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.filters import satisfied as satisfied_on_frame
from evaluation.spec.filters import Filter

FRAME = pd.DataFrame(
    {
        "single": np.array([0.1, 0.3, 1 / 3, 2.5, np.nan, 16777217], dtype=np.float32),
        "double": [0.1, 0.3, np.nan, 0.7, 1e300, 5.0],
        "narrow": np.array([1, 2, 3, 4, 5, -6], dtype=np.int8),
        "wide": [2**53, 2**53 + 1, 2**62, 3, 4, -5],
        "text": pd.Series(["a", "b", None, "c", "Å", ""], dtype=object),
        "iso": pd.Series(["2017-01-01", "2017-06-30", None] * 2, dtype=object),
        "stamp": pd.to_datetime(["2017-01-01T00:00", "2017-06-30T12:00", None] * 2),
        "known": [True, False, True, True, False, False],
    }
)
JUNE = dt.date(2017, 6, 30)
FILTERS: list[dict[str, Any]] = [
    {"column": "single", "at_least": 0.1},
    {"column": "single", "equals": 0.3},
    {"column": "single", "above": 16777216},
    {"column": "double", "equals": 0.1},
    {"column": "double", "at_most": 0.30000000000000004},
    {"column": "double", "not_equals": 0.7},
    {"column": "double", "one_of": (0.3, 5)},
    {"column": "double", "none_of": (0.3, 5)},
    {"column": "double", "below": 10**18},
    {"column": "double", "missing": True},
    {"column": "double", "missing": False, "above": 0.5},
    {"column": "double", "missing": True, "above": 0.5},
    {"column": "narrow", "at_least": 300},
    {"column": "narrow", "one_of": (1, 400)},
    {"column": "narrow", "equals": 1.5},
    {"column": "narrow", "none_of": (1, 2.5)},
    {"column": "wide", "equals": 2**53 + 1},
    {"column": "wide", "above": 2**53},
    {"column": "text", "equals": "Å"},
    {"column": "text", "not_equals": "a"},
    {"column": "text", "one_of": ("a", "")},
    {"column": "iso", "at_least": JUNE},
    {"column": "iso", "one_of": (JUNE,)},
    {"column": "stamp", "at_most": JUNE},
    {"column": "stamp", "above": JUNE},
    {"column": "stamp", "none_of": (JUNE, dt.date(2017, 1, 1))},
    {"column": "known", "equals": True},
    {"column": "known", "at_least": 1},
]


@pytest.fixture(scope="module")
def relation() -> Relation:
    return relation_of_frame(FRAME, {}, Settings())


@pytest.mark.parametrize("keys", FILTERS, ids=str)
def test_the_truth_table_is_that_of_frames(relation: Relation, keys: dict[str, Any]) -> None:
    condition = Filter(**keys)
    table = without_nan(relation.table, relation.columns)
    values, facts = table[condition.column], relation.columns[condition.column]
    query = table.select(
        kept=satisfied(values, facts, condition, "keep"),
        held=decided(values, facts, condition, "keep"),
    )
    found = fetch(relation, query, Settings(threads=1)).to_pydict()
    wanted = satisfied_on_frame(FRAME[condition.column], condition, "keep").tolist()
    assert found["kept"] == wanted
    absent = (
        FRAME[condition.column].isna()
        if condition.missing is None
        else np.zeros(len(FRAME), dtype=bool)
    )
    held = [None if lacks else one for lacks, one in zip(absent, wanted, strict=True)]
    assert found["held"] == held
