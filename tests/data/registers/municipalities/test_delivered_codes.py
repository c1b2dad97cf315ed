"""Codes as deliveries have them: unknown, of one date, stale, divided; and a user's own file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from data_synth.places.layout import make_places
from evaluation.data.registers.municipalities.prepare import prepare_municipalities
from evaluation.errors import DataError
from tests.data.registers.municipalities.conftest import Country, _lives

DAY = dt.date


def few(country: Country, **tables: list[tuple[Any, ...]]) -> Country:
    """Return a delivery of hand-made rows; 0001 and 0002 became 0003 in 2018, 0005 is Oslo."""
    columns = {
        "person": ["person", "birth_ym", "sex"],
        "residence": ["person", "municipality", "district", "valid_from", "valid_to"],
        "sa_spell": ["person", "from_ym", "to_ym"],
        "office": ["office_id", "municipality", "district", "valid_from", "valid_to", "provision"],
        "adoption": ["municipality", "office_id", "base_year", "from_ym", "to_ym", "status"],
        "muni_crosswalk": ["code_from", "code_to", "valid_ym", "weight"],
    }
    first, then = 2010 * 12, 2018 * 12
    default: dict[str, list[tuple[Any, ...]]] = {
        "muni_crosswalk": [
            ("0001", "0003", first, 1.0),
            ("0002", "0003", first, 1.0),
            ("0005", "0005", first, 1.0),
            ("0003", "0003", then, 1.0),
            ("0005", "0005", then, 1.0),
        ]
    }
    given = {**default, **tables}
    people = sorted({row[0] for row in given["residence"]})
    given["person"] = [(one, 1990 * 12, "1") for one in people]
    frames = {
        name: pd.DataFrame(rows, columns=columns[name]).astype("object")
        for name, rows in given.items()
    }
    return Country(frames, country.truth, country.folder)


def at(built: pd.DataFrame, person: int, ym: int, name: str) -> Any:
    """Return a value of the panel, ``None`` where it is missing."""
    (value,) = built.loc[(built["person_id"] == person) & (built["ym"] == ym), name]
    return None if pd.isna(value) else value


def test_a_list_of_changes_does_what_the_crosswalk_does(country: Country, tmp_path: Path) -> None:
    """A file as Statistics Norway exports it, in place of the table."""
    mergers = make_places(_lives().world).mergers
    lines = ["oldCode;oldName;newCode;newName;changeOccurred"]
    for row, date in enumerate(mergers.dates):
        pairs = sorted(set(zip(mergers.codes[row], mergers.codes[row + 1], strict=True)))
        joined = {new for old, new in pairs if old != new}
        lines += [
            f"{old};Å;{new};Å;{date // 12}-{date % 12 + 1:02d}-01"
            for old, new in pairs
            if old != new or new in joined
        ]
    path = tmp_path / "changes.csv"
    path.write_text("\n".join(lines), encoding="latin-1")
    own = country.without("muni_crosswalk")
    built = own.build("muni_h", "muni_now", "office_id", correspondence=path,
                      municipalities={"correspondence": "changes.csv"})  # fmt: skip
    for name in ("muni_h", "muni_now", "office_id"):
        assert built[name].tolist() == country.truth[name].tolist()
    with pytest.raises(DataError, match="a table muni_crosswalk is delivered as well"):
        country.build("muni_h", correspondence=path)


def test_codes_of_a_date_are_missing_for_those_whose_municipality_was_divided(
    country: Country,
) -> None:
    """The codes of the last classification; whole municipalities keep theirs, and all are told."""
    built = country.build("muni_now", municipalities={"to": DAY(2021, 1, 1)})
    stays = country.tables["residence"]
    crosswalk = country.tables["muni_crosswalk"]
    divided = set(crosswalk.loc[crosswalk["weight"] < 1, "code_from"])
    whole = crosswalk[crosswalk["weight"] == 1].groupby("code_from")["code_to"].first()
    year = country.truth["ym"] == 201501
    people = country.truth.loc[year, "person_id"]
    there = stays[(stays["valid_from"] <= "2015-01-31")]
    there = there[there["valid_to"].isna() | (there["valid_to"] >= "2015-01-31")]
    code = people.map(there.groupby("person")["municipality"].first())
    wanted = code.map(whole).where(~code.isin(divided))
    assert built.loc[year, "muni_now"].fillna("").tolist() == wanted.fillna("").tolist()
    with duckdb.connect() as connection:
        prepared = prepare_municipalities(
            connection, country.stage(), country.delivery(municipalities={"to": DAY(2021, 1, 1)})
        )
    rows = {(one.table, one.rule): one for one in prepared.touched}
    count = rows["residence", "divided"]
    assert count.rows == stays["municipality"].isin(divided).sum() > 0
    assert count.persons == stays.loc[stays["municipality"].isin(divided), "person"].nunique()
    assert not count.fault


def test_a_stay_that_outlasts_its_code_stays_where_it_was(country: Country) -> None:
    """Registers that write no new row when a municipality merges."""
    stays = country.tables["residence"].sort_values(["person", "valid_from"])
    mergers = make_places(_lives().world).mergers
    days = {pd.Timestamp(int(m) // 12, int(m) % 12 + 1, 1) for m in mergers.dates}
    rows = country.truth.set_index(["person_id", "ym"])["muni_now"]

    def place(person: int, day: pd.Timestamp) -> str:
        return str(rows.get((person, day.year * 100 + day.month), ""))

    previous = stays.shift()
    same = (previous["person"] == stays["person"]) & stays["valid_from"].isin(days)
    moved = [
        keep and place(p, day) == place(p, day - pd.Timedelta(days=1)) != ""
        for keep, p, day in zip(same, stays["person"], stays["valid_from"], strict=True)
    ]
    group = (~pd.Series(moved, index=stays.index)).cumsum()
    whole = stays.groupby(group).agg(
        person=("person", "first"),
        municipality=("municipality", "first"),
        district=("district", "first"),
        valid_from=("valid_from", "first"),
        valid_to=("valid_to", lambda ends: ends.iloc[-1]),
    )
    assert len(whole) < len(stays) - 50
    built = country.having(residence=whole).build("muni_h", "muni_now", "office_id", "provision")
    for name in ("muni_h", "muni_now", "office_id", "provision"):
        assert built[name].tolist() == country.truth[name].tolist()


def test_codes_unknown_at_their_date_are_counted_and_refused(country: Country) -> None:
    """A code of 2018 in 2015, and one that never was; no code is shown."""
    spoilt = few(
        country,
        residence=[
            (0, "0003", None, DAY(2015, 1, 1), None),
            (1, "0001", None, DAY(2015, 1, 1), None),
            (1, "0999", None, DAY(2016, 1, 1), None),
            (2, "0888", None, DAY(2001, 1, 1), DAY(2005, 1, 1)),
        ],
    )
    with pytest.raises(DataError) as caught:
        spoilt.build("muni_h")
    (line,) = caught.value.faults
    assert "2 rows" in line
    assert "not in force at the row's date" in line
    assert not any(code in line for code in ("0003", "0999", "0888"))


def test_an_unknown_code_of_a_stay_that_ended_counts_where_residence_is_frozen_then(
    country: Country,
) -> None:
    """Before the delivery's first month only a date that a column names asks for it."""
    stays = [
        (0, "0888", None, DAY(2001, 1, 1), DAY(2005, 1, 1)),
        (0, "0005", None, DAY(2005, 1, 2), None),
    ]
    delivery = few(country, residence=stays)
    assert at(delivery.build("muni_now"), 0, 201001, "muni_now") == "0005"
    with pytest.raises(DataError, match="1 rows"):
        delivery.build("muni_at", columns={"muni_at": {"date": DAY(2004, 12, 31)}})


