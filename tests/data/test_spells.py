"""Predicates evaluated when a spell began: receipt, or a condition in force."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from evaluation.data.spells import spell_starts
from evaluation.errors import SpecError

NAN = np.nan
#                 months received: 3, 4, 5 and 7; 6 is the month of exit, 9 has no row
MONTH = np.array([1, 2, 3, 4, 5, 6, 7, 8, 10])
ENTRY = [0, 0, 1, NAN, NAN, NAN, 1, NAN, NAN]
EXIT = [NAN, NAN, NAN, 0, 0, 1, NAN, 1, 0]
CONDITION = [1, 0, 0, 1, 1, 0, 1, 1, 1]


def test_receipt_runs_from_entry_to_exit() -> None:
    frame = pd.DataFrame({"sa_entry": ENTRY, "sa_exit": EXIT})
    found = spell_starts(frame, "entry", np.zeros(9, dtype=np.int64), MONTH)
    assert found.tolist() == [-1, -1, 2, 2, 2, 2, 6, 6, -1]


def test_a_condition_begins_after_a_month_without() -> None:
    frame = pd.DataFrame({"condition_imposed": CONDITION})
    found = spell_starts(frame, "decision", np.zeros(9, dtype=np.int64), MONTH)
    assert found.tolist() == [-1, -1, -1, 3, 3, -1, 6, 6, -1]


def test_another_unit_is_another_spell() -> None:
    frame = pd.DataFrame({"sa_entry": [1, NAN], "sa_exit": [NAN, 0]})
    found = spell_starts(frame, "entry", np.array([0, 1]), np.array([1, 2]))
    assert found.tolist() == [0, -1]


PANEL = {
    "source": "file", "path": "rows.csv", "unit": "person", "time": "ym", "time_unit": "month",
    "window": [dt.date(2017, 3, 1), dt.date(2017, 4, 30)],
}  # fmt: skip
DESIGN = {
    "kind": "did",
    "treated": {"column": "age_months", "below": 360, "assigned_at": "entry"},
    "reform_date": dt.date(2017, 4, 1),
}


def test_the_age_at_entry_parts_the_groups(tiny) -> None:
    """Turned 30 in the spell is treated still; rows without a spell, or of an old one, leave."""
    rows = pd.DataFrame(
        {
            "person": np.repeat([1, 2, 3, 4], 4),
            "ym": np.tile([201701, 201702, 201703, 201704], 4),
            "age_months": np.r_[358:362, 360:364, 300:304, 300:304],
            "sa_entry": [0, 1, NAN, NAN, 0, 1, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, 0, 0],
            "sa_exit": [NAN, NAN, 0, 0, NAN, NAN, 0, 1, 0, 0, 0, 0, NAN, NAN, NAN, NAN],
            "y": np.arange(16.0),
        }
    )
    prepared = tiny.prepare(rows, panel=PANEL, design=DESIGN)
    assert prepared.panel.frame["person"].tolist() == [1, 1, 2, 2]
    assert prepared.roles.treated.tolist() == [1, 1, 0, 0]
    decided = {**DESIGN, "treated": {**DESIGN["treated"], "assigned_at": "decision"}}
    frame = rows.assign(condition_imposed=[0, 1, 1, 1, 0, 1, 1, 1, *[1] * 4, *[0] * 4])
    prepared = tiny.prepare(frame, panel=PANEL, design=decided)
    assert prepared.panel.frame["person"].tolist() == [1, 1, 2, 2]


def test_groups_have_no_spells(tiny) -> None:
    with pytest.raises(SpecError, match="spells are of persons, and rows are groups"):
        tiny.spec(panel=PANEL, design=DESIGN, sample={"rows": {"by": ["town"]}})
