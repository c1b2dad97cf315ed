"""Lay out, before a panel is built, what each municipality code means in which month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from evaluation.data.registers.contract import Staged, Touched
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.municipalities.correspondence import Correspondence, Row
from evaluation.data.registers.municipalities.dates import month_of
from evaluation.data.registers.municipalities.klass import from_rows, read_correspondence
from evaluation.data.registers.municipalities.spans import FOREVER, Span, code_spans
from evaluation.data.registers.sql import literal
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ANY = "any"
"""Source of the spans themselves; those of a table may all be of one date."""

_BEGUN = "coalesce(year(valid_from) * 12 + month(valid_from) - 1, {first})"
# The month whose codes a row of each table has.
_DATED: Mapping[str, str] = MappingProxyType(
    {
        "residence": _BEGUN,
        "office": _BEGUN,
        "adoption": "coalesce(base_year * 12, {first})",
    }
)
_FIELDS = ("source", "code", "first", "last", "municipality")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What codes mean, and what was found of those delivered.

    Attributes
    ----------
    codes
        The view ``muni_codes``: ``source`` (the table whose codes these are, or ``any``),
        ``code``, ``first`` and ``last`` month of its meaning, and ``municipality``, harmonised;
        ``NULL`` where the code was divided by the date wanted.
    touched
        Codes unknown at their date, which are faults, and rows whose municipality was divided.
    """

    codes: pa.Table
    touched: tuple[Touched, ...]


def prepare_municipalities(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    delivery: Delivery,
    correspondence: Path | None = None,
) -> Prepared:
    """Return the meaning of every municipality code that a delivery holds.

    Parameters
    ----------
    connection
        Reads the staged tables.
    staged
        Canonical tables.
    delivery
        Says what codes are brought to, and tables whose codes are all of one date.
    correspondence
        A file of classification 131, where no table ``muni_crosswalk`` is delivered.

    Raises
    ------
    DataError
        If both or neither say how codes correspond, or what says it is faulty.
    """
    book = _correspondence(connection, staged, correspondence)
    wanted = delivery.municipalities
    spans = code_spans(book, "coarsest" if wanted.to == "coarsest" else month_of(wanted.to))
    tables = [name for name in _DATED if name in staged.tables]
    first = month_of(delivery.first)
    rows = [(ANY, span) for span in spans]
    for name in tables:
        date = wanted.codes_of.get(name)  # type: ignore[call-overload]
        own = spans if date is None else _of_date(spans, month_of(date))
        rows += [(name, span) for span in own]
        if not book.complete:
            listed = {span.code for span in spans}
            seen = _codes(connection, staged, name) - listed
            rows += [(name, Span(code, 0, FOREVER, code)) for code in sorted(seen)]
    unlisted = {span.code for source, span in rows if source != ANY} - {s.code for s in spans}
    rows += [(ANY, Span(code, 0, FOREVER, code)) for code in sorted(unlisted)]
    codes = _table(rows)
    connection.register("muni_codes", codes)
    try:
        asked = min([first, *_frozen_at(delivery)])
        touched = [
            one for name in tables for one in _checked(connection, staged, name, first, asked)
        ]
        if "adoption" in tables:
            touched += _disagreeing(connection, staged, first)
    finally:
        connection.unregister("muni_codes")
    return Prepared(codes, tuple(touched))


def _correspondence(
    connection: duckdb.DuckDBPyConnection, staged: Staged, path: Path | None
) -> Correspondence:
    delivered = "muni_crosswalk" in staged.tables
    if path is not None and delivered:
        raise DataError(
            "municipalities.correspondence: a table muni_crosswalk is delivered as well; take one "
            "of the two out of the mapping"
        )
    if path is not None:
        return read_correspondence(path)
    if not delivered:
        raise DataError(
            "municipalities.correspondence: missing, and no table muni_crosswalk is delivered; "
            "name a file of classification 131"
        )
    found = connection.execute(
        f"SELECT code_from, code_to, valid_ym, weight FROM {_read(staged, 'muni_crosswalk')}"
    ).fetchall()
    return from_rows((Row(*row) for row in found), where="muni_crosswalk", own=True)


