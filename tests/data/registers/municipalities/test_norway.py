"""Norway's municipalities from 2015 to 2024 and their residents, where the data are at hand."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import duckdb
import pytest

from evaluation.data.registers.municipalities.correspondence import Correspondence, Row
from evaluation.data.registers.municipalities.klass import from_rows
from evaluation.data.registers.municipalities.shares import shares_between
from evaluation.data.registers.municipalities.spans import code_spans, codes_at
from tests.data.registers.municipalities.conftest import counts_moved

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
REDISTRICTING = SHARED / "no_municip_redistricting_b2024.parquet"
POPULATION = SHARED / "no_population_age_municip_2015on.parquet"
GROUPING = SHARED / "no_kommune_crosswalk_1994_2024.csv"
YEARS = range(2015, 2025)

# Skips where the public data are absent, and fails where they are required.
pytestmark = pytest.mark.usefixtures("shared_data")


@pytest.fixture(scope="module")
def book() -> Correspondence:
    """Return each year's codes in those of 2024, with weights where one was divided."""
    rows = duckdb.sql(
        "SELECT right(location_code_original, 4), right(location_code_current, 4), "
        f"(calyear * 12)::INTEGER, weighting FROM '{REDISTRICTING}' "
        "WHERE calyear BETWEEN 2010 AND 2024"
    ).fetchall()
    return from_rows((Row(*row) for row in rows), where="redistricting", own=True)


@pytest.fixture(scope="module")
def residents() -> dict[int, dict[str, int]]:
    """Return residents of each year by code of 2024."""
    found: dict[int, dict[str, int]] = {}
    for year, code, count in duckdb.sql(
        f"SELECT calyear, right(location_code, 4), sum(pop_jan1_n)::BIGINT FROM '{POPULATION}' "
        "WHERE calyear <= 2024 GROUP BY ALL"
    ).fetchall():
        found.setdefault(year, {})[code] = count
    return found


def in_codes_of(book: Correspondence, year: int, counts: dict[str, int]) -> dict[str, int]:
    """Return whole persons dealt evenly to the codes of a year that each code of 2024 came from."""
    holders: dict[str, list[str]] = {}
    for code, news in book.vintages[book.at(year * 12)].into.items():
        for new in news:
            holders.setdefault(new, []).append(code)
    found: dict[str, int] = {}
    for code, count in counts.items():
        each, left = divmod(count, len(holders[code]))
        for at, holder in enumerate(sorted(holders[code])):
            found[holder] = found.get(holder, 0) + each + (at < left)
    return found


def test_residents_by_group_are_the_same_to_the_person_in_the_codes_of_every_year(
    book: Correspondence, residents: dict[int, dict[str, int]]
) -> None:
    """5,488,988 of 2023, and those of every other year."""
    assert sum(residents[2023].values()) == 5_488_988
    groups = {base: codes_at(book, base * 12) for base in YEARS}
    last = groups[2024]
    for year in YEARS:
        wanted: dict[str | None, int] = {}
        for code, count in residents[year].items():
            wanted[last[code]] = wanted.get(last[code], 0) + count
        for base in YEARS:
            found = dict.fromkeys(wanted, 0)
            for code, count in in_codes_of(book, base, residents[year]).items():
                found[groups[base][code]] += count
            assert found == wanted


def test_the_total_stays_between_the_codes_of_any_two_years(
    book: Correspondence, residents: dict[int, dict[str, int]]
) -> None:
    """To the person where no divided municipality is crossed."""
    counts = {year: in_codes_of(book, year, residents[2023]) for year in YEARS}
    total, whole = sum(residents[2023].values()), 0
    for one, other in product(YEARS, repeat=2):
        shares = shares_between(book, one * 12, other * 12, sizes=counts[other])
        moved = counts_moved(counts[one], shares)
        assert set(moved) <= set(counts[other])
        if all(len(news) == 1 for news in shares.values()):
            assert sum(moved.values()) == total
            whole += 1
        assert sum(moved.values()) == pytest.approx(total, abs=1e-6)
    assert whole > len(YEARS)


def test_known_mergers_recodings_and_splits(book: Correspondence) -> None:
    """2017, 2018, 2020 and 2024."""
    of = {year: codes_at(book, year * 12) for year in (2016, 2018, 2020, 2024)}
    # Andebu, Stokke and Sandefjord became Sandefjord in 2017.
    assert len({of[2016][code] for code in ("0706", "0719", "0720")}) == 1
    # Trøndelag was recoded in 2018; Klæbu became part of Trondheim in 2020.
    assert of[2016]["1601"] == of[2018]["5001"] == of[2018]["5030"] == of[2024]["5001"] == "5001"
    # Snillfjord was divided in 2020 between Heim, Hitra and Orkland, Tysfjord between two others.
    assert len({of[2018]["5012"], *(of[2024][code] for code in ("5055", "5056", "5059"))}) == 1
    assert len({of[2018]["1850"], *(of[2024][code] for code in ("1806", "1875"))}) == 1
    # Ålesund took in Haram in 2020, and gave it up in 2024.
    assert len({of[2016]["1534"], of[2020]["1507"], of[2024]["1508"], of[2024]["1580"]}) == 1
    assert of[2018]["0301"] == of[2024]["0301"] == "0301"


def test_groups_are_those_of_statistics_norway_but_for_divided_municipalities(
    book: Correspondence,
) -> None:
    """Its grouping leaves divided municipalities out, and treats Haram as if it had stayed."""
    theirs = dict(
        duckdb.sql(
            f"SELECT KODE, GRUPPEKODE FROM read_csv('{GROUPING}', all_varchar = true)"
        ).fetchall()
    )
    ours = {span.code: span.municipality for span in code_spans(book)}

    def sets(groups: dict[str, str]) -> set[frozenset[str]]:
        return {
            frozenset(code for code in ours if groups[code] == group) for group in groups.values()
        } - {frozenset()}

    mine, public = sets({c: g or "" for c, g in ours.items()}), sets(theirs)
    assert len(mine & public) == len(mine) - 3
    divided = frozenset().union(*(mine - public))
    assert {"5012", "1850", "1507"} <= divided
    assert divided == frozenset().union(*(public - mine))
