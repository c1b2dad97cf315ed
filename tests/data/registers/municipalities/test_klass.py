"""Correspondences in the forms that Statistics Norway gives them, and those that are faulty."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.data.registers.municipalities.klass import from_frame, read_correspondence
from evaluation.data.registers.municipalities.shares import shares_between
from evaluation.data.registers.municipalities.spans import codes_at
from evaluation.errors import DataError
from tests.data.registers.municipalities.conftest import counts_moved

CHANGES = """oldCode;oldName;oldShortName;newCode;newName;newShortName;changeOccurred
1601;Trondheim;;5001;Trondheim;;2018-01-01
1662;Klæbu;;5030;Klæbu;;2018-01-01
5030;Klæbu;;5001;Trondheim;;2020-01-01
1504;Ålesund;;1507;Ålesund;;2020-01-01
1534;Haram;;1507;Ålesund;;2020-01-01
1507;Ålesund;;1508;Ålesund;;2024-01-01
1507;Ålesund;;1580;Haram;;2024-01-01
"""
# What each code of a year is in the coarsest grouping.
GROUPS = {
    2017: {"1601": "5001", "1662": "5001", "1504": "1508", "1534": "1508"},
    2019: {"5001": "5001", "5030": "5001", "1504": "1508", "1534": "1508"},
    2021: {"5001": "5001", "1507": "1508"},
    2024: {"5001": "5001", "1508": "1508", "1580": "1508"},
}


def month(year: int) -> int:
    """Return January of a year."""
    return year * 12


def frame(**columns: object) -> pd.DataFrame:
    """Return columns as ssb-klass-python does: every value text."""
    return pd.DataFrame(columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize(("old", "new"), [(";", ";"), (";", ",")])
def test_a_list_of_changes_is_read(tmp_path: Path, encoding: str, old: str, new: str) -> None:
    """Chains, recoded counties and a municipality divided again, in every encoding."""
    path = tmp_path / "changes.csv"
    path.write_bytes(CHANGES.replace(old, new).encode(encoding))
    book = read_correspondence(path)
    for year, groups in GROUPS.items():
        found = codes_at(book, month(year))
        assert {code: found[code] for code in groups} == groups
    assert "1601" not in codes_at(book, month(2018))
    assert "5030" not in codes_at(book, month(2020))


def test_a_frame_of_ssb_klass_python_is_read() -> None:
    """The frames of `get_changes`, and of a correspondence whose columns have other names."""
    lines = [line.split(";") for line in CHANGES.splitlines()]
    rows = pd.DataFrame(lines[1:], columns=lines[0])
    other = rows.rename(columns={"oldCode": "sourceCode", "newCode": "targetCode"})
    other = other.rename(columns={"changeOccurred": "validFrom"}).assign(validTo=None)
    other["validFrom"] = pd.to_datetime(other["validFrom"])
    for one in (rows, other):
        for year, groups in GROUPS.items():
            assert groups.items() <= codes_at(from_frame(one), month(year)).items()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_correspondence_between_two_days_is_read_as_it_is_exported(
    tmp_path: Path, encoding: str
) -> None:
    """Quoted texts that hold the separator; codes that stay; and the frame of the same rows."""
    head = ["sourceCode", "sourceName", "targetCode", "targetName"]
    lines = [
        ["0301", "Oslo", "0301", "Oslo"],
        ["1601", "Trondheim", "5001", "Trondheim; Tråante"],
        ["1662", "Klæbu", "5001", "Trondheim; Tråante"],
    ]
    path = tmp_path / "korrespondanse.csv"
    quoted = [";".join(f'"{one}"' for one in line) for line in (head, *lines)]
    path.write_bytes("\r\n".join(quoted).encode(encoding))
    wanted = {"0301": "0301", "1601": "5001", "1662": "5001", "5001": "5001"}
    assert codes_at(read_correspondence(path), month(2018)) == wanted
    rows = pd.DataFrame(lines, columns=head)
    empty = rows.assign(sourceShortName="", targetShortName="", validFrom=None, validTo=None)
    for one in (rows, empty):
        assert codes_at(from_frame(one), month(2018)) == wanted


def test_a_table_of_classifications_and_one_of_changes_are_told_apart() -> None:
    """A listing of every classification in the last one; or each change by itself."""
    listing = frame(
        code_from=["0001", "0002", "0004", "0003", "0003", "0004"],
        code_to=["0003", "0003", "0004", "0003", "0003", "0004"],
        valid_ym=[201001, 201001, 201001, 202001, 202101, 202101],
        weight=[1.0] * 6,
    )
    assert from_frame(listing).complete
    assert codes_at(from_frame(listing), month(2015)) == {
        "0001": "0003",
        "0002": "0003",
        "0004": "0004",
    }
    changes = frame(
        code_from=["0001", "0002", "0003"],
        code_to=["0002", "0003", "0005"],
        valid_ym=[201801, 202001, 202001],
        weight=[1.0] * 3,
    )
    book = from_frame(changes)
    assert not book.complete
    assert codes_at(book, month(2017))["0001"] == "0003"
    # The code 0003 was given up and given to another place on the same day.
    assert codes_at(book, month(2019))["0003"] == "0005"
    assert codes_at(book, month(2020)) == {"0003": "0003", "0005": "0005"}


def test_codes_may_be_swapped_and_used_again() -> None:
    """Two codes that change places, and a code given up that comes back as another place."""
    book = from_frame(
        frame(
            oldCode=["0001", "0002", "0003", "0004"],
            newCode=["0002", "0001", "0004", "0003"],
            changeOccurred=["2010-01-01", "2010-01-01", "2012-01-01", "2020-01-01"],
        )
    )
    before, after = codes_at(book, month(2009)), codes_at(book, month(2011))
    assert (before["0001"], before["0002"]) == ("0002", "0001")
    assert (after["0001"], after["0002"]) == ("0001", "0002")
    reused = from_frame(
        frame(
            oldCode=["0003", "0007"],
            newCode=["0004", "0003"],
            changeOccurred=["2012-01-01", "2020-01-01"],
        )
    )
    assert codes_at(reused, month(2011))["0003"] == "0004"
    assert "0003" not in codes_at(reused, month(2015))
    assert codes_at(reused, month(2021))["0003"] == "0003"
    assert codes_at(reused, month(2015))["0007"] == "0003"


def test_old_and_new_codes_need_no_dates_for_the_coarsest_grouping(tmp_path: Path) -> None:
    """But a code that is both old and new does, and so do the codes of a date."""
    path = tmp_path / "between.csv"
    path.write_text("sourceCode;sourceName;targetCode;targetName\n0001;A;0003;C\n0002;B;0003;C\n")
    book = read_correspondence(path)
    assert codes_at(book, month(2015)) == {"0001": "0003", "0002": "0003", "0003": "0003"}
    with pytest.raises(DataError, match="does not say when codes changed; add a column"):
        shares_between(book, month(2015), month(2020))
    path.write_text("sourceCode;targetCode\n0001;0002\n0002;0003\n")
    with pytest.raises(DataError, match="1 codes are both old and new, so it takes dates"):
        read_correspondence(path)


def test_a_divided_municipality_has_shares_where_they_are_given() -> None:
    """Counts are divided by weights, or in proportion to sizes; the total stays."""
    rows = frame(
        oldCode=["0001", "0001", "0002"],
        newCode=["0003", "0004", "0004"],
        changeOccurred=[dt.date(2020, 1, 1)] * 3,
    )
    before, after = month(2019), month(2020)
    counts = {"0001": 101, "0002": 50}
    unknown = shares_between(from_frame(rows), before, after)
    assert unknown["0001"] == {"0003": None, "0004": None} and unknown["0002"] == {"0004": 1.0}
    book = from_frame(rows.assign(weight=["0,3", "0,7", "1"]))
    moved = counts_moved(counts, shares_between(book, before, after))
    assert moved == pytest.approx({"0003": 30.3, "0004": 120.7})
    back = shares_between(book, after, before, sizes=counts)
    assert back["0004"] == pytest.approx({"0001": 70.7 / 120.7, "0002": 50 / 120.7})
    assert counts_moved({"0003": 30, "0004": 121}, back)["0002"] == pytest.approx(121 * 50 / 120.7)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty; export the correspondence again"),
        ("a;b\n1;2\n", "not a correspondence of municipalities: it needs the columns"),
        ("sourceCode;targetCode\n", "no rows; export the correspondence again"),
        ("sourceCode;targetCode\n301;0301\n", "1 codes are not four digits; read codes as text"),
        ("sourceCode;targetCode\n0301;0301;x\n", "1 rows do not have the 2 fields"),
        (
            "oldCode;newCode;changeOccurred\n0001;0002;yesterday\n0003;0004;2020-01-01\n",
            "1 rows have no date that can be read; write YYYY-MM-DD",
        ),
        (
            "oldCode;newCode;changeOccurred;weight\n"
            "0001;0002;2020-01-01;0.5\n0001;0003;2020-01-01;0.4\n",
            "1 codes have weights that do not sum to 1; give the share of each part",
        ),
        (
            "oldCode;newCode;changeOccurred;weight\n0001;0002;2020-01-01;half\n",
            "1 rows have no weight that can be read; write a number",
        ),
    ],
)
def test_a_faulty_file_is_refused_in_a_line(tmp_path: Path, text: str, says: str) -> None:
    """What is wrong and how often, never which code."""
    path = tmp_path / "klass.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_correspondence(path)
    (line,) = caught.value.faults
    assert line.startswith("klass.csv: ")
    assert says in line
    assert not any(code in line for code in ("0001", "0301", "301", "yesterday", "half"))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """Not there, another ending, no parquet inside."""
    (tmp_path / "x.parquet").write_bytes(b"nothing")
    for name, says in (
        ("none.csv", "cannot be read"),
        ("x.xlsx", "unknown ending; allowed: .csv, .parquet"),
        ("x.parquet", "not a parquet file; write it again"),
    ):
        with pytest.raises(DataError, match=says):
            read_correspondence(tmp_path / name)


CELLS = st.sampled_from(
    ["0001", "0002", "0003", "301", "", "x;y", '"', "\x00", "ø", "2020-01-01", "2018-13-01", "0,5",
     "1", "NA", "inf", "1e400"]
)  # fmt: skip
HEADS = st.permutations(["oldCode", "newCode", "changeOccurred", "weight", "code_from", "code_to"])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    head=HEADS,
    width=st.integers(1, 6),
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "utf-16"]),
)
def test_a_malformed_file_is_read_or_refused(
    tmp_path: Path, head: list[str], width: int, rows: list[list[str]], encoding: str
) -> None:
    """An error in lines that show no value, or codes that each mean one municipality."""
    path = tmp_path / "klass.csv"
    lines = [head[:width], *rows]
    path.write_bytes("\n".join(";".join(line) for line in lines).encode(encoding))
    try:
        book = read_correspondence(path)
    except DataError as error:
        assert not any("000" in line or "2018" in line for line in error.faults)
        return
    assert all(codes_at(book, month(year)) for year in (2010, 2025))
