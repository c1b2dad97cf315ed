"""An extract for a research project: Norwegian names, prefixed keys, wide months or spells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.shapes import tables as _canonical_tables
from evaluation.data.registers.shapes._extract_draft import drafted
from evaluation.data.registers.shapes._select import (
    found,
    key_of,
    lacking,
    named,
    person_column,
    plain,
    stacked,
    table_of,
)
from evaluation.data.registers.shapes._wide import concepts_of, monthly, months_of
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.sql import quoted
from evaluation.data.registers.tables.registry import TABLES as _ALL
from evaluation.errors import DataError

TITLE = "extract for research: Norwegian names, keys lopenr_person, wide months or spells"
TABLES = tuple(_ALL)
FIELDS: tuple[str, ...] = ()

_IN_A_YEAR = 12


def canonical(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str:
    """Return the columns that the mapping names; see ``contract.Shape``.

    A name that is no column but the stem of one a month (``BIDRAG`` of ``BIDRAG_01``) makes the
    record a wide year, whose year the column ``ym`` names; ``INNTEKT`` of ``INNTEKT_WIES`` makes
    the rest of the name the concept; incomes of other concepts are left where they are.
    """
    table = table_of(entry)
    if person_column(table) is None:
        return _canonical_tables.canonical(entry, mapping, raw_columns)
    wide = _WIDE.get(table)
    made = wide(entry, mapping, raw_columns) if wide is not None else None
    return made if made is not None else plain(entry, mapping, raw_columns)


def faulty(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> Mapping[str, str]:
    """Return no condition: the contract of the table says all; see ``contract.Shape``."""
    return {}


def together(table: str, parts: Mapping[str, Sequence[str]]) -> str:
    """Return the rows of all entries; see ``contract.Shape``."""
    return stacked(parts)


def draft(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return the files whose variables are known; see ``contract.Shape``."""
    return drafted(looks)


def _wide_months(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str | None:
    stems = {
        column: monthly(name, raw_columns)
        for column, name in mapping.columns.items()
        if column in _BY_MONTH and found(name, raw_columns) is None
    }
    stems = {column: months for column, months in stems.items() if months}
    if not stems:
        return None
    faults = [
        f"tables.{entry}.columns.{column}: {len(months)} columns of the files are a month of "
        f"{mapping.columns[column]!r}; a wide year has twelve"
        for column, months in stems.items()
        if len(months) != _IN_A_YEAR
    ]
    if "ym" not in mapping.columns:
        faults.append(f"tables.{entry}.columns.ym: is missing; name the column of the year")
    if faults:
        raise DataError(*faults)
    rest = {column: name for column, name in mapping.columns.items() if column not in stems}
    fixed = named(entry, mapping.model_copy(update={"columns": rest}), raw_columns)
    year = fixed.pop("ym")
    columns = {
        column: {month: quoted(name) for month, name in months.items()}
        for column, months in stems.items()
    }
    return months_of(quoted(key_of(entry, mapping, raw_columns)), year, fixed, columns)


_BY_MONTH = ("grant_nok", "loan_nok", "paid")


def _wide_incomes(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str | None:
    stem = mapping.columns.get("nok", "")
    said = "concept" in mapping.columns or "concept" in mapping.constants
    if not stem or said or found(stem, raw_columns) is not None:
        return None
    pattern = re.compile(re.escape(stem) + r"_(\w+)", re.IGNORECASE)
    matches = (pattern.fullmatch(name) for name in raw_columns)
    every = {match[1].lower(): quoted(match[0]) for match in matches if match is not None}
    known = _ALL["income_year"].columns["concept"].codes
    concepts = {name: column for name, column in every.items() if name in known}
    if not concepts:
        raise DataError(lacking(entry, stem, "nok", raw_columns))
    rest = {column: name for column, name in mapping.columns.items() if column != "nok"}
    fixed = named(entry, mapping.model_copy(update={"columns": rest}), raw_columns)
    key = quoted(key_of(entry, mapping, raw_columns))
    return concepts_of(key, fixed, "concept", "nok", concepts)


_WIDE: Mapping[str, Callable[[str, TableMapping, Sequence[str]], str | None]] = MappingProxyType(
    {"sa_month": _wide_months, "income_year": _wide_incomes}
)
