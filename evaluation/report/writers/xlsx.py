"""A table as a worksheet: real numbers, shown as they are printed everywhere else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluation.report.language import Language
from evaluation.report.tabular import Number, Table, TableCell
from evaluation.report.writers._packed import without_dates

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TEXT = "@"
# Longest name of a sheet, widest column and longest text of a cell.
LONGEST_NAME = 31
WIDEST = 60
LONGEST_TEXT = 32_767


def write(table: Table, words: Language) -> bytes:
    """Return a workbook of one sheet; a cell of two numbers, such as an interval, is two cells.

    Cells hold numbers as in the result files, never rounded; their format shows them rounded,
    with the brackets and signs around them.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError("a new workbook has a sheet")
    sheet.title = table.id[:LONGEST_NAME]
    book.properties.creator = ""
    book.properties.title = table.title[:255]
    _fill(sheet, table, words)
    out = io.BytesIO()
    book.save(out)
    return without_dates(out.getvalue())


def _fill(sheet: Worksheet, table: Table, words: Language) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    thin, thick = Side(style="thin"), Side(style="medium")
    widths = table.widths()
    starts = [1 + sum(widths[:at]) for at in range(len(widths))]
    total = sum(widths)
    _say(sheet.cell(1, 1), table.title).font = Font(bold=True)
    line = 2
    if table.has_groups:
        _groups(sheet, table, starts, widths, line)
        line += 1
    for column, at, width in zip(table.columns, starts, widths, strict=True):
        head = _say(sheet.cell(line, at), column.label)
        is_text = column.is_text or at <= table.labels
        head.alignment = Alignment(horizontal="left" if is_text else "right")
        if width > 1:
            sheet.merge_cells(
                start_row=line, end_row=line, start_column=at, end_column=at + width - 1
            )
    _rule(sheet, line, total, Border(top=thick, bottom=thin))
    sheet.freeze_panes = sheet.cell(line + 1, 1 + table.labels)
    for block in table.blocks:
        if block.title:
            line += 1
            _say(sheet.cell(line, 1), block.title).font = Font(italic=True)
        first = line + 1
        for row in block.rows:
            line += 1
            for cell, at in zip(row.cells, starts, strict=True):
                _put(sheet, line, at, cell, words)
        if block.is_footer and line >= first:
            _rule(sheet, first, total, Border(top=thin))
    _rule(sheet, line + 1, total, Border(top=thick))
    for note in table.notes:
        line += 1
        _say(sheet.cell(line, 1), f"{note.mark} {note.text}" if note.mark else note.text)
    _widths(sheet, table, starts, widths, words)


def _groups(
    sheet: Worksheet, table: Table, starts: list[int], widths: tuple[int, ...], line: int
) -> None:
    from openpyxl.styles import Alignment

    at = 0
    for text, count in table.spans():
        if text:
            cell = _say(sheet.cell(line, starts[at]), text)
            cell.alignment = Alignment(horizontal="center")
            last = starts[at + count - 1] + widths[at + count - 1] - 1
            if last > starts[at]:
                sheet.merge_cells(
                    start_row=line, end_row=line, start_column=starts[at], end_column=last
                )
        at += count


def _say(cell: Cell, text: str) -> Cell:
    """Write a text that is never taken for a formula."""
    cell.value = text[:LONGEST_TEXT]
    cell.data_type = "s"
    cell.number_format = TEXT
    return cell


def _put(sheet: Worksheet, line: int, at: int, cell: TableCell, words: Language) -> None:
    from openpyxl.styles import Alignment

    if not cell.numbers:
        if cell.parts:
            text = cell.shown(words)
            target = _say(sheet.cell(line, at), f"{text} {cell.mark}" if cell.mark else text)
            if text == words.text("numbers.none"):
                target.alignment = Alignment(horizontal="right")
        return
    for place, (before, number, after) in enumerate(_pieces(cell)):
        target = sheet.cell(line, at + place)
        target.value = number.value
        target.number_format = number_format(number.shown(words), before, after, words)


def _pieces(cell: TableCell) -> Iterator[tuple[str, Number, str]]:
    """Yield every number with the text around it; text between two belongs to neither."""
    parts = cell.parts
    places = [at for at, part in enumerate(parts) if isinstance(part, Number)]
    for order, at in enumerate(places):
        number = parts[at]
        before = parts[at - 1] if at and (order == 0 or places[order - 1] < at - 2) else ""
        last = order == len(places) - 1
        after = "".join(str(part) for part in parts[at + 1 :]) if last else ""
        after = f"{after} {cell.mark}" if last and cell.mark else after
        if isinstance(number, Number):
            yield str(before), number, after


def number_format(shown: str, before: str, after: str, words: Language) -> str:
    """Return the format by which a spreadsheet shows a number as it is printed.

    Parameters
    ----------
    shown
        The number as printed: its decimals and thousands are taken from it.
    before, after
        Text around it.
    words
        Says what its marks are; a spreadsheet writes the decimal mark of its own language.
    """
    minus, point = words.text("numbers.minus"), words.text("numbers.decimal")
    bare = shown.removeprefix(minus)
    whole, _, decimals = bare.partition(point)
    groups = whole.split(words.text("numbers.thousands"))
    if not all(group.isdigit() for group in groups) or not (decimals or "0").isdigit():
        # Not written as a plain number, such as < 0.001: the text itself.
        return _quoted(f"{before}{shown}{after}")
    form = _quoted(words.text("numbers.thousands")).join(
        "0" * len(group) if at else "0" for at, group in enumerate(groups)
    )
    form += f".{'0' * len(decimals)}" if decimals else ""
    positive = f"{_quoted(before)}{form}{_quoted(after)}"
    sign = _quoted(minus) if shown.startswith(minus) else ""
    negative = f"{_quoted(before)}{sign}{form}{_quoted(after)}"
    return f"{positive};{negative}"


def _quoted(text: str) -> str:
    inside = text.replace('"', "'")
    return f'"{inside}"' if inside else ""


def _rule(sheet: Worksheet, line: int, total: int, border: object) -> None:
    for at in range(1, total + 1):
        sheet.cell(line, at).border = border


def _widths(
    sheet: Worksheet, table: Table, starts: list[int], widths: tuple[int, ...], words: Language
) -> None:
    from openpyxl.utils import get_column_letter

    for at, (start, width) in enumerate(zip(starts, widths, strict=True)):
        shown = [len(row.cells[at].shown(words)) for row in table.rows]
        needed = max([len(table.columns[at].label), *shown, 4]) + 2
        for place in range(width):
            letter = get_column_letter(start + place)
            sheet.column_dimensions[letter].width = min(needed / width + 2, WIDEST)
