"""Files that are whole are read, however they are written; others are refused in one line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.errors import DataError

HEAD = "person_id;from_ym;to_ym;kind\n"
ROW = "a;201601;201602;æ\n"
TEXT = HEAD + ROW
SECRET = "199901"  # a value that no line may show

GOOD = {
    "utf-8": (TEXT, {}),
    "byte order mark": ("\ufeff" + TEXT, {}),
    "latin-1": (TEXT.encode("latin-1"), {"encoding": "latin-1"}),
    "windows": (TEXT.encode("cp1252"), {"encoding": "cp1252"}),
    "utf-16": (TEXT.encode("utf-16"), {"encoding": "utf-16"}),
    "carriage returns and line feeds": (TEXT.replace("\n", "\r\n"), {}),
    "carriage returns": (TEXT.replace("\n", "\r"), {}),
    "both kinds of line breaks": (HEAD.replace("\n", "\r\n") + ROW, {}),
    "quotes": ('"person_id";"from_ym";"to_ym";"kind"\n"a";"201601";"201602";"æ"\n', {}),
    "blanks around": ("person_id;from_ym;to_ym;kind\n a ;201601 ; 201602;æ\n", {}),
    "commas": (TEXT.replace(";", ","), {"separator": ","}),
    "tabs": (TEXT.replace(";", "\t"), {"separator": "\t"}),
    "another order": (["kind;to_ym;from_ym;person_id\næ;201602;201601;a\n", HEAD], {}),
    "a separator at the end": ("person_id;from_ym;to_ym;kind;\na;201601;201602;æ;\n", {}),
}


@pytest.mark.parametrize("case", GOOD)
def test_text_is_read_however_it_is_written(case: str, staging: Any) -> None:
    content, reading = GOOD[case]
    staged = staging(sa_spell=content, reading=reading)
    assert staged.rows("sa_spell") == [(1, 2016 * 12, 2016 * 12 + 1, "æ")]


BAD = {
    "fields too few": (
        HEAD + f"a;{SECRET};201602;1\nb;201603;\nc;201603\n",
        {},
        "2 lines have another number of fields than the first line, as in a file that is cut off, "
        "in 1 file; deliver them again, or check separator and quotes",
    ),
    "cut off": (HEAD + "a;201601;2016", {}, "the file does not end with a line break"),
    "an open quote": (HEAD + 'a;"201601;201602;1\nb;1;1;1\n', {}, "quotation mark that does not"),
    "empty": (b"", {}, "the file is empty; deliver it again, with a line of names at least"),
    "no names": ("\n", {}, "empty first line where names are expected"),
    "one name twice": ("person_id;from_ym;FROM_YM\n", {}, "the same name twice"),
    "another separator": (TEXT.replace(";", ","), {}, "set reading.separator"),
    "zero bytes": (HEAD + "a;201601;\0;1\n", {}, "holds zero bytes"),
    "latin-1 for utf-8": (
        TEXT.encode("latin-1"),
        {},
        'the file is not utf-8; set reading.encoding, such as "latin-1"',
    ),
    "utf-8 for latin-1": (TEXT, {"encoding": "latin-1"}, "is not latin-1 but utf-8"),
    "no encoding": (TEXT, {"encoding": "rot13"}, 'read as "rot13", which is no encoding of text'),
    "mixed encodings": (
        [TEXT, TEXT.encode("latin-1"), HEAD],
        {},
        'one of 3 files is not utf-8; set reading.encoding, such as "latin-1", or give files '
        "written otherwise an entry of their own, such as [tables.sa_spell.other]",
    ),
    "columns that changed": (
        [TEXT, "person_id;from_ym;to_ym\n", "person_id;from_ym;kind\n"],
        {},
        'column "to_ym" is lacking in 1 of 3 files; give files with other columns an entry of '
        "their own",
    ),
    "a column not there": ("person_id;from_ym\n", {}, 'column "to_ym" is not delivered'),
    "an endless line": (HEAD + "a" * 2_500_000 + ";1;1;1\n", {}, "more than two million"),
}


@pytest.mark.parametrize("case", BAD)
def test_text_that_is_not_whole_is_refused(case: str, staging: Any) -> None:
    content, reading, line = BAD[case]
    with pytest.raises(DataError) as refused:
        staging(sa_spell=content, reading=reading)
    assert any(line in fault for fault in refused.value.faults), refused.value.faults
    assert all(fault.startswith("tables.sa_spell: ") for fault in refused.value.faults)
    assert SECRET not in str(refused.value)


def test_types_of_a_file_are_kept(tmp_path: Path, staging: Any) -> None:
    """Numbers, dates and texts of parquet say the same, decimals by a point whatever is said."""
    path = tmp_path / "typed.parquet"
    table = {
        "person_id": pa.array([7, 8], pa.int64()),
        "year": [2016.0, 2017.0],
        "condition": pa.array(["yes", None]).dictionary_encode(),
        "hours_week": [7.5, float("nan")],
        "decision_from": pa.array([dt.datetime(2016, 3, 1, 12), None], pa.timestamp("us")),
        "decision_to": [dt.date(2016, 4, 1), None],
    }
    pq.write_table(pa.table(table), path)
    staged = staging(sa_condition=path, reading={"decimal": ",", "dates": "DDMMYY"})
    columns = "person, year, condition, hours_week, decision_from, decision_to"
    assert staged.rows("sa_condition", columns) == [
        (1, 2016, "yes", 7.5, dt.date(2016, 3, 1), dt.date(2016, 4, 1)),
        (2, 2017, None, None, None, None),
    ]
    assert staged.rows("person_key") == [(1, "7"), (2, "8")]


@pytest.mark.parametrize("form", ["td", "tc", "tm"])
def test_dates_of_stata_are_read_by_their_format(form: str, tmp_path: Path, staging: Any) -> None:
    path = tmp_path / "dates.dta"
    first = dt.date(1950, 2, 1)
    frame = pd.DataFrame(
        {"person_id": ["01", "02"], "group": ["1", "2"], "from": [first, dt.date(2016, 5, 1)]}
    ).assign(to=pd.to_datetime(pd.Series([None, "2016-06-01"])))
    frame["from"] = pd.to_datetime(frame["from"])
    frame.to_stata(path, write_index=False, convert_dates={"from": form, "to": form})
    staged = staging(jobseeker_spell=path)
    assert staged.rows("jobseeker_spell", '"from", "to"') == [
        (first, None),
        (dt.date(2016, 5, 1), dt.date(2016, 6, 1)),
    ]


def test_sas_is_read(staging: Any) -> None:
    path = Path(__file__).parents[2] / "files" / "tiny.sas7bdat"
    told = {"key": "unit", "columns": {"year": "year", "status": "treat"}}
    staged = staging(employment_nov=path, say={"employment_nov": told})
    assert staged.rows("employment_nov")[:3] == [(1, 2015, "1"), (1, 2016, "1"), (2, 2015, "0")]


def test_dates_and_times_of_sas_are_days(staging: Any) -> None:
    """SAS counts days and seconds from 1960, before which days are negative."""
    path = Path(__file__).parents[2] / "files" / "dated.sas7bdat"
    columns = {"from": "fra", "to": "til", "group": "gruppe"}
    staged = staging(jobseeker_spell=path, say={"jobseeker_spell": {"columns": columns}})
    assert staged.rows("jobseeker_spell", '"from", "to"') == [
        (dt.date(2015, 2, 28), dt.date(2016, 2, 29)),
        (dt.date(1959, 12, 31), None),
    ]


def _spoiled(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 3
    whole[middle : 2 * middle] = b"\xff" * middle
    path.write_bytes(bytes(whole))


def _halved(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize("spoil", [_spoiled, _halved])
@pytest.mark.parametrize("ending", ["parquet", "dta"])
def test_spoiled_files_are_refused(spoil: Any, ending: str, tmp_path: Path, staging: Any) -> None:
    path = tmp_path / f"big.{ending}"
    numbers = np.random.default_rng(1).permutation(20_000)
    frame = pd.DataFrame({"person_id": numbers.astype(str), "from_ym": 201601, "to_ym": 201602})
    if ending == "dta":
        frame.to_stata(path, write_index=False)
    else:
        frame.to_parquet(path)
    spoil(path)
    with pytest.raises(DataError, match=r"^tables\.sa_spell: .*(again|months?|YYYYMM)"):
        staging(sa_spell=path)


def test_other_endings_and_lists_are_refused(tmp_path: Path, staging: Any) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="has an unknown ending; allowed: csv, dat, dta, parquet"):
        staging(sa_spell=path)
    listed = tmp_path / "listed.parquet"
    pq.write_table(pa.table({"person_id": ["a"], "from_ym": [[201601]], "to_ym": [1]}), listed)
    with pytest.raises(DataError, match="holds neither text, numbers nor dates"):
        staging(sa_spell=listed)
