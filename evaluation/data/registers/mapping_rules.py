"""What the text of a mapping alone shows to be off."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from evaluation.data.registers.contract import Kind, Table
from evaluation.data.registers.coverage import coverage_faults
from evaluation.data.registers.mapping import Delivery, OpenEnd, Reading, TableMapping
from evaluation.data.registers.shapes._select import own_columns, table_of
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.tables.registry import TABLES
from evaluation.spec.faults import nearest


def broken_rules(delivery: Delivery) -> Iterator[str]:
    """Yield a line for every rule that a mapping breaks."""
    yield from _months(delivery)
    yield from _reading("reading", delivery.reading)
    for entry, mapping in delivery.tables.items():
        yield from _entry(entry, mapping, mapping.shape or delivery.shape, delivery.open_end)
    yield from _alone(delivery)
    yield from coverage_faults(delivery)
    yield from _panel_columns(delivery)


def _months(delivery: Delivery) -> Iterator[str]:
    if delivery.first > delivery.last:
        yield "last: lies before first; give the panel's last month"
    low, high = delivery.ages
    if not 0 <= low <= high:
        yield "ages: first and last completed year, such as [16, 67]"


def _reading(where: str, reading: Reading) -> Iterator[str]:
    if len(reading.separator) != 1 or reading.separator in '\r\n"':
        yield f"{where}.separator: one character that is no quote and no line break"
    if reading.thousands == reading.decimal:
        yield f"{where}.thousands: is the decimal mark too; one of the two is wrong"
    try:
        codecs.lookup(reading.encoding)
    except (LookupError, ValueError):
        yield (
            f'{where}.encoding: unknown encoding {reading.encoding!r}; such as "utf-8" or "latin-1"'
        )


def _entry(
    entry: str, mapping: TableMapping, layout: str, open_end: OpenEnd | None
) -> Iterator[str]:
    where, name = f"tables.{entry}", table_of(entry)
    table = TABLES.get(name)
    if table is None:
        yield f"{where}: no table {name!r}{nearest(name, TABLES)} (there are: {', '.join(TABLES)})"
        return
    if name not in shape(layout).TABLES:
        yield (
            f"{where}: files of the shape {layout} hold no {name}; they hold "
            f"{', '.join(shape(layout).TABLES)}; say the shape of these with shape = "
        )
        return
    if mapping.reading is not None:
        yield from _reading(f"{where}.reading", mapping.reading)
    yield from _columns(where, name, table, mapping, layout)
    yield from _rules(where, table, mapping, open_end)


def _columns(
    where: str, name: str, table: Table, mapping: TableMapping, layout: str
) -> Iterator[str]:
    own = own_columns(name)
    fields = chain(("constants", one) for one in mapping.constants)
    if layout != "kostra_11f" or not _has_persons(table):
        # The form's own fields stand under columns, and are checked where they are read.
        fields = chain((("columns", one) for one in mapping.columns), fields)
    for key, column in chain(fields, (("codes", one) for one in mapping.codes)):
        if column == "person_id":
            yield f"{where}.{key}.person_id: the person's column is named with key = "
        elif column not in own:
            yield (
                f"{where}.{key}.{column}: {name} has no such column{nearest(column, own)} "
                f"(it has: {', '.join(own)})"
            )
    for column in sorted(mapping.columns.keys() & mapping.constants.keys()):
        yield f"{where}.constants.{column}: is named under columns too; say one of the two"
    for column, codes in mapping.codes.items():
        yield from _codes(f"{where}.codes.{column}", table, column, codes.values())
    for column, code in mapping.constants.items():
        yield from _codes(f"{where}.constants.{column}", table, column, (code,))
    if not _has_persons(table) and mapping.key is not None:
        yield f"{where}.key: {name} is of places, not of persons; leave key out"


def _codes(where: str, table: Table, column: str, codes: Iterable[str]) -> Iterator[str]:
    declared = table.columns.get(column)
    if declared is None or not declared.codes or declared.kind is Kind.CODES:
        return
    for code in dict.fromkeys(codes):
        if code not in declared.codes:
            yield (
                f"{where}: no code {code!r}{nearest(code, declared.codes)} "
                f"(there are: {', '.join(declared.codes)})"
            )


def _rules(
    where: str, table: Table, mapping: TableMapping, open_end: OpenEnd | None
) -> Iterator[str]:
    if table.spell is None:
        for key in ("open_end", "overlap"):
            if getattr(mapping, key) is not None:
                yield f"{where}.{key}: {table.name} holds no spells; leave it out"
    elif mapping.open_end is None and open_end is None:
        yield (
            f"{where}.open_end: must be said: what a missing end means here, ongoing (it goes on), "
            "drop (it ended, nobody knows when) or error (there is none); open_end before the "
            "tables says it of all that do not say it themselves"
        )
    if mapping.several is not None and table.name != "sa_month":
        yield f"{where}.several: is of sa_month alone; leave it out"


def _alone(delivery: Delivery) -> Iterator[str]:
    """Yield entries that stand beside parts of the same table."""
    for entry in delivery.tables:
        parts = [one for one in delivery.tables if one.startswith(f"{entry}.")]
        if parts and "." not in entry:
            yield (
                f"tables.{entry}: stands beside {parts[0]}; give it a word too, as in "
                f"[tables.{entry}.first]"
            )


def _panel_columns(delivery: Delivery) -> Iterator[str]:
    known = _known_columns()
    for name in delivery.columns:
        if name not in known:
            yield (
                f"columns.{name}: no column of the panel has options under this name"
                f"{nearest(name, known)} (there are: {', '.join(known)})"
            )


def _known_columns() -> tuple[str, ...]:
    from evaluation.data.registers.columns.registry import module_names

    return module_names()


def _has_persons(table: Table) -> bool:
    return any(one.kind is Kind.PERSON for one in table.columns.values())
