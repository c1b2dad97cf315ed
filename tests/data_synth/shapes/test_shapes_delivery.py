"""Deliveries: the same bytes however they are made, traps counted, mistakes told in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_synth.shapes.declared.form_11f import FIELDS
from data_synth.shapes.keys import opaque_ids
from data_synth.shapes.registry import shape
from data_synth.shapes.writing.files import join_parts, write_table
from data_synth.world.schema import World
from evaluation.errors import DataError, SpecError

Frames = Mapping[str, pd.DataFrame]
Deliver = Callable[[str, str, World], Path]
FORMATS = [
    ("tables", "parquet"),
    ("tables", "csv"),
    ("research_extract", "dta"),
    ("microdata_event", "csv"),
    ("kostra_11f", "csv"),
    ("kostra_11f", "parquet"),
]
KEY = re.compile(r"^(w\d{2}_\d{4}_)?lopenr_person$", re.IGNORECASE)


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(("name", "format"), FORMATS)
def test_the_order_of_the_parts_makes_no_difference(
    chunks: Mapping[str, Frames],
    reference: Frames,
    trapped: World,
    seed: int,
    tmp_path: Path,
    name: str,
    format: str,
) -> None:
    made = []
    for order in (sorted(chunks), sorted(chunks, reverse=True)):
        folder = tmp_path / f"{len(made)}"
        for part in order:
            shape(name).write(chunks[part], folder, part, trapped, seed, format)
        shape(name).finish(folder, reference, trapped, seed, format)
        made.append(_contents(folder))
    assert made[0] == made[1]
    assert not any(".parts" in path for path in made[0])
    assert len(made[0]) > 3
    manifest = json.loads(made[0]["delivery.json"])
    assert (manifest["shape"], manifest["format"], manifest["parts"]) == (name, format, 2)


def test_parts_in_text_become_one_file_with_one_header(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "b.csv").write_text("x;y\n3;4\n")
    (folder / "a.csv").write_text("x;y\n1;2\n")
    join_parts(folder, "csv", tmp_path / "whole.csv")
    assert (tmp_path / "whole.csv").read_text() == "x;y\n1;2\n3;4\n"
    assert not folder.exists()


@pytest.mark.parametrize("name", ["tables", "microdata_event", "research_extract", "kostra_11f"])
def test_the_manifest_counts_rows_and_units(
    delivered: Deliver, trapped: World, canonical: Frames, name: str
) -> None:
    folder = delivered(name, "parquet", trapped)
    manifest = json.loads((folder / "delivery.json").read_text(encoding="utf-8"))
    found = {path.parent.name: pq.read_table(path) for path in folder.glob("*/*.parquet")}
    assert set(manifest["files"]) == set(found)
    for file, counts in manifest["files"].items():
        assert counts["rows"] == found[file].num_rows
        keys = [c for c in found[file].column_names if KEY.match(c) or c in ("id", "person_id")]
        units = len(found[file][keys[0]].unique().drop_null()) if keys else 0
        assert counts["units"] == units
    assert manifest["trap_rates"] == dict.fromkeys(manifest["trap_rates"], 0.3)
    assert set(manifest["carries"]) == set(shape(name).CARRIES)


def _traps(folder: Path) -> dict[str, dict[str, int]]:
    manifest = json.loads((folder / "delivery.json").read_text(encoding="utf-8"))
    traps: dict[str, dict[str, int]] = manifest["traps"]
    return traps


def test_without_traps_a_delivery_counts_none(delivered: Deliver, plain: World) -> None:
    for name in ("tables", "research_extract", "microdata_event", "kostra_11f"):
        assert _traps(delivered(name, "parquet", plain)) == {}


def test_prefixed_keys_are_counted(delivered: Deliver, trapped: World) -> None:
    folder = delivered("research_extract", "parquet", trapped)
    found = {}
    for path in folder.glob("*/1990-000.parquet"):
        table = pq.read_table(path)
        key = table.column_names[0]
        assert KEY.match(key)
        if key != "lopenr_person":
            persons = len(table[key].unique())
            found[f"prefixed/{path.parent.name}"] = {"rows": table.num_rows, "persons": persons}
    counted = {name: one for name, one in _traps(folder).items() if name.startswith("prefixed/")}
    assert counted == found
    assert found


def test_unlinked_recipients_are_counted_in_every_shape(delivered: Deliver, trapped: World) -> None:
    tables = delivered("tables", "parquet", trapped)
    known = set(pq.read_table(tables / "person")["person_id"].to_pylist())
    months = pq.read_table(tables / "sa_month").to_pandas()
    unlinked = months[~months["person_id"].isin(known)]
    counts = {"rows": len(unlinked), "persons": unlinked["person_id"].nunique()}
    assert counts["persons"] > 5
    for name in ("tables", "research_extract", "microdata_event", "kostra_11f"):
        assert _traps(delivered(name, "parquet", trapped))["unlinked/sa_month"] == counts

    forms = _forms(delivered("kostra_11f", "parquet", trapped))
    strangers = forms[forms["key"].isna()]
    assert strangers["PERSON_DUF"].nunique() == counts["persons"]
    assert strangers["PERSON_DUF"].str.fullmatch(r"\d{12}").all()
    assert strangers["KJONN"].isna().all()
    linked = forms[forms["key"].notna()]
    assert linked["PERSON_DUF"].isna().all()
    assert set(linked["key"]) <= known


def test_two_municipalities_are_two_forms(
    delivered: Deliver, canonical: Frames, plain: World, trapped: World
) -> None:
    more = _traps(delivered("kostra_11f", "parquet", trapped))["two_municipalities/sa_month"]
    forms, before = (
        _forms(delivered("kostra_11f", "parquet", world)) for world in (trapped, plain)
    )
    assert len(forms) - len(before) == more["rows"]
    assert forms["VILKARSOSLOV"].isna().sum() == more["rows"]
    assert before["VILKARSOSLOV"].notna().all()
    assert (
        forms["BIDRAG"].sum() == before["BIDRAG"].sum() == canonical["sa_month"]["grant_nok"].sum()
    )


def _forms(folder: Path) -> pd.DataFrame:
    forms = [pq.read_table(path).to_pandas() for path in sorted(folder.glob("11F_*/*.parquet"))]
    for one in forms:
        assert list(one.columns[1:]) == list(FIELDS)
    return pd.concat([one.rename(columns={one.columns[0]: "key"}) for one in forms])


def test_persons_have_one_key_in_all_shapes(
    delivered: Deliver, canonical: Frames, plain: World, seed: int
) -> None:
    person = set(opaque_ids(canonical["person"]["person_id"].tolist(), seed))
    places = {
        "tables": ("person", "person_id"),
        "research_extract": ("befolkning", "lopenr_person"),
        "microdata_event": ("BEFOLKNING_KJOENN", "id"),
    }
    for name, (file, key) in places.items():
        table = pq.read_table(delivered(name, "parquet", plain) / file)
        assert set(table[key].to_pylist()) == person
    forms = _forms(delivered("kostra_11f", "parquet", plain))
    assert set(forms["key"]) == set(
        opaque_ids(canonical["sa_month"]["person_id"].unique().tolist(), seed)
    )


def test_jobs_and_households_of_different_persons_have_different_keys(
    delivered: Deliver, canonical: Frames, plain: World
) -> None:
    folder = delivered("tables", "parquet", plain)
    jobs = pq.read_table(folder / "job_month").to_pandas()
    assert jobs.groupby("job_id")["person_id"].nunique().max() == 1
    own = canonical["job_month"].drop_duplicates(["person_id", "job_id"])
    assert jobs["job_id"].nunique() == len(own)
    assert not set(jobs["job_id"]) & set(jobs["person_id"])


@pytest.mark.parametrize("name", ["tables", "research_extract", "microdata_event", "kostra_11f"])
def test_an_unknown_format_is_refused_before_anything_is_written(
    canonical: Frames, reference: Frames, plain: World, seed: int, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "out"
    with pytest.raises(SpecError, match=r'format "xlsx": not written here; allowed: .*csv'):
        shape(name).write(canonical, folder, "1990-000", plain, seed, "xlsx")
    with pytest.raises(SpecError, match="xlsx"):
        shape(name).finish(folder, reference, plain, seed, "xlsx")
    assert not folder.exists()


def test_a_table_or_column_that_is_lacking_is_named(
    canonical: Frames, plain: World, seed: int, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    few = {name: frame for name, frame in canonical.items() if name != "sa_year"}
    with pytest.raises(DataError, match="lacks the tables sa_year; hand them over"):
        shape("kostra_11f").write(few, folder, "1990-000", plain, seed, "csv")
    spoilt = {**canonical, "person": canonical["person"].drop(columns="sex")}
    with pytest.raises(DataError, match='table "person": lacks sex; its columns are person_id'):
        shape("kostra_11f").write(spoilt, folder, "1990-000", plain, seed, "csv")
    assert not folder.exists()


def test_a_value_of_the_wrong_kind_is_refused_without_showing_it(
    canonical: Frames, plain: World, seed: int, tmp_path: Path
) -> None:
    spoilt = canonical["charge"].assign(date="no day at all")
    with pytest.raises(DataError, match=r'table "charge", column "date": .* no date') as caught:
        shape("tables").write(
            {**canonical, "charge": spoilt}, tmp_path, "1990-000", plain, seed, "csv"
        )
    assert "no day at all" not in str(caught.value)


def test_codes_without_a_name_are_refused_and_not_lost(
    canonical: Frames, plain: World, seed: int, tmp_path: Path
) -> None:
    spoilt = canonical["benefit_spell"].assign(benefit="barnetrygd")
    with pytest.raises(DataError, match='table "benefit_spell": holds barnetrygd; allowed: aap'):
        shape("research_extract").write(
            {**canonical, "benefit_spell": spoilt}, tmp_path, "1990-000", plain, seed, "csv"
        )


def test_stata_files_hold_no_clock(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyreadstat

    path = write_table(pa.table({"a": [1, None], "b": ["01", None]}), tmp_path / "x", "dta")
    frame, facts = pyreadstat.read_dta(path)
    assert frame["b"].tolist() == ["01", ""]
    assert facts.creation_time.year == 2000


@pytest.mark.parametrize("text", ["a;b", 'a"b', "a\nb"])
def test_a_text_that_would_need_quotes_is_refused(tmp_path: Path, text: str) -> None:
    import pyarrow as pa

    with pytest.raises(DataError, match='x: a text holds ";", a quote or a line break') as caught:
        write_table(pa.table({"a": ["plain", text]}), tmp_path / "x" / "part", "csv")
    assert text not in str(caught.value)


@pytest.mark.parametrize(("name", "format"), FORMATS)
def test_a_chunk_of_nobody_has_the_same_columns(
    chunks: Mapping[str, Frames],
    reference: Frames,
    trapped: World,
    seed: int,
    tmp_path: Path,
    name: str,
    format: str,
) -> None:
    nobody = {table: frame.head(0) for table, frame in chunks["1990-000"].items()}
    shape(name).write(nobody, tmp_path, "1989-000", trapped, seed, format)
    shape(name).write(chunks["1990-000"], tmp_path, "1990-000", trapped, seed, format)
    if format == "parquet":
        for empty in tmp_path.rglob("1989-000.parquet"):
            full = pq.read_schema(empty.with_name("1990-000.parquet"))
            assert pq.read_schema(empty).equals(full), empty.parent.name
    shape(name).finish(tmp_path, reference, trapped, seed, format)
    manifest = json.loads((tmp_path / "delivery.json").read_text(encoding="utf-8"))
    assert manifest["parts"] == 2


@pytest.mark.parametrize(("name", "format"), FORMATS)
def test_a_delivery_of_nobody_is_closed_all_the_same(
    reference: Frames, plain: World, seed: int, tmp_path: Path, name: str, format: str
) -> None:
    folder = tmp_path / "out"
    shape(name).finish(folder, reference, plain, seed, format)
    assert json.loads((folder / "delivery.json").read_text(encoding="utf-8"))["parts"] == 0
