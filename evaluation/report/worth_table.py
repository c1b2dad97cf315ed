"""What effects are worth, as a table: each item at its amount, then their sum with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.report.record import Record
from evaluation.report.tabular import (
    Block,
    Column,
    Note,
    Number,
    Part,
    Source,
    Table,
    TableCell,
    TableRow,
    printable,
)
from evaluation.report.words import outcome_label, status_words
from evaluation.results import WorthRow

COLUMNS = ("item", "model", "effect", "amount", "value", "std_error", "interval")
NUMBERED = tuple[int, WorthRow]
THOUSANDS, TENS = 1000, 10
PLUS_MINUS = " ± "


def worth_table(record: Record) -> Table | None:
    """Return one block for every sum of the spec, with the source of every amount as a note.

    ``None`` where the spec asks for none.
    """
    if not record.worth:
        return None
    by_name: dict[str, list[NUMBERED]] = {}
    for number, row in enumerate(record.worth, start=1):
        by_name.setdefault(row.worth, []).append((number, row))
    words = record.words
    columns = tuple(
        Column(words.text(f"worth_table.{name}"), is_text=name in ("item", "model"))
        for name in COLUMNS
    )
    blocks = tuple(_block(record, name, rows) for name, rows in by_name.items())
    notes = tuple(Note(text) for rows in by_name.values() for text in _notes(record, rows))
    title = words.text("worth_table.title")
    return printable(Table("worth", title, columns, blocks, tuple(dict.fromkeys(notes))))


def _block(record: Record, name: str, rows: Sequence[NUMBERED]) -> Block:
    asked = next((one for one in record.spec.worth if one.id == name), None)
    first = rows[0][1]
    label = (asked.label if asked is not None else None) or name
    months = "" if first.months is None else record.words.plural("worth_table.months", first.months)
    title = record.words.text("worth_table.block", label=label, unit=first.unit, months=months)
    ends = [abs(end) for _, row in rows for end in (row.value, row.conf_low, row.conf_high) if end]
    digits = _decimals(record, max(ends, default=0.0))
    return Block(tuple(_row(record, number, row, digits) for number, row in rows), title)


def _decimals(record: Record, largest: float) -> int:
    """Return how many decimals a sum of money needs: none of thousands of kroner."""
    most = record.spec.rounding.estimate
    if largest >= THOUSANDS:
        return 0
    return min(2, most) if largest >= TENS else most


def _row(record: Record, number: int, row: WorthRow, digits: int) -> TableRow:
    words = record.words

    def one(column: str, value: float | None, decimals: int) -> tuple[Number, ...]:
        if value is None or value != value:
            return ()
        return (Number(value, "estimate", decimals, Source("worth", number, column)),)

    def plain(column: str, value: float | None) -> tuple[Number, ...]:
        if value is None:
            return ()
        return (Number(value, "plain", 6, Source("worth", number, column)),)

    to = words.text("worth_table.to")
    low, high = one("conf_low", row.conf_low, digits), one("conf_high", row.conf_high, digits)
    lowest, highest = plain("amount_low", row.amount_low), plain("amount_high", row.amount_high)
    error = plain("amount_std_error", row.amount_std_error)
    amount: tuple[Part, ...] = plain("amount", row.amount)
    if lowest and highest:
        amount = (*lowest, to, *highest)
    elif amount and error:
        amount = (*amount, PLUS_MINUS, *error)
    state = () if row.value is not None else (f"{status_words(row.status, words)}: {row.reason}",)
    return TableRow(
        (
            TableCell((_label(record, row),)),
            TableCell((row.model_id,) if row.model_id else ()),
            TableCell(one("effect", row.effect, record.spec.rounding.estimate)),
            TableCell(amount),
            TableCell(one("value", row.value, digits) or state),
            TableCell(one("std_error", row.std_error, digits)),
            TableCell((*low, to, *high) if low and high else ()),
        )
    )


def _label(record: Record, row: WorthRow) -> str:
    words = record.words
    if not row.outcome:
        return words.text("worth_table.sum")
    label = outcome_label(record.spec, row.outcome)
    if row.horizon is None:
        return label
    ahead = words.text("table.place.horizon", months=row.horizon)
    return f"{label}, {ahead}"


def _notes(record: Record, rows: Sequence[NUMBERED]) -> Iterator[str]:
    words = record.words
    for _, row in rows:
        if row.outcome and row.source:
            label = outcome_label(record.spec, row.outcome)
            yield words.text("worth_table.source", outcome=label, source=row.source)
        if not row.outcome and row.dependence:
            key = f"worth_table.dependence.{row.dependence.replace(' ', '_')}"
            said = words.text(key) if key in words else row.dependence
            yield words.text("worth_table.depends", dependence=said)
