"""Records with a column a month or a concept, laid out as one row each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evaluation.data.registers.shapes._select import PERSON_KEY
from evaluation.data.registers.sql import literal, quoted

# Short names of months, as KOSTRA and others write them.
MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: month
        for month, names in enumerate(
            (
                ("JAN",),
                ("FEB",),
                ("MARS", "MAR"),
                ("APRIL", "APR"),
                ("MAI",),
                ("JUNI", "JUN"),
                ("JULI", "JUL"),
                ("AUG",),
                ("SEPT", "SEP"),
                ("OKT",),
                ("NOV",),
                ("DES",),
            ),
            start=1,
        )
        for name in names
    }
)

_SUFFIX = rf"_?(?:(?P<number>0?[1-9]|1[0-2])|(?P<word>{'|'.join(MONTHS)}))"


def monthly(stem: str, raw_columns: Sequence[str]) -> dict[int, str]:
    """Return the columns of a stem by month, such as ``BIDRAG_01`` and ``STMND_1``, in any case."""
    pattern = re.compile(re.escape(stem) + _SUFFIX, re.IGNORECASE)
    columns: dict[int, str] = {}
    for name in raw_columns:
        match = pattern.fullmatch(name)
        if match is not None:
            number = match["number"]
            month = int(number) if number else MONTHS[match["word"].upper()]
            columns.setdefault(month, name)
    return dict(sorted(columns.items()))


def stems(raw_columns: Sequence[str]) -> tuple[str, ...]:
    """Return the stems that have a column for each month, in the order of the file."""
    pattern = re.compile(rf"(?P<stem>.+?){_SUFFIX}", re.IGNORECASE)
    matches = (pattern.fullmatch(name) for name in raw_columns)
    candidates = dict.fromkeys(match["stem"] for match in matches if match is not None)
    return tuple(stem for stem in candidates if len(monthly(stem, raw_columns)) == len(_YEAR))


_YEAR = range(1, 13)


def months_of(
    key: str,
    year: str,
    fixed: Mapping[str, str],
    columns: Mapping[str, Mapping[int, str]],
    source: str = "raw",
) -> str:
    """Return the SELECT of one row a record and month in which any of ``columns`` has a value.

    Parameters
    ----------
    key, year
        Expressions of the person's key and of the year.
    fixed
        Expressions of canonical columns that hold for the whole record.
    columns
        Expressions by month, for each canonical column.
    source
        Relation of the records.
    """
    rows = ", ".join(
        "{"
        + ", ".join(
            [f"month: '{month:02d}'"]
            + [f"{quoted(name)}: {by_month[month]}" for name, by_month in columns.items()]
        )
        + "}"
        for month in _YEAR
    )
    record = "".join(f", {expression} AS {quoted(name)}" for name, expression in fixed.items())
    inner = (
        f"SELECT {key} AS {PERSON_KEY}, trim({year}) AS the_year{record}, "
        f"unnest([{rows}]) AS one FROM {source}"
    )
    kept = "".join(f", {quoted(name)}" for name in fixed)
    values = "".join(f", one.{quoted(name)} AS {quoted(name)}" for name in columns)
    recorded = " OR ".join(f"one.{quoted(name)} IS NOT NULL" for name in columns)
    return (
        f"SELECT {PERSON_KEY}, the_year || one.month AS ym{kept}{values} FROM ({inner}) "
        f"WHERE {recorded}"
    )


def concepts_of(
    key: str, fixed: Mapping[str, str], name: str, value: str, columns: Mapping[str, str]
) -> str:
    """Return the SELECT of one row a record and concept that has a value.

    Parameters
    ----------
    key
        Expression of the person's key.
    fixed
        Expressions of canonical columns that hold for the whole record.
    name, value
        Canonical columns of the concept and of its value.
    columns
        Expression by concept.
    """
    rows = ", ".join(
        f"{{concept: {literal(concept)}, held: {expression}}}"
        for concept, expression in columns.items()
    )
    record = "".join(f", {expression} AS {quoted(one)}" for one, expression in fixed.items())
    inner = f"SELECT {key} AS {PERSON_KEY}{record}, unnest([{rows}]) AS one FROM raw"
    kept = "".join(f", {quoted(one)}" for one in fixed)
    return (
        f"SELECT {PERSON_KEY}{kept}, one.concept AS {quoted(name)}, one.held AS {quoted(value)} "
        f"FROM ({inner}) WHERE one.held IS NOT NULL"
    )
