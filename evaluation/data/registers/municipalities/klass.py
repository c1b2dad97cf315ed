"""Read correspondences of municipalities: Statistics Norway's files, its frames, our table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from itertools import groupby
from math import isclose, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.data.registers.municipalities.changes import of_changes, of_undated
from evaluation.data.registers.municipalities.correspondence import (
    Correspondence,
    Row,
    lists_classifications,
    of_listing,
)
from evaluation.data.registers.municipalities.dates import as_month
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# Names by what they hold, in lower case and without underscores: those of correspondences and of
# changes as KLASS exports them and as ssb-klass-python returns them, and those of our own table.
_OLD = ("sourcecode", "oldcode", "codefrom")
_NEW = ("targetcode", "newcode", "codeto")
_MONTH = ("changeoccurred", "validym", "validfrom")
_SHARE = ("weight",)
_OWN = "codefrom"
_NEAR = 1e-6
_DIGITS = 4


def read_correspondence(path: Path) -> Correspondence:
    """Return the correspondence of a csv or parquet file.

    A csv is parted by ``;`` or ``,`` and written in UTF-8, with or without a byte order mark, or
    in Latin-1.

    Raises
    ------
    DataError
        If the file is not there, is no correspondence of municipalities, or its weights do not
        sum to 1.
    """
    endings: Mapping[str, Callable[[Path], tuple[Sequence[str], Iterable[Sequence[Any]]]]] = {
        ".csv": _read_csv,
        ".parquet": _read_parquet,
    }
    read = endings.get(path.suffix.lower())
    if read is None:
        raise DataError(f"{path.name}: unknown ending; allowed: {', '.join(endings)}")
    try:
        names, rows = read(path)
    except OSError as error:
        raise DataError(
            f"{path.name}: cannot be read ({error.strerror or type(error).__name__}); check "
            "municipalities.correspondence"
        ) from None
    return _make(names, rows, path.name)


def from_frame(frame: pd.DataFrame) -> Correspondence:
    """Return the correspondence of a frame, as ssb-klass-python returns it.

    ``KlassCorrespondence(...).data`` and ``KlassClassification(131).get_changes(...)`` will do, and
    so does a table ``muni_crosswalk``.

    Raises
    ------
    DataError
        As ``read_correspondence``.
    """
    rows: list[list[Any]] = frame.astype(object).to_numpy().tolist()
    return _make(tuple(map(str, frame.columns)), rows, "correspondence")


def from_rows(rows: Iterable[Row], *, where: str, own: bool) -> Correspondence:
    """Return the correspondence of rows; ``own`` for those of a table ``muni_crosswalk``.

    Such a table may list classifications, each in the last one: a code in force from a month, and
    what it is in the last classification. Any other rows are changes.

    Raises
    ------
    DataError
        If codes are not four digits, some rows alone have dates, or weights do not sum to 1.
    """
    kept = sorted(set(rows), key=lambda row: (row.month or 0, row.old, row.new))
    faults = [*_faults(kept, where)]
    if faults:
        raise DataError(*faults)
    if kept[0].month is None:
        return of_undated(kept)
    return of_listing(kept) if own and lists_classifications(kept) else of_changes(kept)


def _make(names: Sequence[str], rows: Iterable[Sequence[Any]], where: str) -> Correspondence:
    plain = {name.lower().replace("_", "").strip(): at for at, name in enumerate(names)}
    old, new = _position(plain, _OLD), _position(plain, _NEW)
    if old is None or new is None:
        raise DataError(
            f"{where}: not a correspondence of municipalities: it needs the columns sourceCode and "
            "targetCode, or oldCode and newCode, or code_from and code_to; export it from "
            "classification 131"
        )
    month, share = _position(plain, _MONTH), _position(plain, _SHARE)
    rows = list(rows)
    if month is not None and not any(_text(row[month]) for row in rows):
        month = None  # the column is there and empty: a correspondence between two days
    found, undated, unweighted = [], 0, 0
    for row in rows:
        one, other = _text(row[old]), _text(row[new])
        if not one or not other:
            continue  # a code that began or ended without another
        at = as_month(row[month]) if month is not None else None
        part = _number(row[share]) if share is not None else None
        undated += month is not None and at is None
        unweighted += share is not None and part is None
        found.append(Row(one, other, at, part))
    faults = [
        *_counted(undated, where, "have no date that can be read; write YYYY-MM-DD"),
        *_counted(unweighted, where, "have no weight that can be read; write a number"),
    ]
    if faults:
        raise DataError(*faults)
    return from_rows(found, where=where, own=_OWN in plain)


def _faults(rows: Sequence[Row], where: str) -> Iterable[str]:
    if not rows:
        yield f"{where}: no rows; export the correspondence again"
        return
    odd = sum(
        not (len(code) == _DIGITS and code.isascii() and code.isdigit())
        for row in rows
        for code in (row.old, row.new)
    )
    yield from _counted(
        odd,
        where,
        "are not four digits; read codes as text, so that leading zeros stay",
        what="codes",
    )
    undated = sum(row.month is None for row in rows)
    if undated < len(rows):
        yield from _counted(undated, where, "have no date and others do; date them all")
    wrong = 0
    for _, same in groupby(rows, key=lambda row: (row.month, row.old)):
        shares = [row.share for row in same]
        known = [share for share in shares if share is not None]
        whole = isclose(sum(known), 1.0, abs_tol=_NEAR) and min(known) >= 0 if known else True
        wrong += not whole or len(known) not in (0, len(shares))
    yield from _counted(
        wrong, where, "have weights that do not sum to 1; give the share of each part", what="codes"
    )


def _counted(count: int, where: str, says: str, what: str = "rows") -> Iterable[str]:
    if count:
        yield f"{where}: {count} {what} {says}"


def _position(names: Mapping[str, int], wanted: Sequence[str]) -> int | None:
    return next((names[name] for name in wanted if name in names), None)


def _text(value: Any) -> str:
    """Return a code; "" where there is none. A number keeps too few digits, and is refused."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    text = str(value).strip().strip("'")
    return "" if text in ("NA", "nan", "<NA>", "None") else text


def _number(value: Any) -> float | None:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return None if isnan(number) else number


def _read_csv(path: Path) -> tuple[Sequence[str], list[list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    first = text.partition("\n")[0]
    parted = ";" if first.count(";") >= first.count(",") else ","
    try:
        lines = [line for line in csv.reader(StringIO(text, newline=""), delimiter=parted) if line]
    except csv.Error:
        raise DataError(f"{path.name}: not a csv; export the correspondence again") from None
    if not lines:
        raise DataError(f"{path.name}: the file is empty; export the correspondence again")
    names, rows = lines[0], lines[1:]
    ragged = sum(len(row) != len(names) for row in rows)
    if ragged:
        raise DataError(
            f"{path.name}: {ragged} rows do not have the {len(names)} fields of the first line; "
            "export the correspondence again"
        )
    return names, rows


def _read_parquet(path: Path) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid:
        raise DataError(f"{path.name}: not a parquet file; write it again") from None
    return table.column_names, list(zip(*(one.to_pylist() for one in table.columns), strict=True))
