"""Rows as CSV text and back: shortest round-trip floats, empty for none, one line end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast, get_args, get_type_hints

from evaluation.results import AnyRow, cells_of, columns_of, text_of

R = TypeVar("R", bound=AnyRow)
WORDS = {"true": True, "false": False}


def csv_text(row_type: type[AnyRow], rows: Iterable[AnyRow]) -> str:
    """Return rows of one type as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns_of(row_type))
    for row in rows:
        writer.writerow([text_of(value) for value in cells_of(row).values()])
    return out.getvalue()


def csv_rows(row_type: type[R], text: str) -> tuple[R, ...]:
    """Return the rows that a CSV text holds.

    Raises
    ------
    ValueError
        Where its columns are not those of the type, or a value cannot be one of its column.
    """
    reader = csv.reader(io.StringIO(text))
    columns = columns_of(cast(type[AnyRow], row_type))
    if tuple(next(reader, ())) != columns:
        raise ValueError(f"has other columns than {', '.join(columns)}")
    hints = get_type_hints(row_type)
    readers = [_reader(hints[name]) for name in columns]
    return tuple(
        row_type(*(read(value) for read, value in zip(readers, line, strict=True)))
        for line in reader
    )


def _reader(hint: Any) -> Callable[[str], Any]:
    """Return how a column of one type is read."""
    kinds = set(get_args(hint))
    if hint is bool:
        return lambda text: text == "true"
    if float in kinds and str in kinds:
        return _any
    if {float, int} <= kinds:
        return _number
    for kind in (float, int):
        if kind in kinds or hint is kind:
            return lambda text, kind=kind: kind(text) if text else None  # type: ignore[misc]
    return str


def _number(text: str) -> float | int | None:
    """Return a value of a column that holds whole numbers and others."""
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        return float(text)


def _any(text: str) -> float | int | str | bool | None:
    """Return a value of a column that holds numbers, words and yes or no."""
    if text in WORDS:
        return WORDS[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None