def test_tables_whose_codes_are_all_of_one_date(country: Country) -> None:
    """Residence and offices under the codes of 2016 throughout, against merged ones."""
    office = [("N1", "0001", None, DAY(2010, 1, 1), None, "none"),
              ("N1", "0002", None, DAY(2010, 1, 1), None, "specialised"),
              ("N2", "0005", None, DAY(2019, 1, 1), None, "broad_centre")]  # fmt: skip
    stays = [
        (0, "0001", None, DAY(2019, 1, 1), None),
        (1, "0002", None, DAY(2012, 1, 1), None),
        (2, "0005", None, DAY(2010, 1, 1), None),
    ]
    delivery = few(country, residence=stays, office=office)
    of = {"residence": DAY(2016, 1, 1), "office": DAY(2016, 1, 1)}
    built = delivery.build("muni_now", "office_id", "provision", municipalities={"codes_of": of})
    assert at(built, 0, 202001, "muni_now") == "0003"
    assert at(built, 0, 202001, "office_id") == "N1"
    assert at(built, 0, 202001, "provision") == "none"
    assert at(built, 1, 201601, "provision") == "specialised"
    # Before its first day an office serves nobody.
    assert at(built, 2, 201801, "office_id") is None
    assert at(built, 2, 201901, "office_id") == "N2"


