"""The canonical tables as they are, under their own names or those that the mapping gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.shapes._recognised import by_own_names
from evaluation.data.registers.shapes._select import own_columns, plain, stacked, table_of
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.tables.registry import TABLES as _ALL

TITLE = "canonical tables, one a file or folder"
TABLES = tuple(_ALL)
FIELDS: tuple[str, ...] = ()

KEYS = ("person_id",)


def canonical(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str:
    """Return the columns under their own names; see ``contract.Shape``."""
    own = {name: name for name in own_columns(table_of(entry))}
    return plain(entry, mapping, raw_columns, own, KEYS)


def faulty(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> Mapping[str, str]:
    """Return no condition: the contract of the table says all; see ``contract.Shape``."""
    return {}


def together(table: str, parts: Mapping[str, Sequence[str]]) -> str:
    """Return the rows of all entries; see ``contract.Shape``."""
    return stacked(parts)


def draft(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return the files named as a table that hold its columns; see ``contract.Shape``."""
    return tuple(one for one in map(by_own_names, looks) if one is not None)
