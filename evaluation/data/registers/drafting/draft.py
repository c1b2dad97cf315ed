"""Draft a mapping of a folder of register files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluation.data.registers.drafting.chosen import choose
from evaluation.data.registers.drafting.looks import look_through
from evaluation.data.registers.drafting.manifest import Declared, declared_of
from evaluation.data.registers.drafting.mapping_text import mapping_text
from evaluation.data.registers.shapes._select import own_columns, table_of


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft.

    Attributes
    ----------
    mapping
        Text of ``delivery.toml``.
    has
        Tables told, and ``table.column`` of each of their columns that is there or may be.
    unknown
        Number of files that no name told, or that could not be read.
    open
        Number of things that only the researcher can say.
    declared
        What the delivery says of itself.
    """

    mapping: str
    has: frozenset[str]
    unknown: int
    open: int
    declared: Declared


def draft_delivery(folder: Path, named: str) -> Draft:
    """Return the draft of a delivery.

    Parameters
    ----------
    folder
        Where the files lie.
    named
        How the mapping is to name that folder.

    Raises
    ------
    DataError
        Where there is no such folder, or nothing in it that could be read.
    """
    found = look_through(folder)
    declared = declared_of(folder)
    chosen = choose(found.seen, declared.shape)
    text = mapping_text(chosen, found, declared, named)
    tables = {table_of(one.entry) for one in chosen.drafted}
    absent = {f"{table_of(o.entry)}.{column}" for o in chosen.drafted for column in o.unsure}
    if chosen.shape == "kostra_11f":
        absent.add("person.birth_ym")
    columns = {f"{table}.{column}" for table in tables for column in own_columns(table)}
    asked = text.count("# say it:")
    unknown = len(chosen.unknown) + len(found.unread)
    return Draft(text, frozenset({*tables, *(columns - absent)}), unknown, asked, declared)
