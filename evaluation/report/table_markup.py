"""A table as HTML: headings with their scope, a caption, numbers with their sources."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from evaluation.report.language import Language
from evaluation.report.tabular import Block, Column, Table, TableCell, TableRow


def markup(table: Table, words: Language) -> str:
    """Return a table as markup for a page: one ``div`` with the table and its notes.

    A number's cell has its value as the result file holds it (``data-value``) and the place of
    that (``data-source``).
    """
    name = f"table-{escape(table.id)}"
    lines = [
        f'<div class="table" id="{name}">',
        f'<div class="wide" role="region" aria-labelledby="{name}-caption" tabindex="0">',
        f'<table><caption id="{name}-caption">{escape(table.title)}</caption>',
        "<thead>",
        *_head(table),
        "</thead>",
        *(line for block in table.blocks for line in _block(table, block, words)),
        "</table></div>",
        *_notes(table),
        "</div>",
    ]
    return "\n".join(lines) + "\n"


def _head(table: Table) -> Iterator[str]:
    if table.has_groups:
        over = (
            f'<th scope="colgroup" colspan="{count}" class="group">{escape(text)}</th>'
            if text
            else f'<td colspan="{count}"></td>'
            for text, count in table.spans()
        )
        yield f"<tr>{''.join(over)}</tr>"
    heads = (_heading(column, at < table.labels) for at, column in enumerate(table.columns))
    yield f"<tr>{''.join(heads)}</tr>"


def _heading(column: Column, is_label: bool) -> str:
    if not column.label:
        return "<td></td>"
    text = ' class="text"' if is_label or column.is_text else ""
    return f'<th scope="col"{text}>{escape(column.label)}</th>'


def _block(table: Table, block: Block, words: Language) -> Iterator[str]:
    yield '<tbody class="footer">' if block.is_footer else "<tbody>"
    if block.title:
        yield (
            f'<tr class="panel"><th scope="rowgroup" colspan="{len(table.columns)}" class="text">'
            f"{escape(block.title)}</th></tr>"
        )
    for row in block.rows:
        yield _row(table, row, words)
    yield "</tbody>"


def _row(table: Table, row: TableRow, words: Language) -> str:
    cells = (
        _label(cell, words) if at < table.labels else _cell(cell, table.columns[at], words)
        for at, cell in enumerate(row.cells)
    )
    opening = '<tr class="below">' if row.is_below else "<tr>"
    return f"{opening}{''.join(cells)}</tr>"


def _label(cell: TableCell, words: Language) -> str:
    if not cell.parts:
        return '<td class="text"></td>'
    return f'<th scope="row" class="text">{_inside(cell, words)}</th>'


def _cell(cell: TableCell, column: Column, words: Language) -> str:
    numbers = cell.numbers
    marks = ' class="text"' if column.is_text else ""
    if numbers:
        values = " ".join(repr(one.value) for one in numbers)
        sources = "; ".join(str(one.source) for one in numbers if one.source is not None)
        marks += f' data-value="{values}"'
        marks += f' data-source="{escape(sources)}"' if sources else ""
    return f"<td{marks}>{_inside(cell, words)}</td>"


def _inside(cell: TableCell, words: Language) -> str:
    mark = f"<sup>{escape(cell.mark)}</sup>" if cell.mark else ""
    return f"{escape(cell.shown(words))}{mark}"


def _notes(table: Table) -> Iterator[str]:
    for note in table.notes:
        mark = f"<sup>{escape(note.mark)}</sup> " if note.mark else ""
        yield f'<p class="note">{mark}{escape(note.text)}</p>'
