"""Canonical order: however the rows come, every model sees the same arrays."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data.model_data import ModelData

PANEL = pd.DataFrame(
    {
        "person": np.repeat(["p10", "p2", "q", "0301"], 6),
        "ym": np.tile([201701, 201702, 201703, 201704, 201705, 201706], 4),
        "group": np.repeat([1, 0, 0, 1], 6),
        "y": np.random.default_rng(1).normal(size=24),
        "x": np.random.default_rng(2).normal(size=24),
        "muni": np.repeat(["b", "a", "b", "a"], 6),
    }
)
PANEL.loc[[3, 17], "x"] = np.nan
# The same days twice over for a person: an order inside the period must not matter either.
DAYS = PANEL.assign(ym=PANEL["ym"].map(lambda ym: f"{ym // 100}-{(ym % 100 + 1) // 2:02d}-{ym % 7 + 1:02d}"))  # fmt: skip  # noqa: E501

MODEL = {
    "id": "main",
    "estimand": "att",
    "estimator": "twfe",
    "controls": ["x"],
    "cluster": "muni",
    "fixed_effects": ["muni"],
}
DESIGN = {
    "kind": "did",
    "treated": {"column": "group", "equals": 1},
    "post": {"column": "ym", "at_least": 201704},
}
DOSE = {"kind": "did", "treatment": {"column": "group"}}
MONTHLY = {"time": "ym", "time_unit": "month"}

# panel, sample, design, rows
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], pd.DataFrame]] = {
    "a panel": (MONTHLY, {}, DESIGN, PANEL),
    "quarters": ({**MONTHLY, "period": "quarter"}, {}, DOSE, PANEL),
    "days made months": ({"time": "ym", "time_unit": "date"}, {}, DOSE, DAYS),
    "groups": (MONTHLY, {"rows": {"by": ["muni", "group"]}}, DOSE, PANEL),
    "no time": ({"time": None, "unit": None}, {}, DOSE, PANEL),
    "repeated cross-sections": ({**MONTHLY, "unit": None}, {}, DESIGN, PANEL),
}


def same(first: ModelData, second: ModelData) -> None:
    for one in fields(ModelData):
        left, right = getattr(first, one.name), getattr(second, one.name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right, check_exact=True)
        elif isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right)
        else:
            assert left == right


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=8)
@given(order=st.permutations(range(24)))
def test_any_order_of_rows_gives_the_same_arrays(tiny, way: str, order: list[int]) -> None:
    panel, sample, design, frame = WAYS[way]
    changes = {"panel": panel, "sample": sample, "design": design, "models": [MODEL]}
    first = tiny.rows(frame, **changes)
    same(first, tiny.rows(frame.iloc[order], **changes))
    # Nor does the order of columns, nor one that the spec does not name.
    same(first, tiny.rows(frame.iloc[order, ::-1].assign(other=1.0), **changes))


def test_units_are_codes_in_the_order_of_their_keys(tiny) -> None:
    data = tiny.rows(PANEL, panel=MONTHLY, design=DESIGN)
    assert data.unit is not None and data.unit.dtype == np.int64
    keys = ["0301", "p10", "p2", "q"]
    assert data.unit.tolist() == [code for code in range(4) for _ in range(6)]
    order = PANEL.set_index(["person", "ym"]).loc[keys, "y"]
    np.testing.assert_array_equal(data.y, order)


def test_the_callers_frame_is_left_alone(tiny) -> None:
    frame = PANEL.iloc[::-1].copy()
    before = frame.copy()
    tiny.rows(frame, panel=MONTHLY, design=DESIGN, models=[MODEL])
    pd.testing.assert_frame_equal(frame, before)
