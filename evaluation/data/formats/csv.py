"""Comma-separated text. Codes with leading zeros stay text; everything else is typed by content."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.errors import DataError
from evaluation.spec.panel import FilePanel


def columns(path: Path, panel: FilePanel) -> tuple[str, ...]:
    """Return the names in the first line."""
    try:
        with path.open(encoding=_encoding(panel), newline="") as file:
            header = next(csv.reader(file, delimiter=panel.separator), [])
    except (UnicodeDecodeError, LookupError):
        raise DataError(_encoding_line(path, panel)) from None
    if not header:
        raise DataError(f"{path.name}: is empty; a csv file begins with a line of column names")
    return tuple(header)


def read(path: Path, names: list[str], panel: FilePanel) -> pd.DataFrame:
    """Return the rows of a csv file.

    Raises
    ------
    DataError
        Where the text is in another encoding or a line has another number of fields.
    """
    try:
        text = pd.read_csv(
            path,
            usecols=names,
            dtype=str,
            sep=panel.separator,
            encoding=_encoding(panel),
            keep_default_na=False,
            na_values=list(panel.missing),
        )
    except (UnicodeDecodeError, LookupError):
        raise DataError(_encoding_line(path, panel)) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        raise DataError(
            f"{path.name}: lines differ in their number of fields; check panel.separator "
            f"(now {panel.separator!r}) and that the file is whole"
        ) from None
    keep_text = {panel.unit} if panel.unit else set()
    typed = {
        name: text[name] if name in keep_text else _typed(text[name], panel.decimal)
        for name in names
    }
    return pd.DataFrame(typed)


def _encoding(panel: FilePanel) -> str:
    """Read a byte-order mark, where there is one, as what it is."""
    return "utf-8-sig" if panel.encoding.lower() in ("utf-8", "utf8") else panel.encoding


def _encoding_line(path: Path, panel: FilePanel) -> str:
    return f"{path.name}: is not {panel.encoding} text; set panel.encoding, for example 'latin-1'"


def _typed(column: pd.Series, decimal: str) -> pd.Series:
    """Return numbers where every value is one and none is a code with a leading zero."""
    present = column.dropna()
    if present.str.match(r"^-?0\d").any():
        return column
    plain = present if decimal == "." else present.str.replace(decimal, ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce")
    if numbers.isna().any():
        return column
    whole = numbers.astype("float64")
    full = whole.reindex(column.index)
    if len(present) == len(column) and np.array_equal(whole, numbers.astype("int64")):
        return numbers.astype("int64")
    return full
