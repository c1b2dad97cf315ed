"""A table as it is printed: labels and numbers by row and column, each number with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from evaluation.report.language import Language

NumberKind = Literal["estimate", "p_value", "count", "plain"]
File = Literal["estimates", "details", "checks", "worth"]
# What nobody can print: control characters would break documents and spreadsheets.
UNPRINTABLE = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233), " ")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a printed number stands.

    Attributes
    ----------
    file
        Result file without its ending.
    row
        Data row, counted from 1; the header is none.
    column
        Its column.
    """

    file: File
    row: int
    column: str

    def __str__(self) -> str:
        """Return ``estimates.csv row 1 estimate``."""
        return f"{self.file}.csv row {self.row} {self.column}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the way in which it is printed.

    Attributes
    ----------
    value
        As in its source, never rounded.
    kind
        ``plain`` numbers are printed with ``digits`` digits, the others with ``digits`` decimals;
        counts have none.
    source
        ``None`` for what no result file holds.
    """

    value: float | int
    kind: NumberKind = "estimate"
    digits: int = 4
    source: Source | None = None

    def shown(self, words: Language) -> str:
        """Return the number as a language writes it."""
        return SHOWN[self.kind](words, self)


SHOWN: Mapping[NumberKind, Callable[[Language, Number], str]] = {
    "estimate": lambda words, one: words.number(one.value, one.digits),
    "p_value": lambda words, one: words.p_value(one.value, one.digits),
    "count": lambda words, one: words.count(int(one.value)),
    "plain": lambda words, one: words.plain(one.value, one.digits),
}

Part = str | Number


@dataclass(frozen=True, slots=True)
class TableCell:
    """What stands in one place: text and numbers in their order, as in ``("[", low, ", ", high)``.

    Attributes
    ----------
    parts
        Empty where nothing is to be said.
    mark
        Letter of the note that explains it.
    """

    parts: tuple[Part, ...] = ()
    mark: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Number))

    def shown(self, words: Language) -> str:
        """Return the cell as a language writes it, without its mark."""
        return "".join(part if isinstance(part, str) else part.shown(words) for part in self.parts)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line.

    Attributes
    ----------
    cells
        One a column, labels first.
    name
        What the line holds where its labels are empty: ``Employed, standard error``.
    """

    cells: tuple[TableCell, ...]
    name: str = ""

    @property
    def is_below(self) -> bool:
        """Whether the line belongs to the one above it, as a standard error does."""
        return bool(self.name)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its number and the heading that it shares with its neighbours."""

    label: str
    group: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one title; a footer is parted by a rule and has none."""

    rows: tuple[TableRow, ...]
    title: str = ""
    is_footer: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A line below the table, with the mark that it explains."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    id, title
        Its name in the spec, and its caption.
    columns
        Headings; the first ``labels`` of them stand over labels of rows.
    blocks
        Panels and footers, in their order.
    notes
        Below the table.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    labels: int = 1

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """Every line of every block."""
        return tuple(row for block in self.blocks for row in block.rows)

    @property
    def has_groups(self) -> bool:
        """Whether columns share headings."""
        return any(column.group for column in self.columns)

    def spans(self) -> tuple[tuple[str, int], ...]:
        """Return shared headings with how many columns each is over, in their order."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if found and found[-1][0] == column.group and column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return tuple(found)

    def widths(self) -> tuple[int, ...]:
        """Return by column how many numbers its fullest cell holds, at least one."""
        return tuple(
            max((len(row.cells[at].numbers) for row in self.rows), default=1) or 1
            for at in range(len(self.columns))
        )


def printable(table: Table) -> Table:
    """Return a table whose every text can be printed: control characters become spaces."""
    return replace(
        table,
        title=_clean(table.title),
        columns=tuple(
            replace(one, label=_clean(one.label), group=_clean(one.group)) for one in table.columns
        ),
        blocks=tuple(
            replace(
                block, title=_clean(block.title), rows=tuple(_clean_row(row) for row in block.rows)
            )
            for block in table.blocks
        ),
        notes=tuple(replace(note, text=_clean(note.text)) for note in table.notes),
    )


def _clean_row(row: TableRow) -> TableRow:
    return TableRow(
        tuple(
            replace(cell, parts=tuple(_clean(p) if isinstance(p, str) else p for p in cell.parts))
            for cell in row.cells
        ),
        _clean(row.name),
    )


def _clean(text: str) -> str:
    return text.translate(UNPRINTABLE)