def _frozen_at(delivery: Delivery) -> list[int]:
    """Return the months at which columns freeze residence, and any others that they name."""
    named = (value for options in delivery.columns.values() for value in options.values())
    return [month_of(value) for value in named if isinstance(value, dt.date)]


def _of_date(spans: tuple[Span, ...], month: int) -> list[Span]:
    """Return the codes in force in a month, as if they had always been."""
    return [
        Span(one.code, 0, FOREVER, one.municipality)
        for one in spans
        if one.first <= month <= one.last
    ]


def _codes(connection: duckdb.DuckDBPyConnection, staged: Staged, name: str) -> set[str]:
    found = connection.execute(
        f"SELECT DISTINCT municipality FROM {_read(staged, name)} WHERE municipality IS NOT NULL"
    ).fetchall()
    return {code for (code,) in found}


def _checked(
    connection: duckdb.DuckDBPyConnection, staged: Staged, name: str, first: int, asked: int
) -> Iterator[Touched]:
    """Count rows whose code is not in force at their date, or was divided."""
    own = name == "residence"
    number = "count(DISTINCT person) FILTER ({})" if own else "NULL"
    # A stay that ended before all months asked of is nowhere in the panel.
    stop = f"coalesce(year(valid_to) * 12 + month(valid_to) - 1, {FOREVER})"
    reach = f"AND {stop} >= {asked}" if own else ""
    unknown, divided = "m.code IS NULL", "m.code IS NOT NULL AND m.municipality IS NULL"
    counts = connection.execute(
        f"""
        SELECT {number.format(unknown)}, count(*) FILTER ({unknown}),
            {number.format(divided)}, count(*) FILTER ({divided})
        FROM (
            SELECT *, {_DATED[name].format(first=first)} AS dated
            FROM {_read(staged, name)} WHERE municipality IS NOT NULL {reach}
        ) t
        LEFT JOIN muni_codes m ON m.source = {literal(name)} AND m.code = t.municipality
            AND t.dated BETWEEN m.first AND m.last
        """
    ).fetchone()
    persons, rows, parted, places = counts or (None, 0, None, 0)
    if rows:
        yield Touched(
            name,
            "unknown_code",
            "municipality code not in force at the row's date: mend the correspondence, or say in "
            f"municipalities.codes_of.{name} of which date the codes are",
            persons,
            rows,
            fault=True,
        )
    if places:
        yield Touched(
            name,
            "divided",
            "no harmonised municipality: divided by the date wanted",
            parted,
            places,
        )


def _disagreeing(
    connection: duckdb.DuckDBPyConnection, staged: Staged, first: int
) -> Iterator[Touched]:
    """Count answers of harmonised municipalities whose parts gave different intervals."""
    (rows,) = connection.execute(
        f"""
        SELECT coalesce(sum(answers), 0)::BIGINT FROM (
            SELECT count(*) FILTER (from_ym IS NOT NULL OR to_ym IS NOT NULL) AS answers
            FROM {_read(staged, "adoption")} t
            JOIN muni_codes m ON m.source = 'adoption' AND m.code = t.municipality
                AND {_DATED["adoption"].format(first=first)} BETWEEN m.first AND m.last
            GROUP BY m.municipality
            HAVING count(DISTINCT from_ym) > 1 OR count(DISTINCT to_ym) > 1
        )
        """
    ).fetchone() or (0,)
    if rows:
        yield Touched(
            "adoption",
            "conflict",
            "differ within one harmonised municipality: read as columns.adopted.conflict says",
            None,
            int(rows),
        )


def _read(staged: Staged, name: str) -> str:
    return f"read_parquet({literal(str(Path(staged.folder) / f'{name}.parquet'))})"


def _table(rows: list[tuple[str, Span]]) -> pa.Table:
    import pyarrow as pa

    types = (pa.string(), pa.string(), pa.int32(), pa.int32(), pa.string())
    columns = zip(
        *((source, s.code, s.first, s.last, s.municipality) for source, s in rows), strict=True
    )
    return pa.table(
        {
            name: pa.array(values, kind)
            for name, values, kind in zip(_FIELDS, columns, types, strict=True)
        }
    )
