"""One file a variable: identifier, value, start, stop, attributes, with or without a first line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.shapes import tables as _canonical_tables
from evaluation.data.registers.shapes._event_draft import drafted
from evaluation.data.registers.shapes._events import ATTRIBUTES, DATED, JOINED, VALUES
from evaluation.data.registers.shapes._joined import joined
from evaluation.data.registers.shapes._select import (
    PERSON_KEY,
    found,
    lacking,
    own_columns,
    person_column,
    select,
    stacked,
    table_of,
    word_of,
)
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.sql import literal, quoted
from evaluation.data.registers.tables.registry import TABLES as _ALL
from evaluation.errors import DataError

TITLE = "one file a variable: id;value;start;stop;attributes"
TABLES = tuple(name for name in _ALL if name in DATED or person_column(name) is None)
FIELDS = ("id", "value", "start", "stop", "attributes")

_JOB = "job_id"
_PERSON_OF_JOB = "person"  # the word of the variable whose value is the person of a job


def canonical(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str:
    """Return one variable under the name of the column that it is; see ``contract.Shape``.

    That is the entry's word (``person.birth_ym``), or what the mapping says with
    ``columns = { birth_ym = "value" }``.
    """
    table = table_of(entry)
    if person_column(table) is None:
        return _canonical_tables.canonical(entry, mapping, raw_columns)
    fields = _fields(entry, mapping, raw_columns)
    id_ = _field(mapping.key or "id", raw_columns, entry, "id")
    if table == "job_month" and word_of(entry) == _PERSON_OF_JOB:
        value = _field("value", raw_columns, entry, PERSON_KEY)
        return f"SELECT DISTINCT {id_} AS {quoted(_JOB)}, {value} AS {PERSON_KEY} FROM raw"
    key = _JOB if table == "job_month" else PERSON_KEY
    constants = {column: literal(text) for column, text in mapping.constants.items()}
    return select({key: id_, **fields, **constants})


def faulty(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> Mapping[str, str]:
    """Return no condition: the contract of the table says all; see ``contract.Shape``."""
    return {}


def together(table: str, parts: Mapping[str, Sequence[str]]) -> str:
    """Join the variables of a table on unit and period, or stack them; see ``contract.Shape``."""
    keys = JOINED.get(table)
    if keys is None or len(parts) == 1:
        return stacked(parts)
    if table != "job_month":
        return joined(parts, (PERSON_KEY, *keys), own_columns(table))
    values = {word: columns for word, columns in parts.items() if PERSON_KEY not in columns}
    persons = [word for word, columns in parts.items() if PERSON_KEY in columns]
    if len(persons) != 1 or not values:
        raise DataError(
            f"tables.{table}: {len(persons)} entries say whose job it is; one is needed, as in "
            f'[tables.{table}.{_PERSON_OF_JOB}] file = "ARBEIDSFORHOLD_PERSON.csv", beside those '
            "of the job's months"
        )
    months = joined(values, keys, own_columns(table))
    return (
        f"SELECT p.{PERSON_KEY}, m.* FROM ({months}) AS m "
        f"LEFT JOIN {quoted(persons[0])} AS p ON m.{quoted(_JOB)} = p.{quoted(_JOB)}"
    )


def draft(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return the files named after a known variable; see ``contract.Shape``."""
    return drafted(looks, FIELDS)


def _fields(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> dict[str, str]:
    """Return the expression of each canonical column that the five fields hold."""
    table, word = table_of(entry), word_of(entry)
    names = dict(zip(DATED[table], ("start", "stop"), strict=False))
    value = word if word in own_columns(table) else VALUES.get(table)
    said = "value" in {name.lower() for name in mapping.columns.values()}
    if value is not None and not said:
        names[value] = "value"
    if ATTRIBUTES.get(table) is not None and found("attributes", raw_columns) is not None:
        names[ATTRIBUTES[table]] = "attributes"
    names |= mapping.columns
    owner = table == "job_month" and word == _PERSON_OF_JOB
    if "value" not in {name.lower() for name in names.values()} and not owner:
        raise DataError(
            f"tables.{entry}: says not which column the variable is; name the entry after it "
            f"(one of {', '.join(own_columns(table))}), or give columns = "
            '{ that column = "value" }'
        )
    return {
        column: _field(name, raw_columns, entry, column)
        for column, name in names.items()
        if column not in mapping.constants
    }


def _field(name: str, raw_columns: Sequence[str], entry: str, column: str) -> str:
    raw = found(name, raw_columns)
    if raw is None:
        raise DataError(lacking(entry, name, column, raw_columns))
    return quoted(raw)
