"""A table as CSV: printed decimals, but points, plain minus signs and no brackets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from evaluation.report.language import DEFAULT, Language, language_of
from evaluation.report.tabular import Number, Table, TableCell, TableRow

# What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t")
PLAIN = str.maketrans({"\N{MINUS SIGN}": "-", "\N{NARROW NO-BREAK SPACE}": None})


def write(table: Table, words: Language) -> str:
    """Return one line for every row; a cell of two numbers, such as an interval, is two columns.

    Numbers are rounded as everywhere else and written so that every program reads them, whatever
    the language. Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    widths = table.widths()
    heads = [_text(column.label) for column in table.columns]
    # Panels stand in a column of their own.
    panels = any(block.title for block in table.blocks)
    names = [
        name if at == 0 else f"{name} ({at + 1})"
        for name, width in zip(heads, widths, strict=True)
        for at in range(width)
    ]
    writer.writerow(["", *names] if panels else names)
    for block in table.blocks:
        for row in block.rows:
            values = list(_values(row, widths, words))
            writer.writerow([_text(block.title), *values] if panels else values)
    return out.getvalue()


def _values(row: TableRow, widths: tuple[int, ...], words: Language) -> Iterator[str]:
    for at, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
        found = [_text(row.name)] if at == 0 and row.is_below else _cell(cell, words)
        yield from (*found, *[""] * (width - len(found)))


def _cell(cell: TableCell, words: Language) -> list[str]:
    numbers = [_number(one) for one in cell.numbers]
    if numbers:
        return numbers
    return [_text(cell.shown(words))] if cell.parts else [""]


def _number(number: Number) -> str:
    return number.shown(language_of(DEFAULT)).translate(PLAIN)


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
