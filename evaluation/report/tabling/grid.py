"""A table from its layout: estimates with what stands below each, panels, and footers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evaluation.report.tabling.answers import Answers, Entry
from evaluation.report.tabling.footer import footer_rows
from evaluation.report.tabling.labels import Drawn, Labels, heading, labels_of
from evaluation.report.tabling.layout import Layout, Panel
from evaluation.report.tabling.marks import Marks
from evaluation.report.tabling.notes import notes_of
from evaluation.report.tabling.pivot import Pivot, RowId, pivot
from evaluation.report.tabling.statistics import answer, answer_below, stars
from evaluation.report.tabular import Block, Note, Table, TableCell, TableRow, printable
from evaluation.spec.table_axes import Key


def table_from(answers: Answers, layout: Layout) -> Table:
    """Return the table of a layout."""
    drawn = [(panel, pivot(answers, layout, panel)) for panel in layout.panels]
    labels = labels_of(answers, layout, drawn)
    entries = [entry for _, found in drawn for entry in found.cells.values()]
    marks = Marks(answers.record, entries)
    blocks = []
    for panel, found in drawn:
        blocks.append(Block(tuple(_rows(layout, panel, found, labels, marks)), panel.title))
        blocks.append(_footer([(panel, found)], panel.footer, labels, layout))
    blocks.append(_footer(drawn, layout.footer, labels, layout))
    columns = (
        *labels.columns,
        *(heading(answers, layout, at, key) for at, key in enumerate(layout.columns)),
    )
    notes = (*layout.notes, *notes_of(answers, layout, entries))
    table = Table(
        layout.id,
        layout.title,
        columns,
        tuple(block for block in blocks if block.rows or block.title),
        (*(Note(text) for text in notes), *marks.notes),
        len(labels.axes),
    )
    return printable(_spared(table) if layout.spare else table)


def _rows(
    layout: Layout, panel: Panel, found: Pivot, labels: Labels, marks: Marks
) -> Iterator[TableRow]:
    answers = labels.answers
    for row in found.rows:
        texts = labels.of(panel, found, row)
        entries = [(found.at(row, key), key) for key in panel.columns]
        cells = (_cell(answers, layout, entry, key, marks) for entry, key in entries)
        yield TableRow((*(_text(text) for text in texts), *cells))
        for statistic in layout.below:
            under = [_below(answers, entry, statistic) for entry, _ in entries]
            if any(cell.parts for cell in under):
                said = answers.words.text(f"table.statistic.{statistic}")
                name = ", ".join((*(text for text in texts if text), said))
                yield TableRow((*(TableCell() for _ in texts), *under), name)


def _cell(
    answers: Answers, layout: Layout, entry: Entry | None, key: Key, marks: Marks
) -> TableCell:
    if entry is None:
        return TableCell()
    statistic = key.name if key.axis == "statistic" else "estimate"
    parts = answer(answers, entry, statistic)
    if statistic != "estimate":
        return TableCell(parts)
    if not parts:
        parts = (answers.words.text("numbers.none"),)
    elif layout.stars:
        parts = (*parts, stars(entry)) if stars(entry) else parts
    return TableCell(parts, marks.of(entry))


def _below(answers: Answers, entry: Entry | None, statistic: str) -> TableCell:
    return TableCell() if entry is None else TableCell(answer_below(answers, entry, statistic))


def _footer(drawn: Drawn, statistics: tuple[str, ...], labels: Labels, layout: Layout) -> Block:
    panels = {id(found): panel for panel, found in drawn}

    def named(found: Pivot, row: RowId) -> str:
        return ", ".join(text for text in labels.of(panels[id(found)], found, row) if text)

    pairs = [(found, panel.columns) for panel, found in drawn]
    lines = footer_rows(labels.answers, pairs, statistics, named, len(layout.columns))
    spare = tuple(TableCell() for _ in labels.axes[1:])
    return Block(
        tuple(TableRow((_text(label), *spare, *cells)) for label, cells in lines), is_footer=True
    )


def _text(text: str) -> TableCell:
    return TableCell((text,) if text else ())


def _spared(table: Table) -> Table:
    """Leave out columns that hold nothing, such as an unknown truth."""
    kept = [
        at
        for at in range(len(table.columns))
        if at < table.labels or any(row.cells[at].parts for row in table.rows)
    ]
    blocks = tuple(
        replace(
            block,
            rows=tuple(
                replace(row, cells=tuple(row.cells[at] for at in kept)) for row in block.rows
            ),
        )
        for block in table.blocks
    )
    return replace(table, columns=tuple(table.columns[at] for at in kept), blocks=blocks)
