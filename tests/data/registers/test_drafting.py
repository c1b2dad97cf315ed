"""Drafts of mappings: what names and a few lines tell, and that no value is ever written."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.data.registers.drafting.draft import Draft, draft_delivery
from evaluation.data.registers.drafting.sample import sample_of
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import ENDINGS
from evaluation.errors import DataError, SpecError
from evaluation.spec.origin import Origin

KEYS = ("c3c6591e5a455e83", "24a2a0adab4df1e0")


def put(folder: Path, name: str, *lines: str, encoding: str = "utf-8") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))


def tables(draft: Draft) -> dict[str, Any]:
    return tomllib.loads(draft.mapping)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Return an extract written in as many ways as it has files."""
    one, two = KEYS
    put(tmp_path, "befolkning.csv",
        "W21_0412_Lopenr_Person;BEFOLKNING_FOEDSELS_AAR_MND;BEFOLKNING_KJOENN;FOEDSELSDATO",
        f"{one};198703;1;31031987", f"{two};199011;2;01111990")  # fmt: skip
    put(tmp_path, "jobber/2015.csv", "LOPENR_PERSON\tAARMND\tARBLONN_ARB_ARBEIDSTID\tSTED",
        f"{one}\t201501\t37,5\tTromsø", f"{two}\t201501\t20\tBodø", encoding="latin-1")  # fmt: skip
    put(tmp_path, "jobber/2016.csv", "LOPENR_PERSON\tAARMND\tARBLONN_ARB_ARBEIDSTID\tSTED",
        f"{one}\t201601\t12,25\tOslo", encoding="latin-1")  # fmt: skip
    put(tmp_path, "aapfdt_mottak_2015.csv", "lopenr_person;FRA_DATO;TIL_DATO",
        f"{one};2015-01-01;2015-06-30")  # fmt: skip
    put(tmp_path, "aapfdt_mottak_2016.csv", "lopenr_person;FRA_DATO;TIL_DATO",
        f"{two};2016-02-01;")  # fmt: skip
    put(tmp_path, "ukjent.csv", "lopenr_person;NOE_ANNET", f"{one};hemmelig")
    put(tmp_path, "uten_navn.csv", f"{one};201501;777", f"{two};201502;888")
    (tmp_path / "halv.parquet").write_bytes(b"PAR1 and no more")
    return tmp_path


def test_extract_is_told_by_names(extract: Path) -> None:
    draft = draft_delivery(extract, "${DATA}")
    found = tables(draft)
    assert found["shape"] == "research_extract" and found["folder"] == "${DATA}"
    assert "first" not in found and "# first = 2013-01-01" in draft.mapping
    assert set(found["tables"]) == {"person", "job_month", "benefit_spell"}
    person, jobs = found["tables"]["person"], found["tables"]["job_month"]
    assert person["columns"]["birth_date"] == "FOEDSELSDATO"
    assert '# columns.job_id = ""' in draft.mapping  # needed, and nowhere
    assert jobs["file"] == "jobber/*.csv"
    assert jobs["columns"] == {"ym": "AARMND", "hours_week": "ARBLONN_ARB_ARBEIDSTID"}
    aap = found["tables"]["benefit_spell"]["aap"]
    assert aap["file"] == ["aapfdt_mottak_2015.csv", "aapfdt_mottak_2016.csv"]
    assert aap["constants"] == {"benefit": "aap"}
    assert found["open_end"] == "" and '# open_end = "drop"' in draft.mapping  # one for all
    assert '# file = "ukjent.csv"\n#   its columns: lopenr_person, NOE_ANNET' in draft.mapping
    assert '# file = "uten_navn.csv"\n#   its columns: no line of names' in draft.mapping
    assert "# halv.parquet: could not be read" in draft.mapping
    assert draft.unknown == 3 and {"person", "person.birth_ym"} <= draft.has


def test_writing_is_seen_in_a_few_lines(extract: Path) -> None:
    found = tables(draft_delivery(extract, "."))
    readings = {"person": {}, "job_month": {}}
    for name in readings:
        own = found["tables"][name].get("reading")
        readings[name] = found["reading"] if own is None else own
    assert readings["person"] == {"dates": "DDMMYYYY", "decimal": ","}  # as those that tell
    assert readings["job_month"] == {"separator": "\t", "encoding": "latin-1", "decimal": ","} | {
        key: value for key, value in readings["job_month"].items() if key == "dates"
    }


def test_no_value_is_written(extract: Path) -> None:
    text = draft_delivery(extract, ".").mapping
    values = (*KEYS, "198703", "31031987", "37,5", "Troms", "hemmelig", "777", "201502")
    assert not [one for one in values if one in text]


