"""Histories, flow and duplicates from one GROUP BY against pandas."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cells import unit_flow
from evaluation.cells.engines.duckdb import relation_of_files, relation_of_frame
from evaluation.cells.plan import Condition, Flag, Plan, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.time_pass import run_time_pass
from evaluation.cells.unit_pass import run_unit_pass
from evaluation.data.periods import Calendar
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

SETTINGS = Settings()
WINDOW = Condition("window", moments=(2012 * 12, 2018 * 12 - 1))
YOUNG = Condition("keep age", (Filter(column="age", below=45),))
SILENT = Condition("known muni", (Filter(column="age", missing=False),), silent=True)
FLAGS = (
    Flag("ad_treated", "design.treated", (Filter(column="hours", above=0),)),
    Flag("ad_post", "design.post", (Filter(column="ym", at_least=201501),)),
)
PLAN = Plan(
    (WINDOW, YOUNG, SILENT), FLAGS, (), (), UnitPass("person", "ym", ("muni",), dose="dose"),
    None, ("y", "hours"), (), "ym", Calendar("month", 1),
)  # fmt: skip


def panel(seed: int = 3) -> pd.DataFrame:
    """Persons over eight years with gaps; some move, some begin treatment."""
    draw = np.random.default_rng(seed)
    months = np.arange(2011 * 12, 2019 * 12)
    frame = pd.MultiIndex.from_product([range(40), months], names=["person", "month"])
    rows = frame.to_frame(index=False)[draw.random(len(frame)) < 0.4]
    count = len(rows)
    begins = draw.integers(0, 4, 40) * 20 + months[0]
    return pd.DataFrame(
        {
            "person": rows["person"].to_numpy(),
            "ym": (rows["month"] // 12 * 100 + rows["month"] % 12 + 1).to_numpy(),
            "muni": np.where(draw.random(count) < 0.01, "b", "a"),
            "age": rows["person"].to_numpy() % 20 + 30,
            "y": np.where(draw.random(count) < 0.01, np.nan, draw.integers(0, 2, count)),
            "hours": np.where(draw.random(count) < 0.02, np.nan, draw.normal(1, 1, count)),
            "dose": (rows["month"].to_numpy() >= begins[rows["person"]]).astype(np.int8),
        }
    )


def sample(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["ym"].between(201201, 201712) & (frame["age"] < 45)]


def month(ym: pd.Series) -> pd.Series:
    return ym // 100 * 12 + ym % 100 - 1


def kinds(rows: pd.DataFrame) -> Counter[Any]:
    """Count units by the months they are seen in and the kinds of row they have."""
    found: Counter[Any] = Counter()
    for _, unit in rows.groupby("person"):
        lacks = unit["y"].isna() + 2 * unit["hours"].isna()
        treated = np.where(unit["hours"].isna(), -1, unit["hours"] > 0)
        row = zip(lacks, treated.astype(int), (unit["ym"] >= 201501).astype(int), strict=True)
        found[frozenset(month(unit["ym"])), frozenset(map(tuple, row))] += 1
    return found


def decoded(facts: Any) -> Counter[Any]:
    """Count units by where they are seen and the kinds of row they have, from either form."""
    found: Counter[Any] = Counter()
    for row in facts.histories.to_dict("records"):
        seen, has = set(), set()
        for name, word in row.items():
            if not name.startswith("ad_seen_"):
                continue
            *kind, at = map(int, name.removeprefix("ad_seen_").split("_"))
            bits = {facts.origin + 62 * at + bit for bit in range(62) if word >> bit & 1}
            seen |= bits
            has |= {facts.patterns[one] for one in kind if bits}
        if "ad_patterns" in row:
            has |= {one for bit, one in enumerate(facts.patterns) if row["ad_patterns"] >> bit & 1}
        found[frozenset(seen), frozenset(has)] += row["ad_units"]
    return found


@pytest.fixture
def relate(tmp_path: Path) -> Any:
    def made(frame: pd.DataFrame) -> Any:
        frame.to_parquet(tmp_path / "rows.parquet", index=False)
        return relation_of_files([tmp_path / "rows.parquet"], frame.columns, {}, SETTINGS)

    return made


@pytest.fixture(params=["frame", "files"])
def either(request: pytest.FixtureRequest, relate: Any) -> Any:
    def made(frame: pd.DataFrame) -> Any:
        return relation_of_frame(plain_columns(frame), {}, SETTINGS)

    return made if request.param == "frame" else relate


def test_histories_flow_and_first_treatment(either: Any) -> None:
    frame = panel()
    facts = run_unit_pass(either(frame), PLAN, SETTINGS)
    window = frame[frame["ym"].between(201201, 201712)]
    steps = [("rows read", frame), ("window", window), ("keep age", sample(frame))]
    wanted = [(name, len(rows), rows["person"].nunique()) for name, rows in steps]
    assert [(one.step, one.rows, one.units) for one in facts.flow] == wanted
    assert facts.duplicates == 0
    assert len(facts.patterns) > 6
    assert decoded(facts) == kinds(sample(frame))
    rows = sample(frame)
    assert facts.varying == {"muni": int((rows.groupby("person")["muni"].nunique() > 1).sum())}
    begun = rows[rows["dose"] > 0].groupby("person")["ym"].min()
    seen = rows.groupby("person")["ym"].min()
    later = begun[begun > seen.reindex(begun.index)]
    assert facts.starts == later.nunique() and facts.starts > 1


def test_rows_that_repeat_a_unit_and_time_are_counted(relate: Any) -> None:
    frame = panel()
    twice = pd.concat([frame, frame.iloc[100:140], frame.iloc[100:105]])
    surplus = int(sample(twice).duplicated(["person", "ym"]).sum())
    assert surplus > 0
    assert run_unit_pass(relate(twice), PLAN, SETTINGS).duplicates == surplus


def test_dates_are_counted_by_month_unless_a_month_has_two(relate: Any) -> None:
    frame = panel()
    text = frame["ym"].astype(str).str[:4] + "-" + frame["ym"].astype(str).str[4:]
    days = replace(
        PLAN, time="day", calendar=Calendar("date", 1), conditions=(YOUNG,), flags=(),
        units=UnitPass("person", "day"),
    )  # fmt: skip
    dated = frame.assign(day=pd.to_datetime(text + "-15"))
    facts = run_unit_pass(relate(dated), days, SETTINGS)
    young = frame[frame["age"] < 45]
    wanted = {months for months, _ in kinds(young)}
    assert {months for months, _ in decoded(facts)} == wanted
    twice = pd.concat([dated, dated.iloc[:50].assign(day=pd.Timestamp(2015, 1, 16))])
    facts = run_unit_pass(relate(twice), days, SETTINGS)
    surplus = twice[twice["age"] < 45].duplicated(["person", "day"]).sum()
    assert facts.duplicates == surplus > 0
    assert facts.histories.empty and facts.patterns == ()


def test_a_long_range_of_whole_numbers_is_counted_by_pairs(relate: Any) -> None:
    frame = panel().assign(ym=lambda one: one["ym"] * 1000)
    plan = replace(
        PLAN,
        calendar=Calendar("integer", 0),
        conditions=(),
        flags=(),
        units=UnitPass("person", "ym"),
    )
    facts = run_unit_pass(relate(pd.concat([frame, frame.iloc[:3]])), plan, SETTINGS)
    assert facts.duplicates == 3 and facts.histories.empty


def test_negative_whole_numbers_are_times(relate: Any) -> None:
    frame = panel().assign(ym=lambda one: month(one["ym"]) - 2014 * 12)
    plan = replace(
        PLAN, calendar=Calendar("integer", 0), conditions=(YOUNG,), flags=(),
        units=UnitPass("person", "ym"),
    )  # fmt: skip
    facts = run_unit_pass(relate(frame), plan, SETTINGS)
    assert facts.origin < 0
    young = frame[frame["age"] < 45]
    wanted = Counter(frozenset(unit["ym"]) for _, unit in young.groupby("person"))
    found: Counter[Any] = Counter()
    for (months, _), units in decoded(facts).items():
        found[months] += units
    assert found == wanted


def test_times_of_all_rows(relate: Any) -> None:
    frame = panel()
    facts = run_time_pass(relate(frame), PLAN, SETTINGS)
    assert [one.rows for one in facts.flow] == [
        len(frame), int(frame["ym"].between(201201, 201712).sum()), len(sample(frame)),
    ]  # fmt: skip
    assert facts.slots == tuple(sorted(set(month(sample(frame)["ym"]))))
    assert facts.first_post == 2015 * 12
    # A silent step is named where it takes rows.
    frame["age"] = frame["age"].astype(float)
    frame.loc[sample(frame).index[:5], "age"] = np.nan
    plan = replace(PLAN, conditions=(WINDOW, SILENT))
    flow = run_time_pass(relate(frame), plan, SETTINGS).flow
    assert [one.step for one in flow] == ["rows read", "window", "known muni"]


def test_places_beyond_the_bounds_of_the_sample_take_no_words(relate: Any) -> None:
    draw = np.random.default_rng(4)
    frame = panel()
    frame["point"] = draw.integers(0, 900, len(frame))
    near = Condition("keep point", (Filter(column="point", at_least=350, below=371),))
    plan = replace(PLAN, conditions=(WINDOW, near), units=UnitPass("person", "ym", axis="point"))
    facts = run_unit_pass(relate(frame), plan, SETTINGS)
    rows = frame[frame["ym"].between(201201, 201712) & frame["point"].between(350, 370)]
    wanted: Counter[Any] = Counter()
    for _, unit in rows.groupby("person"):
        wanted[frozenset(unit["point"])] += 1
    found: Counter[Any] = Counter()
    for (points, _), units in decoded(facts).items():
        found[points] += units
    assert facts.axis == "point" and facts.origin == 350 and found == wanted
    # Of one word, so that kinds of row are told apart place by place.
    assert len(facts.patterns) > 3 and "ad_seen_3_0" in facts.histories
    assert facts.duplicates == 0


def test_units_of_steps_that_take_no_row_are_those_of_the_sample(
    relate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = panel()
    wide = Condition("window", moments=(2000 * 12, 2030 * 12))
    plan = replace(PLAN, conditions=(wide,))
    asked: list[Any] = []
    monkeypatch.setattr(unit_flow, "all_rows", lambda *given: asked.append(given))
    facts = run_unit_pass(relate(frame), plan, SETTINGS)
    assert not asked
    assert [one.units for one in facts.flow] == [frame["person"].nunique()] * 2


def test_no_unit_and_no_time(relate: Any) -> None:
    plan = replace(PLAN, time=None, calendar=None, conditions=(YOUNG,), flags=(), units=None)
    facts = run_time_pass(relate(panel()), plan, SETTINGS)
    assert facts.slots == () and len(facts.left) == 2
    with pytest.raises(DataError, match=r"panel\.unit: is missing"):
        run_unit_pass(relate(panel()), plan, SETTINGS)


# What is off about the rows, and the words of the line.
FAULTS: list[tuple[Any, str]] = [
    (lambda one: one.assign(ym=one["ym"].where(one.index > 9)), "panel.time 'ym': 10 rows lack"),
    (lambda one: one.assign(ym=one["ym"] + 20), "holds values that are no months"),
    (lambda one: one.assign(person=one["person"].where(one.index > 4)), "'person': 5 rows lack"),
    (lambda one: one.iloc[:0], "the source holds no rows"),
]


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_faults_of_rows(relate: Any, change: Any, words: str) -> None:
    frame = panel().reset_index(drop=True)
    with pytest.raises(DataError) as caught:
        run_unit_pass(relate(change(frame)), PLAN, SETTINGS)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_more_kinds_of_row_than_bits_are_not_told_apart(relate: Any) -> None:
    draw = np.random.default_rng(0)
    frame = panel()
    names = [f"x{at}" for at in range(8)]
    for name in names:
        frame[name] = np.where(draw.random(len(frame)) < 0.5, np.nan, 1.0)
    facts = run_unit_pass(relate(frame), replace(PLAN, watched=tuple(names)), SETTINGS)
    assert facts.patterns == () and "ad_patterns" not in facts.histories
    assert int(facts.histories["ad_units"].sum()) == sample(frame)["person"].nunique()