def test_an_office_serves_a_district_a_municipality_or_several(country: Country) -> None:
    """A district's own office before the municipality's; where several disagree, none is known."""
    office = [
        ("N1", "0005", "01", DAY(2010, 1, 1), None, "none"),
        ("N2", "0005", "02", DAY(2010, 1, 1), DAY(2014, 6, 30), "none"),
        ("N3", "0005", None, DAY(2010, 1, 1), None, "specialised"),
        ("N4", "0001", None, DAY(2010, 1, 1), None, "none"),
        ("N4", "0002", None, DAY(2010, 1, 1), None, "none"),
        ("N5", "0002", None, DAY(2015, 3, 2), None, "none"),
    ]
    stays = [
        (0, "0005", "01", DAY(2010, 1, 1), None),
        (1, "0005", "02", DAY(2010, 1, 1), None),
        (2, "0005", None, DAY(2010, 1, 1), None),
        (3, "0002", None, DAY(2010, 1, 1), DAY(2017, 12, 31)),
        (4, "0001", None, DAY(2010, 1, 1), DAY(2017, 12, 31)),
    ]
    built = few(country, residence=stays, office=office).build("office_id", "provision")
    assert at(built, 0, 201501, "office_id") == "N1"
    assert [at(built, 1, ym, "office_id") for ym in (201406, 201407)] == ["N2", "N3"]
    assert at(built, 2, 201501, "office_id") == "N3"
    assert at(built, 4, 201601, "office_id") == "N4"
    # Two offices of one municipality: which serves whom nobody knows, what both offer is known.
    assert [at(built, 3, ym, "office_id") for ym in (201502, 201503)] == ["N4", None]
    assert at(built, 3, 201503, "provision") == "none"


def test_merged_municipalities_that_answered_differently(country: Country) -> None:
    """Nothing is known of them, or the widest interval; those that are silent do not count."""
    early, late = 2014 * 12, 2015 * 12 + 5
    adoption = [
        ("0001", None, 2016, early, early + 5, "before"),
        ("0002", None, 2016, late, late, "before"),
        ("0005", None, 2016, late, late, "before"),
        ("0005", None, 2015, None, None, "unknown"),
    ]
    stays = [
        (0, "0001", None, DAY(2010, 1, 1), DAY(2017, 12, 31)),
        (1, "0005", None, DAY(2010, 1, 1), None),
    ]
    delivery = few(country, residence=stays, adoption=adoption)
    names = ("adopted_earliest", "adopted_latest")
    missing = delivery.build(*names)
    widest = delivery.build(*names, columns={"adopted": {"conflict": "range"}})
    assert [at(missing, 0, 201501, name) for name in names] == [None, None]
    assert [at(widest, 0, 201501, name) for name in names] == [201401, 201506]
    assert [at(missing, 1, 201501, name) for name in names] == [201506, 201506]
    with duckdb.connect() as connection:
        prepared = prepare_municipalities(connection, delivery.stage(), delivery.delivery())
    assert [(one.rule, one.rows, one.fault) for one in prepared.touched] == [("conflict", 2, False)]


def test_an_answer_of_an_office_is_that_of_all_it_serves(country: Country) -> None:
    """Adoption by office, brought to the municipalities that it served in the base year."""
    office = [
        ("N1", "0005", None, DAY(2010, 1, 1), None, "none"),
        ("N2", "0003", None, DAY(2018, 1, 1), None, "none"),
        ("N4", "0001", None, DAY(2010, 1, 1), DAY(2017, 12, 31), "none"),
        ("N4", "0002", None, DAY(2010, 1, 1), DAY(2017, 12, 31), "none"),
    ]
    adoption = [
        (None, "N1", 2016, 2014 * 12, 2014 * 12 + 11, "before"),
        (None, "N4", 2016, 2015 * 12, 2015 * 12, "before"),
        (None, "N2", 2016, 2012 * 12, 2012 * 12, "before"),
    ]
    stays = [
        (0, "0002", None, DAY(2010, 1, 1), DAY(2017, 12, 31)),
        (1, "0005", None, DAY(2010, 1, 1), None),
    ]
    delivery = few(country, residence=stays, adoption=adoption, office=office)
    built = delivery.build("adopted_earliest", "adopted_latest")
    assert at(built, 0, 201501, "adopted_latest") == 201501
    assert at(built, 1, 201501, "adopted_latest") == 201412


def test_a_delivery_needs_a_correspondence(country: Country) -> None:
    """Neither a table nor a file."""
    with pytest.raises(DataError, match="the delivery has no muni_crosswalk"):
        country.without("muni_crosswalk").build("muni_h")
