"""Conditions name the same steps, in the same order, as the sample drawn from rows."""

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.planning.calendar import spec_calendar
from evaluation.cells.planning.conditions import sample_conditions
from evaluation.cells.relation import ColumnFacts
from evaluation.data.coarsen import group_rows
from evaluation.data.filters import satisfied
from evaluation.data.panel import read_panel
from evaluation.data.sample import select_rows
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError
from evaluation.spec.sample import GroupedRows

SAMPLES = [
    {},
    {"denominator": "recipients"},
    {"denominator": "main_income", "rows": "entry"},
    {"denominator": "recipients", "rows": "at_risk_exit"},
    {"rows": "at_risk_entry", "drop_periods": [["2016-07-01", "2016-12-31"]]},
    {
        "keep": [
            {"column": "age_months", "at_least": 300, "below": 420},
            {"column": "muni", "one_of": [1, 2, 3, 4, 5]},
        ],
        "drop": [{"column": "parity", "equals": 2}, {"column": "hours", "missing": True}],
        "drop_periods": [["2013-02-01", "2013-03-31"], ["2018-01-01", "2018-12-31"]],
    },
]


def frame(rows=4000):
    draw = np.random.default_rng(11)
    month = draw.integers(2012 * 12, 2020 * 12, rows)
    one_or_none = draw.choice([0.0, 1.0, np.nan], (6, rows))
    return pd.DataFrame(
        {
            "person": np.arange(rows),
            "ym": month // 12 * 100 + month % 12 + 1,
            "age_months": draw.integers(216, 515, rows),
            "muni": draw.integers(1, 9, rows),
            "parity": draw.choice([0.0, 1.0, 2.0, np.nan], rows),
            "hours": draw.choice([0.0, 10.0, np.nan], rows),
            "employed": draw.integers(0, 2, rows),
            "sa_received": one_or_none[0],
            "sa_main_income": one_or_none[1],
            "sa_entry": one_or_none[2],
            "sa_exit": one_or_none[3],
        }
    )


@pytest.mark.parametrize("sample", SAMPLES)
def test_conditions_draw_the_sample(planned, sample):
    spec = planned.spec("did", {"cluster": "muni"}, sample=sample)
    panel = read_panel(spec, Frame(frame()))
    calendar = spec_calendar(spec, None)
    rows = np.ones(len(panel.frame), dtype=bool)
    steps = [("rows read", len(rows))]
    for one in sample_conditions(spec, calendar):
        if one.moments is not None:
            inside = (panel.moment >= one.moments[0]) & (panel.moment <= one.moments[1])
        else:
            inside = np.logical_and.reduce(
                [satisfied(panel.frame[f.column], f, one.step) for f in one.filters]
            )
        rows &= ~inside if one.negated else inside
        steps.append((one.step, int(rows.sum())))
    assert steps == [(step.step, step.rows) for step in select_rows(panel, spec).flow]


def test_grouped_rows_must_know_their_group(planned):
    spec = planned.spec("did", {"cluster": "muni"}, sample={"rows": {"by": ["muni"]}})
    (_, known) = sample_conditions(spec, spec_calendar(spec, None))
    rows = frame().assign(muni=lambda one: one["muni"].where(one["muni"] > 2))
    panel = read_panel(spec, Frame(rows.assign(age_months=300)))
    assert isinstance(spec.sample.rows, GroupedRows)
    grouped = group_rows(panel, spec, spec.sample.rows)
    assert known.silent and known.step in [step.step for step in grouped.flow]


@pytest.mark.parametrize(
    ("changes", "dated", "facts", "unit"),
    [
        ({}, True, None, "month"),
        ({"time_unit": None}, True, None, "date"),
        ({"time_unit": None, "window": None}, True, None, "date"),
        ({"time_unit": None, "window": None}, True, {"ym": ColumnFacts("text")}, "date"),
        ({"time_unit": None, "window": None}, False, {"ym": ColumnFacts("date")}, "date"),
        ({"time_unit": None, "window": None}, False, None, "integer"),
        ({"time_unit": None, "window": [2013, 2019]}, False, None, "integer"),
        ({"time_unit": None, "window": [1, 9]}, False, {"ym": ColumnFacts("float")}, "integer"),
    ],
)
def test_the_calendar_follows_from_text_and_types(planned, changes, dated, facts, unit):
    design = {} if dated else {"reform_date": None, "post": {"column": "ym", "at_least": 5}}
    design |= {"treated": {"column": "muni", "at_most": 50}}
    spec = planned.spec("did", {"cluster": "muni"}, panel=changes, design=design)
    assert spec_calendar(spec, facts).unit == unit


def test_dates_on_whole_numbers_are_refused(planned):
    spec = planned.spec("did", {"cluster": "muni"}, panel={"time_unit": None})
    calendar = spec_calendar(spec, {"ym": ColumnFacts("integer", 1, 9)})
    with pytest.raises(DataError, match="found dates, but the panel's time is whole numbers"):
        sample_conditions(spec, calendar)
