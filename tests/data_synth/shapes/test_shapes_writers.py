"""What a reader finds in a delivery is what the canonical tables hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_synth.shapes.declared.form_11f import CONDITIONS, EXEMPTIONS, FIELDS, MONTHS, SANCTIONS
from data_synth.shapes.declared.norwegian import BENEFITS, EXTRACTS, INCOMES
from data_synth.shapes.declared.registers import PERSONS, REFERENCE, REGISTERS, Kind
from data_synth.shapes.declared.variable import Combine, Period, Variable
from data_synth.shapes.declared.variables import VARIABLES
from data_synth.shapes.writing.arrow import arrow_table
from data_synth.world.schema import World

Frames = Mapping[str, pd.DataFrame]
Deliver = Callable[[str, str, World], Path]
KEY = re.compile(r"^(w\d{2}_\d{4}_)?lopenr_person$", re.IGNORECASE)
TEXT = {Kind.KEY, Kind.OWN_KEY, Kind.CODE}


def _read(folder: Path) -> pd.DataFrame:
    """Read all parts of a file, whatever its format, texts for what is not a number."""
    paths = sorted(path for path in folder.parent.glob(f"{folder.name}*/*") if path.is_file())
    paths = [path for path in paths if path.parent.name == folder.name]
    if not paths:
        paths = [folder.with_name(f"{folder.name}.csv")]
    readers: Mapping[str, Callable[[Path], pd.DataFrame]] = {
        ".parquet": lambda path: pq.read_table(path).to_pandas(),
        ".csv": lambda path: pd.read_csv(path, sep=";", dtype=str),
        ".dta": lambda path: pd.read_stata(path, convert_missing=False),
    }
    return pd.concat([readers[path.suffix](path) for path in paths], ignore_index=True)


def _alike(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """Give columns one type for each kind, and sort: formats differ in types, not in values."""
    made: dict[str, Any] = {}
    for column, kind in kinds.items():
        values = frame[column]
        if kind in TEXT:
            made[column] = values.astype(object).where(values.notna(), "").astype(str)
        elif kind is Kind.DATE:
            made[column] = pd.to_datetime(values).astype("datetime64[s]")
        else:
            made[column] = pd.to_numeric(values).astype("float64")
    whole = pd.DataFrame(made)
    return whole.sort_values(list(kinds), ignore_index=True)


def _same(found: pd.DataFrame, name: str, frames: Frames, seed: int, *columns: str) -> None:
    kinds = REGISTERS[name].columns
    kept = {column: kinds[column] for column in columns or tuple(kinds)}
    wanted = arrow_table(name, frames[name], seed).to_pandas()
    assert len(wanted) > 0
    pd.testing.assert_frame_equal(_alike(found, kept), _alike(wanted, kept))


@pytest.mark.parametrize("format", ["parquet", "csv"])
@pytest.mark.parametrize("name", [*PERSONS, *REFERENCE])
def test_tables_are_read_back(
    delivered: Deliver,
    canonical: Frames,
    reference: Frames,
    plain: World,
    seed: int,
    name: str,
    format: str,
) -> None:
    found = _read(delivered("tables", format, plain) / name)
    assert list(found) == list(REGISTERS[name].columns)
    _same(found, name, {**canonical, **reference}, seed)


PLAINLY = [name for name in PERSONS if name not in ("sa_month", "benefit_spell", "income_year")]


@pytest.mark.parametrize("format", ["parquet", "csv", "dta"])
@pytest.mark.parametrize("name", PLAINLY)
def test_an_extract_is_read_back(
    delivered: Deliver, canonical: Frames, plain: World, seed: int, name: str, format: str
) -> None:
    extract = EXTRACTS[name]
    found = _read(delivered("research_extract", format, plain) / extract.file)
    found = found.rename(columns={new: old for old, new in extract.columns.items()})
    found = found.rename(columns={"lopenr_person": "person_id"})
    if name == "sa_condition":
        found["condition"] = found["condition"].map({"1": "yes", "2": "no"})
    _same(found, name, canonical, seed)


@pytest.mark.parametrize("format", ["parquet", "csv", "dta"])
def test_wide_months_are_read_back(
    delivered: Deliver, canonical: Frames, plain: World, seed: int, format: str
) -> None:
    wide = _read(delivered("research_extract", format, plain) / "sosialhjelp_maaned")
    parts = []
    for month in range(1, 13):
        part = wide[["lopenr_person", "KOMMUNE_NR", "AAR"]].assign(
            ym=pd.to_numeric(wide["AAR"]) * 100 + month,
            grant_nok=wide[f"BIDRAG_{month:02d}"],
            loan_nok=wide[f"LAAN_{month:02d}"],
            paid=wide[f"STMND_{month:02d}"],
        )
        parts.append(part[part["grant_nok"].notna()])
    found = pd.concat(parts).rename(
        columns={"lopenr_person": "person_id", "KOMMUNE_NR": "payer_municipality"}
    )
    _same(found, "sa_month", canonical, seed)


@pytest.mark.parametrize("format", ["parquet", "csv", "dta"])
def test_benefits_and_incomes_are_read_back(
    delivered: Deliver, canonical: Frames, plain: World, seed: int, format: str
) -> None:
    folder = delivered("research_extract", format, plain)
    spells = [_read(folder / file).assign(benefit=benefit) for benefit, file in BENEFITS.items()]
    columns = {new: old for old, new in EXTRACTS["benefit_spell"].columns.items()}
    found = pd.concat([one for one in spells if len(one)])
    found = found.rename(columns={**columns, "lopenr_person": "person_id"})
    _same(found, "benefit_spell", canonical, seed)

    wide = _read(folder / "inntekt").rename(columns={"lopenr_person": "person_id", "AAR": "year"})
    long = pd.concat(
        wide[["person_id", "year"]].assign(concept=concept, nok=wide[f"INNTEKT_{concept.upper()}"])
        for concept in INCOMES
    )
    _same(long[long["nok"].notna()], "income_year", canonical, seed)


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize("variable", VARIABLES, ids=lambda one: one.name)
def test_events_are_read_back(
    delivered: Deliver,
    canonical: Frames,
    plain: World,
    seed: int,
    variable: Variable,
    format: str,
) -> None:
    found = _read(delivered("microdata_event", format, plain) / variable.name)
    assert list(found) == ["id", "value", "start", "stop", "attributes"]
    wanted = arrow_table(variable.table, canonical[variable.table], seed).to_pandas()
    if variable.only:
        wanted = wanted[wanted[variable.only[0]] == variable.only[1]]
    wanted = wanted[wanted[variable.value].notna()]
    keys = [variable.id, *variable.dates[:1]]
    combined = {
        Combine.KEEP: lambda rows: rows,
        Combine.FIRST: lambda rows: rows.drop_duplicates(keys),
        Combine.LAST: lambda rows: rows.drop_duplicates(keys, keep="last"),
        Combine.SUM: lambda rows: rows.groupby(keys, as_index=False)[[variable.value]].sum(),
    }[variable.combine](wanted)
    value = REGISTERS[variable.table].columns[variable.value]
    kinds = {"id": Kind.KEY, "value": value, "start": Kind.DATE, "stop": Kind.DATE}
    start, stop = _expected_dates(variable, combined)
    expected = pd.DataFrame(
        {
            "id": combined[variable.id],
            "value": combined[variable.value],
            "start": start,
            "stop": stop,
        }
    )
    if variable.attribute:
        kinds["attributes"] = Kind.CODE
        expected["attributes"] = combined[variable.attribute]
    if variable.period is Period.FROM_DAY:
        del kinds["stop"]
    pd.testing.assert_frame_equal(_alike(found, kinds), _alike(expected, kinds))


def _expected_dates(variable: Variable, rows: pd.DataFrame) -> tuple[Any, Any]:
    never = pd.Series(pd.NaT, index=rows.index)
    first, last = (rows[variable.dates[i]] if variable.dates else never for i in (0, -1))
    months = {Period.MONTHS, Period.MONTH, Period.MID_MONTH}
    years = {Period.YEAR: ("01-01", "12-31"), Period.NOVEMBER: ("11-16", "11-16")}
    if variable.period in months:
        start, end = (
            pd.to_datetime(one.astype("Int64").astype(str), format="%Y%m", errors="coerce")
            for one in (first, last)
        )
        middle = pd.Timedelta(days=15 if variable.period is Period.MID_MONTH else 0)
        stop = start + middle if middle else end + pd.offsets.MonthEnd(1)
        return start + middle, stop
    if variable.period in years:
        return tuple(
            pd.to_datetime(first.astype(str) + "-" + day) for day in years[variable.period]
        )
    return first, last


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda one: one.name)
def test_events_keep_the_rules_of_the_platform(
    delivered: Deliver, plain: World, variable: Variable
) -> None:
    folder = delivered("microdata_event", "csv", plain)
    rows = _read(folder / variable.name)
    metadata = json.loads((folder / f"{variable.name}.json").read_text(encoding="utf-8"))
    assert rows["id"].notna().all()
    assert rows["value"].notna().all()
    rules = {"FIXED": _fixed, "STATUS": _status, "ACCUMULATED": _apart, "EVENT": _apart}
    rules[metadata["temporalityType"]](rows)
    measure = metadata["measureVariables"][0]
    if "valueDomain" not in measure:
        assert measure["unitType"] in ("PERSON", "HUSHOLDNING")
        return
    if measure["dataType"] == "LONG":
        assert rows["value"].str.fullmatch(r"-?\d+").all()
    domain = measure["valueDomain"]
    assert ("codeList" in domain) != ("description" in domain)
    if "codeList" in domain:
        assert set(rows["value"]) <= {item["code"] for item in domain["codeList"]}


def _fixed(rows: pd.DataFrame) -> None:
    assert rows["id"].is_unique
    assert rows[["start", "stop"]].isna().all(axis=None)


def _status(rows: pd.DataFrame) -> None:
    assert rows["start"].notna().all()
    assert (rows["start"] == rows["stop"]).all()


def _apart(rows: pd.DataFrame) -> None:
    assert rows["start"].notna().all()
    stop = rows["stop"].fillna("9999-12-31")
    assert (rows["start"] <= stop).all()
    order = rows.assign(stop=stop).sort_values(["id", "start"])
    same = order["id"].eq(order["id"].shift())
    assert (order["start"] > order["stop"].shift())[same].all()


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_forms_are_read_back(
    delivered: Deliver, canonical: Frames, plain: World, seed: int, format: str
) -> None:
    forms = _forms(delivered("kostra_11f", format, plain))
    forms = forms.rename(columns={"lopenr_person": "person_id", "KOMMUNE_NR": "payer_municipality"})
    forms["year"] = 2000 + forms["VERSION"].astype(int)
    assert not forms.duplicated(["person_id", "year", "payer_municipality"]).any()

    parts = []
    for number, month in enumerate(MONTHS, start=1):
        paid = forms[f"STMND_{number}"]
        assert set(paid.dropna()) <= {f"{number:02d}"}
        parts.append(
            forms[paid.notna()].assign(
                ym=forms["year"] * 100 + number,
                grant_nok=forms[f"BIDRAG_{month}"],
                loan_nok=forms[f"LAAN_{month}"],
                paid=1,
            )
        )
    _same(pd.concat(parts), "sa_month", canonical, seed)

    renamed = {"VKLO": "main_source", "ARBSIT": "work_status", "BOSIT": "housing"}
    year = forms.rename(columns={**renamed, "BIDRAG": "grant_nok", "LAAN": "loan_nok"})
    columns = ("person_id", "year", "payer_municipality", *renamed.values())
    _same(year, "sa_year", canonical, seed, *columns, "grant_nok", "loan_nok")

    condition = forms.assign(
        condition=forms["VILKARSOSLOV"].map({"1": "yes", "2": "no"}),
        condition_types=_joined(forms, CONDITIONS),
        exemption_reasons=_joined(forms, EXEMPTIONS),
        sanction=_joined(forms, SANCTIONS),
        decision_from=_day(forms["UTBETDATO"]),
        decision_to=_day(forms["UTBETTOMDATO"]),
        exemption_date=_day(forms["VEDTAKDATO"]),
    )
    columns = tuple(c for c in REGISTERS["sa_condition"].columns if c != "hours_week")
    _same(condition, "sa_condition", canonical, seed, *columns)

    sex = arrow_table("person", canonical["person"], seed).to_pandas()
    known = forms["person_id"].map(sex.set_index("person_id")["sex"])
    assert (forms["KJONN"] == known).all()


def test_homes_of_the_form_are_those_of_the_year(
    delivered: Deliver, canonical: Frames, plain: World, seed: int
) -> None:
    forms = _forms(delivered("kostra_11f", "parquet", plain))
    year = 2000 + forms["VERSION"].astype(int)
    household = arrow_table("household", canonical["household"], seed).to_pandas()
    residence = arrow_table("residence", canonical["residence"], seed).to_pandas()
    for at in range(0, len(forms), 11):
        form, end = forms.iloc[at], pd.Timestamp(year.iloc[at], 12, 31).date()
        own = household[household["person_id"] == form["lopenr_person"]]
        children = own[own["date"] <= end]["children_under_18"].iloc[-1:].tolist()
        found = [] if pd.isna(form["BU18"]) else [0 if form["BU18"] == "2" else form["ANTBU18"]]
        assert found == children
        own = residence[residence["person_id"] == form["lopenr_person"]]
        last = own[own["valid_from"] <= end].iloc[-1]
        here = last["municipality"] == form["KOMMUNE_NR"]
        district = last["district"] if here else None
        assert (form["BYDELSNR"] == district) or (pd.isna(form["BYDELSNR"]) and pd.isna(district))


def _forms(folder: Path) -> pd.DataFrame:
    names = sorted({path.name.removesuffix(".csv") for path in folder.glob("11F_*")})
    assert names == [f"11F_{year}" for year in range(2015, 2019)]
    forms = [_read(folder / name) for name in names]
    for name, one in zip(names, forms, strict=True):
        assert set(one["VERSION"]) == {name[-2:]}
        assert KEY.match(one.columns[0])
        assert list(one.columns[1:]) == list(FIELDS)
        for field, size in FIELDS.items():
            assert one[field].dropna().astype(str).str.removesuffix(
                ".0"
            ).str.len().max() <= size or (one[field].isna().all())
    return pd.concat(forms, ignore_index=True)


def _joined(forms: pd.DataFrame, fields: Mapping[str, str]) -> pd.Series[str]:
    codes = forms[[fields[code] for code in sorted(fields)]].fillna("").to_numpy()
    return pd.Series(["+".join(filter(None, row)) for row in codes], index=forms.index)


def _day(values: pd.Series[str]) -> pd.Series[Any]:
    return pd.to_datetime(values, format="%d%m%y")
