"""Comma-separated text. Codes with leading zeros stay text; everything else is typed by content."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd

from evaluation.errors import DataError
from evaluation.spec.panel import FilePanel


def columns(path: Path, panel: FilePanel) -> tuple[str, ...]:
    """Return the names in the first line."""
    try:
        with path.open(encoding=_encoding(panel), newline="") as file:
            header = next(csv.reader(file, delimiter=panel.separator), [])
    except (UnicodeError, LookupError):
        raise DataError(_encoding_line(path, panel)) from None
    if not header:
        raise DataError(f"{path.name}: is empty; a csv file begins with a line of column names")
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    if twice:
        raise DataError(f"{path.name}: column {twice[0]!r} stands twice; rename one of the two")
    return tuple(header)


def read(path: Path, names: list[str], panel: FilePanel) -> pd.DataFrame:
    """Return the rows of a csv file.

    Raises
    ------
    DataError
        Where the text is in another encoding or a line has another number of fields.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    try:
        # Arrow's reader refuses a line that lacks fields; that of pandas would fill it up.
        table = arrow.read_csv(
            path,
            read_options=arrow.ReadOptions(encoding=_encoding(panel)),
            parse_options=arrow.ParseOptions(delimiter=panel.separator, newlines_in_values=True),
            convert_options=arrow.ConvertOptions(
                include_columns=names,
                column_types=dict.fromkeys(names, pa.string()),
                null_values=list(panel.missing),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, UnicodeError):
        if not _decodes(path, panel):
            raise DataError(_encoding_line(path, panel)) from None
        raise DataError(
            f"{path.name}: lines differ in their number of fields; check panel.separator "
            f"(now {panel.separator!r}) and that the file is whole"
        ) from None
    text: pd.DataFrame = table.to_pandas()
    keep_text = {panel.unit} if panel.unit else set()
    typed = {
        name: text[name] if name in keep_text else _typed(text[name], panel.decimal)
        for name in names
    }
    return pd.DataFrame(typed)


def _encoding(panel: FilePanel) -> str:
    """Read a byte-order mark, where there is one, as what it is."""
    return "utf-8-sig" if panel.encoding.lower() in ("utf-8", "utf8") else panel.encoding


def _decodes(path: Path, panel: FilePanel) -> bool:
    """Whether the whole file is text in the encoding that the spec names."""
    try:
        with path.open(encoding=_encoding(panel)) as file:
            for _ in file:
                pass
    except UnicodeError:
        return False
    return True


def _encoding_line(path: Path, panel: FilePanel) -> str:
    return f"{path.name}: is not {panel.encoding} text; set panel.encoding, for example 'latin-1'"


def _typed(column: pd.Series, decimal: str) -> pd.Series:
    """Return numbers where every value is one and none is a code with a leading zero."""
    present = column.dropna()
    if present.str.match(r"^-?0\d").any():
        return column
    if decimal != "." and present.str.contains(".", regex=False).any():
        # A point beside a decimal comma groups thousands, or is no number at all.
        return column
    numbers = pd.to_numeric(present.str.replace(decimal, ".", regex=False), errors="coerce")
    if numbers.isna().any():
        return column
    if len(present) == len(column) and pd.api.types.is_integer_dtype(numbers):
        return numbers
    return numbers.astype("float64").reindex(column.index)
