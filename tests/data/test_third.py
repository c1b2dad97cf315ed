"""The third difference: who is of it, whose side is unknown, what the rows of a model carry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError, SpecError

DESIGN = {
    "kind": "did",
    "treated": {"column": "group", "equals": 1},
    "post": {"column": "year", "at_least": 2},
    "third": {"column": "x", "equals": 1},
}


def test_rows_carry_the_third_difference(tiny, four: pd.DataFrame) -> None:
    data = tiny.rows(four, design=DESIGN)
    assert data.third is not None
    assert np.array_equal(data.third, four["x"].to_numpy(float))
    assert tiny.rows(four).third is None


def test_rows_whose_side_is_unknown_have_no_role(tiny, four: pd.DataFrame, flow_of) -> None:
    frame = four.assign(x=four["x"].where(four["person"] != 2).astype("Int64"))
    prepared = tiny.prepare(frame, design=DESIGN)
    assert ("without rows that lack a group or date", 9, 3) in flow_of(prepared)
    # Where the predicate says what missing means, nobody is unknown.
    told = {**DESIGN, "third": {"column": "x", "missing": True}}
    assert tiny.rows(frame, design=told).third.tolist() == [0] * 3 + [1] * 3 + [0] * 6


@pytest.mark.parametrize(("value", "words"), [(7, "no row is"), (1, "every row is")])
def test_nobody_or_everybody_is_refused(tiny, four: pd.DataFrame, value: int, words: str) -> None:
    frame = four.assign(x=1)
    design = {**DESIGN, "third": {"column": "x", "equals": value}}
    with pytest.raises(DataError, match=f"design.third: {words}"):
        tiny.prepare(frame, design=design)


def test_a_dose_has_no_third_difference(tiny) -> None:
    design = {"kind": "did", "treatment": {"column": "x"}, "third": {"column": "x", "equals": 1}}
    with pytest.raises(SpecError, match=r"design\.third: goes with treated"):
        tiny.spec(design=design)


def test_columns_of_a_check_take_no_row_out(tiny, four: pd.DataFrame) -> None:
    frame = four.assign(z=np.where(four["person"] == 1, np.nan, 1.0))
    check = {"kind": "randomisation", "model": "main", "seed": 1, "strata": "z"}
    data = tiny.rows(frame, checks=[check])
    assert data.n_obs == 12 and data.dropped == {}
    assert data.columns["z"].isna().sum() == 3
