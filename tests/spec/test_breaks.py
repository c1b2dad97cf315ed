"""Outcomes and treatments across a break of the registers are refused unless acknowledged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from evaluation import load_spec
from evaluation.data.registers.breaks import refuse_breaks
from evaluation.data.registers.columns.registry import owners
from evaluation.data.registers.mapping import Delivery
from evaluation.errors import SpecError
from evaluation.report.notes import notes_of
from evaluation.spec.breaks import BREAKS
from evaluation.spec.spec import Spec

SPEC = """
schema_version = 1
id = "across"
title = "Across"
[panel]
source = "registers"
mapping = "delivery.toml"
unit = "person_id"
time = "ym"
{panel}
{derive}
[sample]
keep = [{{ column = "age_months", at_least = 300, below = 420 }}]
[outcomes]
y = {{ column = "{outcome}", kind = "continuous"{more} }}
[design]
kind = "did"
treated = {{ column = "{treated}", below = 360 }}
control = {{ column = "age_months", at_least = 360 }}
post = {{ column = "ym", at_least = 2017-01-01 }}
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
"""
PLAIN = {"panel": "", "derive": "", "outcome": "employed", "more": "", "treated": "age_months"}
ACROSS_2015 = "window = [2013-01-01, 2018-12-01]"
DERIVED = '[derive]\nworked = { op = "cumulate", column = "employed" }'


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Return a function from changes to the spec."""

    def read(**changes: str) -> Spec:
        path = tmp_path / "across.toml"
        path.write_text(SPEC.format(**{**PLAIN, **changes}), encoding="utf-8")
        return load_spec(path)

    return read


def faults(read: Any, **changes: str) -> tuple[str, ...]:
    try:
        read(**changes)
    except SpecError as error:
        return tuple(error.faults)
    return ()


def delivery(first: int, last: int) -> Delivery:
    """Return a delivery of these years."""
    return Delivery(
        schema_version=1,
        shape="tables",
        first=dt.date(first, 1, 1),
        last=dt.date(last, 12, 1),
        tables={"person": {"file": "person.csv"}},  # type: ignore[dict-item]
    )


def refused(spec: Spec, first: int, last: int) -> tuple[str, ...]:
    try:
        refuse_breaks(spec, delivery(first, last))
    except SpecError as error:
        return tuple(error.faults)
    return ()


def test_an_outcome_across_a_break_is_refused_in_one_line(read: Any) -> None:
    (line,) = faults(read, panel=ACROSS_2015)
    assert line == (
        "across.toml: outcomes.y.column: 'employed' is not the same before and from 2015-01: "
        "employment comes from the monthly job register, before it from the status in November; "
        'narrow panel.window, or acknowledge it with panel.bridges = ["employment_2015"]'
    )


@pytest.mark.parametrize(
    ("outcome", "window", "name"),
    [
        ("on_aap", "[2010-01-01, 2012-12-01]", "aap_2010"),
        ("on_aap", "[2010-03-01, 2012-12-01]", None),
        ("employed", "[2010-01-01, 2014-12-01]", None),
        ("employed", "[2015-01-01, 2019-12-01]", None),
        ("employed", "[2014-12-01, 2015-01-01]", "employment_2015"),
        ("sa_received", "[2009-01-01, 2026-12-01]", None),
        ("sanctioned_in_year", "[2018-01-01, 2021-12-01]", None),
        ("sanctioned_in_year", "[2018-01-01, 2022-01-01]", "form_11f_wording"),
        ("sanctioned_in_year", "[2024-01-01, 2025-12-01]", "form_11f_wording"),
        ("sanctioned_in_year", "[2026-01-01, 2026-12-01]", None),
    ],
)
def test_windows_on_either_side(read: Any, outcome: str, window: str, name: str | None) -> None:
    found = faults(read, outcome=outcome, panel=f"window = {window}")
    if name is None:
        assert not found
    else:
        assert len(found) == 1
        assert f'panel.bridges = ["{name}"]' in found[0]
        assert not faults(read, outcome=outcome, panel=f'window = {window}\nbridges = ["{name}"]')


def test_treatments_and_derived_columns_are_traced(read: Any) -> None:
    (line,) = faults(read, panel=ACROSS_2015, outcome="worked", derive=DERIVED)
    assert "outcomes.y.column: 'worked'" in line
    lines = faults(read, panel=ACROSS_2015, outcome="sa_exit", treated="employed")
    assert [line.split(" is not")[0] for line in lines] == [
        "across.toml: design.treated.column: 'employed'"
    ]


def test_municipality_reforms_break_what_is_of_offices(read: Any) -> None:
    lines = faults(
        read, panel="window = [2016-01-01, 2019-12-01]", outcome="sa_exit", treated="provision"
    )
    assert [line.rsplit("= ", 1)[1] for line in lines] == [
        '["municipalities_2017"]', '["municipalities_2018"]',
    ]  # fmt: skip


def test_an_unknown_bridge_is_refused(read: Any) -> None:
    (line,) = faults(read, panel='bridges = ["employment_2014"]')
    assert "no break 'employment_2014'; did you mean employment_2015?" in line


def test_without_a_window_the_delivery_decides(read: Any) -> None:
    spec = read()
    assert not refused(spec, 2015, 2019)
    (line,) = refused(spec, 2013, 2019)
    assert line.startswith("across: outcomes.y.column: 'employed'")
    assert not refused(read(panel='bridges = ["employment_2015"]'), 2013, 2019)


def test_later_dates_of_an_outcome_reach_over_a_break(read: Any) -> None:
    window = "window = [2012-01-01, 2014-06-01]"
    spec = read(panel=window, more=", lead_months = 12")
    assert len(refused(spec, 2012, 2019)) == 1
    assert not refused(spec, 2012, 2014)
    assert not refused(read(panel=window), 2012, 2019)


def test_notes_repeat_a_bridge(read: Any) -> None:
    bridge = f'{ACROSS_2015}\nbridges = ["employment_2015", "aap_2010"]'
    notes = [note for note in notes_of(read(panel=bridge)) if "acknowledged" in note]
    assert notes == [
        "employed lies across a break of the registers, acknowledged as employment_2015: from "
        "January 2015 employment comes from the monthly job register, before it from the status in "
        "November. A difference between the two sides may be of the registers."
    ]
    assert not [note for note in notes_of(read()) if "acknowledged" in note]


def test_breaks_name_columns_that_there_are() -> None:
    for one in BREAKS.values():
        assert one.columns <= set(owners())
        assert one.first <= one.last
