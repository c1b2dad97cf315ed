"""Files: the same four rows from csv, parquet, Stata and SAS."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from evaluation.data.formats import csv as csv_format
from evaluation.data.hashing import file_digest
from evaluation.errors import DataError
from evaluation.spec.panel import FilePanel

FILES = Path(__file__).parent / "files"
# What every file holds; tiny.sas7bdat is made by files/make_sas7bdat.R.
ROWS = pd.DataFrame(
    {
        "unit": ["0301", "0301", "1103", "1103"],
        "year": [2015.0, 2016.0, 2015.0, 2016.0],
        "y": [1.5, np.nan, -2.25, 0.0],
        "treat": [1.0, 1.0, 0.0, 0.0],
    }
)
Write = Callable[[Path], Any]
WRITERS: dict[str, Write] = {
    "csv": lambda path: ROWS.to_csv(path, index=False),
    "parquet": lambda path: ROWS.to_parquet(path),
    "dta": lambda path: pyreadstat.write_dta(ROWS, str(path)),
    "sas7bdat": lambda path: shutil.copy(FILES / "tiny.sas7bdat", path),
}
DESIGN = {
    "kind": "did",
    "treated": {"column": "treat", "equals": 1},
    "post": {"column": "year", "at_least": 2016},
}


def changes(name: str, **panel: Any) -> dict[str, Any]:
    return {"panel": {"path": name, "unit": "unit", **panel}, "design": DESIGN}


@pytest.mark.parametrize("ending", WRITERS)
def test_every_format_gives_the_same_rows(tiny, ending: str) -> None:
    path = tiny.folder / f"tiny.{ending}"
    WRITERS[ending](path)
    panel = tiny.from_file(**changes(path.name)).panel
    assert panel.inputs == {path.name: file_digest(path)}
    assert panel.frame["unit"].tolist() == ROWS["unit"].tolist()
    for name in ("year", "y", "treat"):
        np.testing.assert_array_equal(panel.frame[name].to_numpy(float), ROWS[name])


@pytest.mark.parametrize("ending", WRITERS)
def test_only_the_columns_asked_for_are_read(tiny, ending: str) -> None:
    path = tiny.folder / f"tiny.{ending}"
    WRITERS[ending](path)
    assert "treat" in tiny.from_file(**changes(path.name)).panel.frame
    design = {"kind": "did", "treatment": {"column": "year"}}
    panel = tiny.from_file(panel={"path": path.name, "unit": "unit"}, design=design).panel
    assert sorted(panel.frame) == ["unit", "y", "year"]


@pytest.mark.parametrize("ending", WRITERS)
def test_half_a_file_is_refused(tiny, ending: str) -> None:
    path = tiny.folder / f"tiny.{ending}"
    WRITERS[ending](path)
    half = path.read_bytes()
    half = half[: -len("0.0,0.0\n")] if ending == "csv" else half[: len(half) // 2]
    path.write_bytes(half)
    with pytest.raises(DataError, match=rf"tiny\.{ending}: .*whole"):
        tiny.from_file(**changes(path.name))


@pytest.mark.parametrize("ending", WRITERS)
def test_a_missing_column_is_named(tiny, ending: str) -> None:
    path = tiny.folder / f"tiny.{ending}"
    WRITERS[ending](path)
    with pytest.raises(DataError, match=r"panel.unit: no column 'units' in the panel.*unit\?"):
        tiny.from_file(**changes(path.name, unit="units"))


def test_other_files_are_refused(tiny) -> None:
    (tiny.folder / "rows.xlsx").touch()
    with pytest.raises(DataError, match=r"rows.xlsx: unknown ending; allowed: csv, parquet"):
        tiny.from_file(**changes("rows.xlsx"))
    with pytest.raises(DataError, match=r"rows: no such file or folder"):
        tiny.from_file(**changes("rows"))
    with pytest.raises(DataError, match=r"rows.csv: no such file"):
        tiny.from_file(**changes("rows.csv"))


def test_pandas_own_missing_value_becomes_a_plain_one(tiny) -> None:
    path = tiny.folder / "tiny.parquet"
    ROWS.convert_dtypes().to_parquet(path)
    frame = tiny.from_file(**changes(path.name)).panel.frame
    np.testing.assert_array_equal(frame["y"].to_numpy(float), ROWS["y"])


def column(tmp_path: Path, text: str | bytes, name: str = "a", **keys: Any) -> pd.Series:
    path = tmp_path / "one.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    panel = FilePanel(source="file", path="one.csv", **keys)
    assert name in csv_format.columns(path, panel)
    return csv_format.read(path, [name], panel)[name]


SEMICOLON: dict[str, Any] = {"separator": ";", "decimal": ","}
# text of column a, keys of the panel, values
TYPED: dict[str, tuple[str | bytes, dict[str, Any], list[Any]]] = {
    "whole numbers": ("a\n1\n-2\n", {}, [1, -2]),
    "whole numbers beyond floats": ("a\n9007199254740993\n1\n", {}, [9007199254740993, 1]),
    "numbers": ("a\n1.5\n-2e3\n0.5\n", {}, [1.5, -2000.0, 0.5]),
    "infinity": ("a\n1\ninf\n", {}, [1.0, np.inf]),
    "leading zeros are codes": ("a\n0301\n1103\n", {}, ["0301", "1103"]),
    "one leading zero is enough": ("a\n11\n12\n03\n", {}, ["11", "12", "03"]),
    "zero is a number": ("a\n0\n0.5\n-0.25\n", {}, [0.0, 0.5, -0.25]),
    "text": ("a\nx\n1\n", {}, ["x", "1"]),
    "the unit is text": ("a\n3\n1\n", {"unit": "a"}, ["3", "1"]),
    "missing codes": ("a,b\n1,1\nNA,1\n.,1\n,1\n", {}, [1.0, None, None, None]),
    "own missing codes": ("a\n1\n-99\nNA\n", {"missing": ("-99", "NA")}, [1.0, None, None]),
    "a code not declared is text": ("a\n1\nNA\n", {"missing": ("",)}, ["1", "NA"]),
    "nothing but missing": ("a,b\n,1\nNA,1\n", {}, [None, None]),
    "decimal comma": ("a;b\n1,5;x\n-0,25;x\n", SEMICOLON, [1.5, -0.25]),
    "grouped thousands are no numbers": ("a;b\n1.234;x\n", SEMICOLON, ["1.234"]),
    "a decimal comma unasked for is text": ('a\n"1,5"\n', {}, ["1,5"]),
    "tabs": ("a\tb\n1\t2\n", {"separator": "\t"}, [1]),
    "quotes": ('"a","b"\n"x, y",1\n"say ""z""",2\n', {}, ["x, y", 'say "z"']),
    "a line end inside quotes": ('a,b\n"x\ny",1\n', {}, ["x\ny"]),
    "windows line ends": (b"a,b\r\n1,2\r\n", {}, [1]),
    "byte-order mark": (b"\xef\xbb\xbfa,b\n1,2\n", {}, [1]),
    "latin-1": ("a\nBærum\n".encode("latin-1"), {"encoding": "latin-1"}, ["Bærum"]),
    "utf-8": ("a\nBærum\n", {}, ["Bærum"]),
}