def test_draft_asks_before_it_can_be_read(extract: Path) -> None:
    path = extract / "delivery.toml"
    path.write_text(draft_delivery(extract, ".").mapping, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_delivery(path, Origin(folder=extract))
    asked = {one.split(":")[1].strip() for one in caught.value.faults}
    assert asked == {"first", "last", "open_end"}


def test_events_without_names_are_told_by_their_file(tmp_path: Path) -> None:
    one, two = KEYS
    put(tmp_path, "BEFOLKNING_KJOENN.csv", f"{one};1;;;", f"{two};2;;;")
    put(
        tmp_path,
        "BOSATTEFDT_BOSTED.csv",
        f"{one};0301;20150101;20151231;",
        f"{two};5001;20150101;;",
    )
    put(tmp_path, "KVPFDT_MOTTAK.csv", "id;value;start;stop;attributes", f"{one};1;20150101;;")
    found = tables(draft_delivery(tmp_path, "."))
    assert found["shape"] == "microdata_event" and found["reading"] == {"dates": "YYYYMMDD"}
    assert found["tables"]["person"] == {"sex": {"file": "BEFOLKNING_KJOENN.csv"}}
    assert found["tables"]["residence"]["file"] == "BOSATTEFDT_BOSTED.csv"
    assert found["tables"]["benefit_spell"]["kvp"]["constants"] == {"benefit": "kvp"}


def test_forms_among_an_extract_keep_their_layout(extract: Path) -> None:
    names = [
        "lopenr_person",
        "KOMMUNE_NR",
        "VERSION",
        "VKLO",
        *(f"STMND_{k}" for k in range(1, 13)),
    ]
    frame = pd.DataFrame({name: ["1"] for name in names})
    frame.to_parquet(extract / "skjema11f.parquet")
    draft = draft_delivery(extract, ".")
    form = tables(draft)["tables"]["sa_year"]
    assert form["shape"] == "kostra_11f" and form["file"] == "skjema11f.parquet"
    assert tables(draft)["tables"]["person"]["file"] == "befolkning.csv"


def test_declared_ends_and_months_are_taken(extract: Path) -> None:
    folder = extract / "inner"
    folder.mkdir()
    put(folder, "kvpfdt_mottak.csv", "lopenr_person;FRA_AARMND;TIL_AARMND", f"{KEYS[0]};201501;")
    said = {"shape": "research_extract", "tables": {"benefit_spell": {"open_end": "drop"}}}
    (folder / "delivery.json").write_text(json.dumps(said), encoding="utf-8")
    world = {"shape": "research_extract", "window": ["2015-01", "2018-12"], "ages": [18, 42]}
    (extract / "world.json").write_text(json.dumps(world), encoding="utf-8")
    draft = draft_delivery(folder, ".")
    assert draft.open == 0
    path = folder / "delivery.toml"
    path.write_text(draft.mapping, encoding="utf-8")
    delivery = load_delivery(path, Origin(folder=folder))
    assert delivery.tables["benefit_spell.kvp"].open_end == "drop"
    assert (delivery.first.isoformat(), delivery.last.isoformat()) == ("2015-01-01", "2018-12-01")
    assert delivery.ages == (18, 42)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encoding_is_seen_at_the_end_of_a_long_file(encoding: str, tmp_path: Path) -> None:
    rows = [f"{at};Oslo" for at in range(30_000)]
    put(tmp_path, "a.csv", "person;sted", *rows, "1;Tromsø", "2;Oslo", encoding=encoding)
    sample = sample_of(tmp_path / "a.csv")
    assert sample.encoding == ("latin-1" if encoding == "latin-1" else "utf-8")
    assert sample.header == ("person", "sted") and sample.separator == ";"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (("1.234,50", "2,5"), {"decimal": ",", "thousands": "."}),
        (("1 234", "12"), {"decimal": ",", "thousands": " "}),
        (("1,234.5", "7"), {"thousands": ","}),
        (("37,5", "40"), {"decimal": ","}),
        (("0.125", "1"), {}),
        (("1.234", "2.500"), {}),  # decimals or thousands: nobody can tell
    ],
)
def test_marks_of_numbers(values: tuple[str, ...], told: dict[str, str], tmp_path: Path) -> None:
    put(tmp_path, "arblonn.csv", "lopenr_person;AARMND;ARBLONN_ARB_ARBEIDSTID",
        *(f"k;201501;{one}" for one in values))  # fmt: skip
    assert tables(draft_delivery(tmp_path, "."))["reading"] == told


def test_nothing_to_draft_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no file that can be read"):
        draft_delivery(tmp_path, ".")
    with pytest.raises(DataError, match="is no folder"):
        draft_delivery(tmp_path / "gone", ".")
    put(tmp_path, "empty.csv")
    assert "empty.csv" in draft_delivery(tmp_path, ".").mapping


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400), header=st.booleans(), ending=st.sampled_from(ENDINGS))
def test_whatever_is_in_a_file_a_draft_can_be_read(
    data: bytes, header: bool, ending: str, tmp_path: Path
) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    names = b"lopenr_person;FRA_DATO;TIL_DATO\n" if header else b""
    (tmp_path / f"aapfdt_mottak{ending}").write_bytes(names + data)
    try:
        draft = draft_delivery(tmp_path, ".")
    except DataError as error:
        assert "holds no file that can be read" in str(error)
    else:
        found = tables(draft)["tables"] if "[tables" in draft.mapping.replace("# [", "") else {}
        assert set(found) <= {"benefit_spell"}


def test_spells_of_assistance_need_a_name_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "noe.csv", "lopenr_person;FRA_DATO;TIL_DATO", f"{KEYS[0]};2015-01-01;")
    put(tmp_path, "mottak.csv", "lopenr_person;SOSHJLPFDT_MOTTAK;FRA_DATO;TIL_DATO",
        f"{KEYS[0]};1;2015-01-01;2015-02-28")  # fmt: skip
    draft = draft_delivery(tmp_path, ".")
    assert set(tables(draft)["tables"]) == {"sa_spell"} and draft.unknown == 1
    assert tables(draft)["tables"]["sa_spell"]["columns"]["from_ym"] == "FRA_DATO"
