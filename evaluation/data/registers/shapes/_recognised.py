"""Files told by the names of canonical tables and columns."""

from __future__ import annotations

from evaluation.data.registers.shapes._select import KEY, found, own_columns, person_column
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.tables.registry import TABLES

PERSON = "person_id"


def by_own_names(look: Look) -> Drafted | None:
    """Return the entry of a file whose last word is a table's name, with that table's columns."""
    table = look.name.rpartition("/")[2]
    if table not in TABLES:
        return None
    mapping: dict[str, object] = {}
    if person_column(table) is not None:
        keys = [name for name in look.columns if KEY.match(name)]
        if not keys and found(PERSON, look.columns) is None:
            return None
        if len(keys) > 1:
            mapping["key"] = keys[0]
    required = [name for name in own_columns(table) if TABLES[table].columns[name].required]
    there = [name for name in own_columns(table) if found(name, look.columns)]
    if not there:
        return None
    unsure = tuple(name for name in required if name not in there)
    return Drafted(table, look, mapping, unsure)
