"""A world is simulated beyond the window for what outcomes look up there, and no further."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

import data_synth
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source

PANEL: dict[str, Any] = {
    "source": "synthetic", "world": "published_null", "persons": 3000, "seed": 5,
    "unit": "person_id", "time": "ym", "time_unit": "month", "ages": [27, 33],
    "window": [dt.date(2016, 1, 1), dt.date(2017, 12, 31)],
}  # fmt: skip
DESIGN = {
    "kind": "did",
    "reform_date": dt.date(2017, 1, 1),
    "treated": {"column": "age_months", "below": 360},
}


def simulated(first: dt.date, last: dt.date) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world("published_null"), persons=3000, seed=5, window=(first, last),
        ages=(27, 33), columns=["person_id", "ym", "employed", "sa_nok"],
    )  # fmt: skip


@pytest.mark.parametrize("months", [6, 24])
def test_rows_stay_in_the_window_and_values_reach_beyond(tiny, months: int) -> None:
    outcomes = {
        "later": {"column": "employed", "kind": "binary", "lead_months": months},
        "rise": {"column": "sa_nok", "kind": "nok", "difference": 12},
    }
    spec = tiny.spec(panel=PANEL, design=DESIGN, outcomes=outcomes)
    panel = prepare(spec, open_source(spec)).panel
    assert panel.flow[0].rows == len(simulated(*PANEL["window"]))
    wide = simulated(dt.date(2015, 1, 1), dt.date(2019, 12, 31))
    month = wide["ym"] // 100 * 12 + wide["ym"] % 100 - 1
    by = wide.assign(month=month).set_index(["person_id", "month"])
    frame = panel.frame
    own = frame["ym"] // 100 * 12 + frame["ym"] % 100 - 1
    later, now, before = (
        by[name].reindex(pd.MultiIndex.from_arrays([frame["person_id"], own + ahead])).to_numpy()
        for name, ahead in (("employed", months), ("sa_nok", 0), ("sa_nok", -12))
    )
    found = frame[f"employed_lead_{months}"].to_numpy()
    pd.testing.assert_series_equal(pd.Series(found), pd.Series(later), check_dtype=False)
    pd.testing.assert_series_equal(
        frame["sa_nok_change_12"], pd.Series(now - before), check_dtype=False, check_names=False
    )
    last = frame["ym"] == 201712
    assert last.any() and frame.loc[last, f"employed_lead_{months}"].notna().any()


def test_a_world_ends_where_it_ends(tiny) -> None:
    window = [dt.date(2022, 1, 1), dt.date(2023, 6, 30)]
    design = {**DESIGN, "reform_date": dt.date(2023, 1, 1)}
    outcomes = {"later": {"column": "employed", "kind": "binary", "lead_months": 12}}
    spec = tiny.spec(panel={**PANEL, "window": window}, design=design, outcomes=outcomes)
    frame = prepare(spec, open_source(spec)).panel.frame
    assert frame.loc[frame["ym"] > 202212, "employed_lead_12"].isna().all()
    assert frame.loc[frame["ym"] == 202212, "employed_lead_12"].notna().any()
