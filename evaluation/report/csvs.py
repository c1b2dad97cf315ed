"""Rows as CSV text: shortest round-trip floats, empty for none, one line end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from evaluation.results import AnyRow, cells_of, columns_of, text_of


def csv_text(row_type: type[AnyRow], rows: Iterable[AnyRow]) -> str:
    """Return rows of one type as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns_of(row_type))
    for row in rows:
        writer.writerow([text_of(value) for value in cells_of(row).values()])
    return out.getvalue()
