"""A table as a data frame: numbers as in their sources, labels as printed."""

from __future__ import annotations

from itertools import count

import pandas as pd

from evaluation.report.language import Language
from evaluation.report.tabular import Table, TableCell


def frame_of(table: Table, words: Language) -> pd.DataFrame:
    """Return a table as a frame; columns of two numbers, such as intervals, become two.

    Lines below an estimate say in their first label what they hold.
    """
    widths = table.widths()
    names: dict[str, None] = {}
    for column, width in zip(table.columns, widths, strict=True):
        for at in range(width):
            label = column.label if at == 0 else f"{column.label} ({at + 1})"
            names[_unused(label, names)] = None
    rows = []
    for row in table.rows:
        values = [
            value
            for cell, width in zip(row.cells, widths, strict=True)
            for value in _values(cell, width, words)
        ]
        if row.is_below:
            values[0] = row.name
        rows.append(values)
    return pd.DataFrame(rows, columns=pd.Index(list(names)), dtype=object)


def _values(cell: TableCell, width: int, words: Language) -> list[object]:
    found: list[object] = [number.value for number in cell.numbers]
    if not found and cell.parts:
        found = [cell.shown(words)]
    return [*found, *[None] * (width - len(found))]


def _unused(label: str, taken: dict[str, None]) -> str:
    if label not in taken:
        return label
    return next(one for at in count(2) if (one := f"{label} ({at})") not in taken)
