"""However a csv is spoilt: a line that says so, or the right table; never a traceback."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.staging import stage
from evaluation.errors import DataError

ROWS = [("k1", 2015 * 12 + n, 2015 * 12 + n + 1, str(n % 3)) for n in range(0, 24, 3)]
HEAD = "person_id;from_ym;to_ym;kind\n"


def _line(key: str, start: int, end: int, kind: str) -> str:
    first, last = (f"{month // 12}{month % 12 + 1:02d}" for month in (start, end))
    return f"{key};{first};{last};{kind}\n"


WHOLE = (HEAD + "".join(_line(*row) for row in ROWS)).encode()
_PIECES = st.sampled_from(
    [b";", b"\n", b"\r", b'"', b"\0", b"\xe6", b"\xc3\xa6", b"\xef\xbb\xbf", b",", b" ", b"9", b"x"]
)
_SPOILING = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "put", "double"]),
        st.integers(0, len(WHOLE)),
        st.integers(1, 40),
        _PIECES,
    ),
    min_size=1,
    max_size=3,
)


def _spoilt(content: bytes, how: str, at: int, length: int, piece: bytes) -> bytes:
    changed = {
        "cut": content[:at],
        "drop": content[:at] + content[at + length :],
        "put": content[:at] + piece + content[at:],
        "double": content[:at] + content[at : at + length] + content[at:],
    }
    return changed[how]


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(spoiling=_SPOILING)
def test_spoilt_text_is_refused_or_read_as_it_stands(
    spoiling: list[tuple[str, int, int, bytes]],
) -> None:
    content = WHOLE
    for how, at, length, piece in spoiling:
        content = _spoilt(content, how, at, length, piece)
    mapping = {"file": "x", "open_end": "error", "overlap": "error"}
    delivery = Delivery.model_validate(
        {
            "schema_version": 1,
            "shape": "tables",
            "first": dt.date(2010, 1, 1),
            "last": dt.date(2018, 12, 1),
            "tables": {"sa_spell": mapping},
        }
    )
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "spells.csv"
        path.write_bytes(content)
        try:
            staged = stage(delivery, {"sa_spell": (path,)}, Path(name) / "cache")
        except DataError as error:
            assert error.faults
            for line in error.faults:
                assert "\n" not in line
                assert line.startswith("tables")
            return
        with duckdb.connect() as connection:
            got = connection.execute(
                f"SELECT k.key, t.* EXCLUDE (person) FROM '{staged.folder}/sa_spell.parquet' AS t "
                f"JOIN '{staged.folder}/person_key.parquet' AS k USING (person) ORDER BY ALL"
            ).fetchall()
        assert got == sorted(_told(content), key=lambda row: (*row[:3], row[3] is None, row[3]))


def _told(content: bytes) -> list[tuple[str, int, int, str | None]]:
    """Read by hand what is left where no line is refused: the rows that name a person."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    rows = []
    names, *lines = text.split("\n")
    where = [name.strip().strip('"').casefold() for name in names.split(";")]
    last = 2018 * 12 + 11
    for line in lines:
        if not line:
            continue
        fields = [field.strip(" \t") for field in line.split(";")]
        fields = [field[1:-1].strip() if field[:1] == '"' else field for field in fields]
        held = dict(zip(where, fields, strict=True))
        missing = {key: None if one in ("", ".", "NA") else one for key, one in held.items()}
        start, end = (
            int(held[name][:4]) * 12 + int(held[name][-2:]) - 1 for name in ("from_ym", "to_ym")
        )
        if missing["person_id"] and start <= last:
            rows.append((held["person_id"], start, min(end, last), missing.get("kind")))
    return rows
