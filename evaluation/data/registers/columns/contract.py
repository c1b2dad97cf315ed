"""What a file of this folder says of the panel columns that it gives.

The statement of a column is worked out for some tens of thousands of persons at a time. It reads

``<table>``
    Every canonical table of :data:`ColumnModule.TABLES` that the delivery has, as staged, cut to
    those persons; columns of the kind month count 12 × year + month - 1. Reference tables are
    whole.
``base``
    The rows of the panel: ``person``, ``month``, ``age_months`` and ``birth`` (a month; ``NULL``
    where unknown), ``municipality`` and ``district`` (codes of the day, where the delivery has
    residence). A person has at most one row a month.
``bounds``
    One row: ``first`` and ``last``, the months that the delivery covers, or the tables of the
    column where these cover fewer; ``begins``, the delivery's first.
``given_<column>``
    Rows of the statement of another panel column, named in :data:`ColumnModule.NEEDS`; months that
    it says nothing of are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from evaluation.spec.options import Table


class Grain(StrEnum):
    """What one row of a statement is of."""

    MONTH = "month"  # person, month, value; at most one row a person and month
    PERSON = "person"  # person, value; at most one row a person


class Otherwise(StrEnum):
    """What a row of the panel holds of which the statement says nothing."""

    ZERO = "zero"  # only where the register lists all to whom something happened
    MISSING = "missing"


class Type(StrEnum):
    """SQL type of a panel column, as the direct ``person_month`` has it."""

    FLAG = "TINYINT"
    SMALL = "SMALLINT"
    WHOLE = "INTEGER"
    LONG = "BIGINT"
    REAL = "FLOAT"
    DOUBLE = "DOUBLE"
    TEXT = "VARCHAR"


class NoOptions(Table):
    """Columns that nothing can be said about."""


class ColumnModule(Protocol):
    """A module of this folder.

    Attributes
    ----------
    NAMES
        Panel columns that it gives, with what each holds in one line, units and missing included.
    TABLES
        By panel column the sets of canonical tables that suffice, the preferred first.
    TYPES
        Type of each panel column.
    OTHERWISE
        What months hold of which the statement says nothing.
    VALID
        First and last month in which the source can be trusted, 12 × year + month - 1, ``None``
        for open: outside them the column is missing, never 0.
    GRAIN
        What a row of the statement is of.
    NEEDS
        Other panel columns that the statement reads as ``given_<column>``.
    Options
        Keys of ``[columns.<file>]`` in the mapping. Where one must be given, the columns exist
        only in panels whose mapping gives it.

    A file may also have ``remarks(name, options, has) -> tuple[str, ...]``: lines that a reader
    must know of a column, for the panel's report.
    """

    NAMES: Mapping[str, str]
    TABLES: Mapping[str, tuple[tuple[str, ...], ...]]
    TYPES: Mapping[str, Type]
    OTHERWISE: Mapping[str, Otherwise]
    VALID: Mapping[str, tuple[int | None, int | None]]
    GRAIN: Grain
    NEEDS: tuple[str, ...]
    Options: type[Table]

    def query(self, name: str, options: Any, has: frozenset[str]) -> str:
        """Return the SELECT of a panel column.

        Parameters
        ----------
        name
            One of ``NAMES``.
        options
            An instance of ``Options``.
        has
            Canonical tables that the delivery has.
        """
        ...
