"""Panels by quarter: all rows of a quarter have one time, so that effects of it are its own."""

from __future__ import annotations

import pandas as pd


def test_effects_of_time_are_effects_of_the_period(tiny) -> None:
    """Person 3 leaves in the first month of a quarter; a group is not dated by such a one."""
    months = pd.DataFrame(
        [
            (person, ym, muni, 1.0, 0)
            for person, muni, last in (
                (3, "0301", 201704),
                (4, "0301", 201706),
                (5, "1103", 201706),
            )
            for ym in range(201701, last + 1)
        ],
        columns=["person", "ym", "muni", "y", "open"],
    )
    months.loc[months["muni"] == "1103", "open"] = 1
    prepared = tiny.prepare(
        months,
        panel={"unit": "person", "time": "ym", "time_unit": "month", "period": "quarter"},
        sample={"rows": {"by": ["muni"]}},
        outcomes={"y": {"column": "y", "kind": "continuous"}},
        design={"kind": "did", "treatment": {"column": "open"}},
    )
    frame = prepared.panel.frame
    assert frame.groupby(prepared.panel.period)["ym"].unique().map(list).tolist() == [
        [201703],
        [201706],
    ]