@pytest.mark.parametrize("name", TYPED)
def test_csv_types(tmp_path, name: str) -> None:
    text, keys, values = TYPED[name]
    found = column(tmp_path, text, **keys)
    plain = [None if pd.isna(one) else one for one in found]
    assert plain == values
    assert [type(one) for one in found.dropna().tolist()] == [
        type(one) for one in values if one is not None
    ]


# text, keys, words of the line
BROKEN: list[tuple[bytes, dict[str, Any], str]] = [
    ("a,b\nBærum,1\n".encode("latin-1"), {}, "is not utf-8 text; set panel.encoding"),
    (b"a,b\n1,2\n3\n", {}, "lines differ in their number of fields"),
    (b"a,b\n1,2\n3,4,5\n", {}, "lines differ in their number of fields"),
    (b"a,b\n1,2,3\n4,5,6\n", {}, "lines differ in their number of fields"),
    (b"a,b,a\n1,2,3\n", {}, "column 'a' stands twice"),
    (b"", {}, "is empty"),
]


@pytest.mark.parametrize(("text", "keys", "words"), BROKEN)
def test_csv_faults(tmp_path, text, keys, words) -> None:
    with pytest.raises(DataError) as caught:
        column(tmp_path, text, **keys)
    assert str(caught.value).startswith("one.csv: ") and words in str(caught.value)
    assert "Bærum" not in str(caught.value)
