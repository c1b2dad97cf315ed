"""Tables of assistance say in every month what the lives say that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_synth.details.amounts import make_amounts
from data_synth.details.condition_content import KINDS, condition_content
from data_synth.details.exemptions import exemptions
from data_synth.details.jobseekers import jobseekers
from data_synth.details.measures import Measure, Provider, participation
from data_synth.details.other_benefits import other_benefits
from data_synth.details.sanctions import sanctions
from data_synth.life.lives import Lives
from data_synth.life.months import month_index
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.tables.benefit_spell import NAMES
from data_synth.world.loader import load_world

FIRST, LAST = 2015 * 12, 2018 * 12 + 11
TABLES = {
    "sa_spell": ("person_id", "from_ym", "to_ym", "kind"),
    "sa_month": ("person_id", "ym", "payer_municipality", "grant_nok", "loan_nok", "paid"),
    "sa_year": (
        *("person_id", "year", "payer_municipality", "months", "grant_nok", "loan_nok"),
        *("n_municipalities", "main_source", "work_status", "housing"),
    ),
    "sa_condition": (
        *("person_id", "year", "payer_municipality", "condition", "condition_types"),
        *("hours_week", "decision_from", "decision_to", "exemption_date"),
        *("exemption_reasons", "sanction"),
    ),
    "benefit_spell": ("person_id", "benefit", "from_ym", "to_ym", "degree"),
    "jobseeker_spell": ("person_id", "group", "from", "to"),
    "measure_spell": ("person_id", "measure", "provider", "from", "to"),
}
KEYS = {
    "sa_spell": ["person_id", "from_ym"],
    "sa_month": ["person_id", "ym"],
    "sa_year": ["person_id", "year", "payer_municipality"],
    "sa_condition": ["person_id", "year", "payer_municipality"],
    "benefit_spell": ["person_id", "from_ym"],
    "jobseeker_spell": ["person_id", "from"],
    "measure_spell": ["person_id", "from"],
}


def make(name: str) -> Callable[[Lives], pd.DataFrame]:
    maker: Callable[[Lives], pd.DataFrame] = getattr(
        import_module(f"data_synth.tables.{name}"), f"make_{name}"
    )
    return maker


@pytest.fixture(scope="module")
def lives() -> Lives:
    world = load_world("published_null")
    return simulate_chunk(world, Chunk(1990, 0, 4_000), 5, "actual", FIRST, LAST)


@pytest.fixture(scope="module")
def tables(lives: Lives) -> Mapping[str, pd.DataFrame]:
    return {name: make(name)(lives) for name in TABLES}


def month_of(ym: Any) -> np.ndarray:
    values = np.asarray(ym, dtype=np.int64)
    return values // 100 * 12 + values % 100 - 1


def month_of_day(days: pd.Series[Any]) -> np.ndarray:
    return np.asarray(days.dt.year * 12 + days.dt.month - 1, dtype=np.int64)


def rebuilt(lives: Lives, person: Any, start: Any, stop: Any, code: Any) -> np.ndarray:
    """Return the monthly array of spells; a month in two spells is refused."""
    codes = np.zeros(lives.received.shape, dtype=np.int64)
    at = np.searchsorted(lives.persons.number, np.asarray(person))
    for i, first, last, what in zip(at, start, stop, np.asarray(code), strict=True):
        rows = slice(int(first) - lives.first, int(last) - lives.first + 1)
        assert not codes[rows, i].any()
        codes[rows, i] = what
    return codes


@pytest.mark.parametrize("name", TABLES)
def test_columns_keys_and_order(tables: Mapping[str, pd.DataFrame], name: str) -> None:
    frame = tables[name]
    assert len(frame)
    assert tuple(frame.columns) == TABLES[name]
    assert tuple(import_module(f"data_synth.tables.{name}").COLUMNS) == TABLES[name]
    assert not frame.duplicated(KEYS[name]).any()
    dates = frame[KEYS[name][:2]].to_numpy().tolist()
    assert all(one <= other for one, other in pairwise(dates))


@pytest.mark.parametrize("name", TABLES)
def test_nobody_gives_no_rows(lives: Lives, name: str) -> None:
    empty = replace(
        lives,
        **{
            field.name: np.zeros_like(getattr(lives, field.name))
            for field in fields(lives)
            if field.name not in ("world", "places", "persons", "draws", "first", "muni")
        },
    )
    frame = make(name)(empty)
    assert len(frame) == 0
    assert tuple(frame.columns) == TABLES[name]


def test_spells_of_assistance(lives: Lives, tables: Mapping[str, pd.DataFrame]) -> None:
    spells = tables["sa_spell"]
    again = rebuilt(
        lives,
        spells.person_id,
        month_of(spells.from_ym),
        month_of(spells.to_ym),
        np.ones(len(spells)),
    )
    np.testing.assert_array_equal(again, lives.received)
    lent = set(tables["sa_month"].query("loan_nok > 0").person_id)
    assert set(spells[spells.kind == "2"].person_id) == lent
    assert lent


def test_months_of_assistance(lives: Lives, tables: Mapping[str, pd.DataFrame]) -> None:
    months, amounts = tables["sa_month"], make_amounts(lives)
    at = np.searchsorted(lives.persons.number, months.person_id)
    row = month_of(months.ym) - lives.first
    assert len(months) == lives.received.sum()
    assert (lives.received[row, at] == 1).all()
    np.testing.assert_array_equal(months.grant_nok, amounts.grant[row, at])
    assert months.grant_nok.sum() == amounts.grant.sum()
    assert months.loan_nok.sum() == amounts.loan.sum() > 0
    assert (months.paid == 1).all()
    assert months.payer_municipality.str.fullmatch(r"\d{4}").all()


def test_payers_have_their_code_as_of_the_month(
    lives: Lives, tables: Mapping[str, pd.DataFrame]
) -> None:
    months, mergers = tables["sa_month"], lives.places.mergers
    at = np.searchsorted(lives.persons.number, months.person_id)
    month = month_of(months.ym)
    muni = lives.muni[month - lives.first, at]
    piece = mergers.piece_of(muni, lives.persons.district[at])
    expected = [mergers.code_at(int(p), int(m)) for p, m in zip(piece, month, strict=True)]
    assert months.payer_municipality.tolist() == expected
    # A merger gives some of those who stay where they are another code.
    per_piece = pd.DataFrame({"piece": piece, "code": expected}).groupby("piece").code.nunique()
    assert per_piece.max() > 1


def test_years_sum_their_months(tables: Mapping[str, pd.DataFrame]) -> None:
    keys = ["person_id", "year", "payer_municipality"]
    months = tables["sa_month"].assign(year=lambda frame: frame.ym // 100)
    sums = months.groupby(keys).agg(
        months=("ym", "size"), grant_nok=("grant_nok", "sum"), loan_nok=("loan_nok", "sum")
    )
    years = tables["sa_year"]
    given = years.set_index(keys)[["months", "grant_nok", "loan_nok"]].sort_index()
    pd.testing.assert_frame_equal(
        given, sums.sort_index(), check_dtype=False, check_index_type=False
    )
    payers = months.groupby(["person_id", "year"]).payer_municipality.nunique()
    found = years.groupby(["person_id", "year"]).n_municipalities.agg(["min", "max", "size"])
    for column in found:
        np.testing.assert_array_equal(found[column], payers)
    assert payers.max() > 1


def test_years_hold_the_situation_at_the_last_contact(
    lives: Lives, tables: Mapping[str, pd.DataFrame]
) -> None:
    years = tables["sa_year"]
    last = tables["sa_month"].assign(year=lambda frame: frame.ym // 100)
    last = last.groupby(["person_id", "year", "payer_municipality"]).ym.max().reset_index()
    both = years.merge(last, on=["person_id", "year", "payer_municipality"])
    at = np.searchsorted(lives.persons.number, both.person_id)
    working = lives.employed[month_of(both.ym) - lives.first, at] == 1
    np.testing.assert_array_equal(both.work_status.isin(["01", "02"]), working)
    assert years.main_source.isin([str(code) for code in range(1, 10)]).all()
    assert years.housing.isin([str(code) for code in range(1, 7)]).all()


def test_records_hold_the_first_condition_and_exemption_of_the_year(
    lives: Lives, tables: Mapping[str, pd.DataFrame]
) -> None:
    content, reasons, kinds = condition_content(lives), exemptions(lives), sanctions(lives)
    law = month_index(lives.world.adoption.law)
    payer = tables["sa_month"].assign(month=lambda frame: month_of(frame.ym))
    payer["at"] = np.searchsorted(lives.persons.number, payer.person_id)
    groups = dict(iter(payer.groupby([payer.person_id, payer.month // 12, "payer_municipality"])))
    assert len(groups) == len(tables["sa_condition"])
    seen = {"yes": 0, "exempt": 0, "sanctioned": 0}
    for record in tables["sa_condition"].itertuples():
        mine = groups[record.person_id, record.year, record.payer_municipality]
        at, rows = int(mine["at"].iloc[0]), mine.month.to_numpy() - lives.first
        with_one = [row for row in rows if lives.condition[row, at]]
        exempt = [row for row in rows if reasons[row, at] and lives.first + row >= law]
        assert record.condition == ("yes" if with_one else "no")
        if with_one:
            seen["yes"] += 1
            row = with_one[0]
            mask = int(content.kinds[row, at])
            codes = [code for bit, code in enumerate(KINDS) if mask >> bit & 1]
            assert record.condition_types.split("+") == codes
            assert record.hours_week == pytest.approx(content.hours[row, at], abs=0.051)
            start, stop = record.decision_from, record.decision_to
            assert start.year * 12 + start.month - 1 == lives.first + row
            assert (stop + pd.Timedelta(days=1)).day == 1
            held = range(row, stop.year * 12 + stop.month - lives.first)
            assert 1 <= len(held) <= lives.world.content.decision_months
            assert all(lives.condition[r, at] and lives.received[r, at] for r in held)
        else:
            assert pd.isna(record.condition_types)
            assert pd.isna(record.hours_week)
            assert pd.isna(record.decision_from)
            assert pd.isna(record.decision_to)
        if exempt:
            seen["exempt"] += 1
            day = record.exemption_date
            assert day.year * 12 + day.month - 1 == lives.first + exempt[0]
            assert record.exemption_reasons == f"{reasons[exempt[0], at]:02d}"
        else:
            assert pd.isna(record.exemption_date)
            assert pd.isna(record.exemption_reasons)
        hits = sorted({f"{kinds[row, at]:02d}" for row in rows if kinds[row, at]})
        assert (record.sanction if hits else None) == ("+".join(hits) or None)
        seen["sanctioned"] += bool(hits)
        assert hits or pd.isna(record.sanction)
    assert min(seen.values()) > 0, seen


def test_spells_of_benefits(lives: Lives, tables: Mapping[str, pd.DataFrame]) -> None:
    spells = tables["benefit_spell"]
    codes = {name: code for code, name in NAMES.items()}
    stop = month_of(spells.to_ym.fillna(LAST // 12 * 100 + LAST % 12 + 1))
    again = rebuilt(
        lives, spells.person_id, month_of(spells.from_ym), stop, spells.benefit.map(codes)
    )
    claims = other_benefits(lives, participation(lives))
    np.testing.assert_array_equal(again, np.where(lives.benefit > 0, lives.benefit, claims))
    assert spells.to_ym.isna().any()
    assert set(spells.benefit) <= set(codes)
    graded = spells[spells.degree == 50]
    assert set(graded.benefit) == {"ufore", "sykepenger"}


def test_spells_of_jobseekers_and_measures(
    lives: Lives, tables: Mapping[str, pd.DataFrame]
) -> None:
    taken = participation(lives)
    spells = tables["jobseeker_spell"]
    again = rebuilt(
        lives,
        spells.person_id,
        month_of_day(spells["from"]),
        month_of_day(spells["to"]),
        spells.group.astype(int),
    )
    expected = jobseekers(lives, taken, other_benefits(lives, taken))
    np.testing.assert_array_equal(again, expected)
    spells = tables["measure_spell"]
    for column, kinds, held in (
        ("measure", Measure, taken.measure),
        ("provider", Provider, taken.provider),
    ):
        codes = spells[column].map({kind.name.lower(): int(kind) for kind in kinds})
        again = rebuilt(
            lives,
            spells.person_id,
            month_of_day(spells["from"]),
            month_of_day(spells["to"]),
            codes,
        )
        np.testing.assert_array_equal(again, held)
    assert (spells["from"].dt.day == 1).all()
    assert ((spells["to"] + pd.Timedelta(days=1)).dt.day == 1).all()
