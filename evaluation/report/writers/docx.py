"""A table as a Word document: a caption, a real table whose heading repeats, notes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from evaluation.report.language import Language
from evaluation.report.tabular import Block, Note, Table, TableCell, TableRow
from evaluation.report.writers._packed import without_dates

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable

# Wider tables lie on their side.
UPRIGHT_COLUMNS = 6
SMALL = 9
EIGHTHS = {"thick": "12", "thin": "6"}


def write(table: Table, words: Language) -> bytes:
    """Return a document; its numbers are text as printed."""
    from docx import Document as new_document

    document = new_document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = table.title[:255]
    document.core_properties.language = words.code
    _spoken(document, words.code)
    if len(table.columns) > UPRIGHT_COLUMNS:
        _on_its_side(document)
    caption = document.add_paragraph(style="Caption")
    caption.add_run(table.title)
    caption.paragraph_format.keep_with_next = True
    _table(document, table, words)
    for note in table.notes:
        _note(document, note)
    out = io.BytesIO()
    document.save(out)
    return without_dates(out.getvalue())


def _spoken(document: Document, code: str) -> None:
    """Say in which language the text is, for spelling and for reading aloud."""
    from docx.oxml.ns import qn

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), code)


def _on_its_side(document: Document) -> None:
    from docx.enum.section import WD_ORIENT

    section = document.sections[0]
    width, height = section.page_width, section.page_height
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = height, width


def _table(document: Document, table: Table, words: Language) -> None:
    heads = 2 if table.has_groups else 1
    titles = sum(bool(block.title) for block in table.blocks)
    count = len(table.columns)
    made = document.add_table(heads + titles + len(table.rows), count)
    made.autofit = True
    # Reading a table's rows one by one is slow in this library, its cells in one go is not.
    cells = made._cells
    lines = [cells[at * count : (at + 1) * count] for at in range(len(cells) // count)]
    if table.has_groups:
        _groups(lines[0], table)
        _edge(lines[0], "top", "thick")
    for cell, column, at in zip(lines[heads - 1], table.columns, range(count), strict=True):
        _say(cell, column.label, right=not (column.is_text or at < table.labels), bold=True)
    if heads == 1:
        _edge(lines[0], "top", "thick")
    _edge(lines[heads - 1], "bottom", "thin")
    for row in list(made._tbl.tr_lst)[:heads]:
        _repeat(row)
    line = heads
    for block in table.blocks:
        line = _block(lines, line, block, table, words)
    _edge(lines[-1], "bottom", "thick")
    _described(made, table)


def _block(lines: list[Any], line: int, block: Block, table: Table, words: Language) -> int:
    """Fill in the lines of a block and return the number of the next."""
    if block.title:
        _say(_over(lines[line]), block.title, italic=True)
        line += 1
    for at, row in enumerate(block.rows):
        if block.is_footer and at == 0:
            _edge(lines[line], "top", "thin")
        _row(lines[line], row, table, words)
        line += 1
    return line


def _row(line: Any, row: TableRow, table: Table, words: Language) -> None:
    for at, (cell, own) in enumerate(zip(line, row.cells, strict=True)):
        is_text = at < table.labels or table.columns[at].is_text
        _fill(cell, own, words, right=not is_text)


def _groups(line: Any, table: Table) -> None:
    at = 0
    for text, count in table.spans():
        if text:
            whole = _over(line[at : at + count])
            _say(whole, text, centre=True, bold=True)
            _edge([whole], "bottom", "thin")
        at += count


def _over(cells: Any) -> Any:
    """Return one cell in place of several."""
    return cells[0] if len(cells) == 1 else cells[0].merge(cells[-1])


def _say(
    cell: Any,
    text: str,
    *,
    right: bool = False,
    centre: bool = False,
    bold: bool = False,
    italic: bool = False,
) -> None:
    run = _paragraph(cell, right=right, centre=centre).add_run(text)
    run.bold, run.italic = bold or None, italic or None
    _small(run)


def _fill(cell: Any, own: TableCell, words: Language, *, right: bool) -> None:
    paragraph = _paragraph(cell, right=right)
    if own.parts:
        _small(paragraph.add_run(own.shown(words)))
    if own.mark:
        mark = paragraph.add_run(own.mark)
        mark.font.superscript = True
        _small(mark)


def _paragraph(cell: Any, *, right: bool, centre: bool = False) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _small(run: Any) -> None:
    from docx.shared import Pt

    run.font.size = Pt(SMALL)


def _note(document: Document, note: Note) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(2)
    if note.mark:
        mark = paragraph.add_run(f"{note.mark} ")
        mark.font.superscript = True
        _small(mark)
    _small(paragraph.add_run(note.text))


def _edge(cells: Any, side: str, weight: str) -> None:
    """Draw one edge of some cells, beside those that they have already."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:val"), "single")
        edge.set(qn("w:sz"), EIGHTHS[weight])
        edge.set(qn("w:color"), "1B1F24")
        if side == "top":
            borders.insert(0, edge)
        else:
            borders.append(edge)


def _repeat(row: Any) -> None:
    """Mark a line as heading: it repeats on every page, and is read out as such."""
    from docx.oxml import OxmlElement

    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _described(made: WordTable, table: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), table.title[:255])
    made._tbl.tblPr.append(caption)
