"""A trap touches what it says, leaves the truth to be found, and does nothing at rate 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from data_synth.shapes.declared.registers import REGISTERS, OpenEnd
from data_synth.shapes.traps.lay import lay_traps
from data_synth.shapes.traps.spans import spans_of
from data_synth.shapes.traps.touched import Laid, row_uniform
from data_synth.world.loader import load_world, world_of
from data_synth.world.schema import World
from evaluation.errors import SpecError

Frames = Mapping[str, pd.DataFrame]
SPELLS = ("sa_spell", "benefit_spell", "jobseeker_spell", "measure_spell")


@pytest.fixture(scope="module")
def laid(canonical: Frames, reference: Frames, trapped: World, seed: int) -> Laid:
    return lay_traps({**canonical, **reference}, trapped, seed)


def _count(laid: Laid, trap: str, table: str) -> tuple[int, int]:
    found = [one for one in laid.touched if (one.trap, one.table) == (trap, table)]
    assert len(found) == 1
    return found[0].rows, found[0].persons


def _months(table: str, frame: pd.DataFrame) -> set[tuple[int, int]]:
    spans = spans_of(table, frame)
    rows = zip(abs(frame["person_id"]), spans.start, spans.end, strict=True)
    return {(person, month) for person, a, b in rows for month in range(a, b + 1)}


def test_without_traps_the_tables_come_out_as_they_went_in(
    canonical: Frames, reference: Frames, plain: World, seed: int
) -> None:
    given = {**canonical, **reference}
    laid = lay_traps(given, plain, seed)
    assert laid.touched == ()
    for name, frame in given.items():
        pd.testing.assert_frame_equal(laid.tables[name], frame)


def test_the_tables_handed_over_are_left_alone(
    canonical: Frames, trapped: World, seed: int
) -> None:
    before = {name: frame.copy() for name, frame in canonical.items()}
    lay_traps(canonical, trapped, seed)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(canonical[name], frame)


def test_dtypes_stay(canonical: Frames, laid: Laid) -> None:
    for name in ("sa_month", "sa_year", "sa_condition", *SPELLS):
        assert laid.tables[name].dtypes.to_dict() == canonical[name].dtypes.to_dict()


@pytest.mark.parametrize("table", ["jobseeker_spell", "measure_spell"])
def test_missing_ends_are_counted(canonical: Frames, laid: Laid, table: str) -> None:
    assert REGISTERS[table].open_end is OpenEnd.DROP
    frame = laid.tables[table]
    open_rows = frame[frame["to"].isna()]
    assert canonical[table]["to"].notna().all()
    assert _count(laid, "open_end", table) == (len(open_rows), open_rows["person_id"].nunique())
    share = len(open_rows) / len(canonical[table])
    assert share == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("table", SPELLS)
def test_overlaps_are_counted_and_cover_nothing_new(
    canonical: Frames, laid: Laid, table: str
) -> None:
    frame = laid.tables[table]
    spans = spans_of(table, frame)
    person = frame["person_id"].to_numpy()
    same = (person[1:] == person[:-1]) & spans.ended[:-1]
    overlap = np.flatnonzero(same & (spans.start[1:] <= spans.end[:-1])) + 1
    assert len(overlap) > 0
    assert _count(laid, "overlap", table) == (len(overlap), len(set(person[overlap])))
    ended = frame[spans.ended]
    whole = canonical[table][spans_of(table, canonical[table]).ended]
    assert _months(table, ended) <= _months(table, whole)


def test_overlapping_spells_of_assistance_cover_the_same_months(
    canonical: Frames, laid: Laid
) -> None:
    frames = (laid.tables["sa_spell"], canonical["sa_spell"])
    assert _months("sa_spell", frames[0]) == _months("sa_spell", frames[1])


def test_months_paid_by_two_are_counted_and_keep_their_sums(canonical: Frames, laid: Laid) -> None:
    months, before = laid.tables["sa_month"], canonical["sa_month"]
    both = months[months.duplicated(["person_id", "ym"])]
    assert len(both) > 10
    assert _count(laid, "two_municipalities", "sa_month") == (
        len(both),
        both["person_id"].nunique(),
    )
    for column in ("grant_nok", "loan_nok"):
        sums = months.assign(person_id=abs(months["person_id"]))
        found = sums.groupby(["person_id", "ym"])[column].sum()
        pd.testing.assert_series_equal(found, before.groupby(["person_id", "ym"])[column].sum())
    assert not months.duplicated(["person_id", "ym", "payer_municipality"]).any()


def test_years_follow_the_months_that_two_paid(laid: Laid) -> None:
    months = laid.tables["sa_month"]
    key = ["person_id", "year", "payer_municipality"]
    by = months.assign(year=months["ym"] // 100).groupby(key)
    made = by.agg(months=("ym", "size"), grant_nok=("grant_nok", "sum"))
    made["n_municipalities"] = made.groupby(["person_id", "year"])["months"].transform("size")
    found = laid.tables["sa_year"].set_index(key)[list(made)].sort_index()
    pd.testing.assert_frame_equal(found, made, check_dtype=False, check_index_type=False)
    forms = laid.tables["sa_condition"]
    assert set(forms.set_index(key).index) == set(made.index)
    blank = forms["condition"].isna()
    assert blank.sum() == _count(laid, "two_municipalities", "sa_month")[0]


def test_unlinked_recipients_are_counted_and_agree_with_themselves(
    canonical: Frames, laid: Laid
) -> None:
    known = set(laid.tables["person"]["person_id"])
    unlinked = {}
    for table in ("sa_spell", "sa_month", "sa_year", "sa_condition"):
        frame = laid.tables[table]
        own = frame[~frame["person_id"].isin(known)]
        unlinked[table] = set(own["person_id"])
        assert _count(laid, "unlinked", table) == (len(own), own["person_id"].nunique())
    assert len({frozenset(one) for one in unlinked.values()}) == 1
    share = len(unlinked["sa_spell"]) / canonical["sa_spell"]["person_id"].nunique()
    assert share == pytest.approx(0.3, abs=0.12)


def test_missing_adoption_dates_are_counted(reference: Frames, laid: Laid) -> None:
    before, after = reference["adoption"], laid.tables["adoption"]
    lost = before["from_ym"].notna() & after["from_ym"].isna()
    assert _count(laid, "missing_adoption", "adoption") == (lost.sum(), 0)
    assert lost.sum() / before["from_ym"].notna().sum() == pytest.approx(0.3, abs=0.1)
    assert (after.loc[lost, "status"] == "unknown").all()
    pd.testing.assert_frame_equal(before[~lost], after[~lost])


def test_a_person_comes_out_the_same_whoever_else_is_there(
    canonical: Frames, laid: Laid, trapped: World, seed: int
) -> None:
    some = canonical["person"]["person_id"].to_numpy()[::7]
    few = {name: frame[frame["person_id"].isin(some)] for name, frame in canonical.items()}
    alone = lay_traps(few, trapped, seed)
    for name in few:
        among = laid.tables[name]
        among = among[abs(among["person_id"]).isin(some)].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone.tables[name].reset_index(drop=True), among)


def test_another_seed_lays_other_traps(canonical: Frames, trapped: World, seed: int) -> None:
    one, other = (lay_traps(canonical, trapped, s).tables["sa_spell"] for s in (seed, seed + 1))
    assert not one.equals(other)


def test_draws_of_rows_are_even_and_tell_months_apart() -> None:
    person = np.repeat(np.arange(1990000000, 1990001000), 24)
    month = np.tile(np.arange(24200, 24224), 1000)
    u = row_uniform(1, "any", person, month)
    assert u.mean() == pytest.approx(0.5, abs=0.01)
    assert len(np.unique(u)) == len(u)
    assert row_uniform(1, "other", person, month)[0] != u[0]


def test_a_rate_above_one_is_refused() -> None:
    content = {
        "extends": "published_null",
        "title": "x",
        "traps": {"overlap": 1.5, "overlaps": 0.1},
    }
    with pytest.raises(SpecError) as caught:
        world_of("mine", content)
    lines = sorted(caught.value.faults)
    assert lines[0] == 'world "mine", traps.overlap: found 1.5; allowed: at most 1.0'
    assert lines[1].startswith('world "mine", traps.overlaps: unknown parameter')


def test_the_baseline_world_has_every_trap_and_few_of_each() -> None:
    rates = load_world("published_null").traps.model_dump()
    assert all(0.0 < rate <= 0.5 for rate in rates.values())
    assert all(rates[name] <= 0.02 for name in ("open_end", "overlap", "unlinked"))
