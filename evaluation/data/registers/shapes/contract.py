"""What a shape offers: SQL that makes canonical tables of the files, and a draft of the mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from evaluation.data.registers.mapping import TableMapping


@dataclass(frozen=True, slots=True)
class Look:
    """What a file, or a folder of parts that belong together, shows without a value being read.

    Attributes
    ----------
    file
        Path, paths or pattern from the delivery's folder, as a mapping names them.
    name
        The path without its ending and pattern, in lower case, to be recognised by.
    columns
        Names in the header, all parts together; empty where a text has no line of names.
    headed
        Whether the first line holds names.
    width
        Characters of every line of a text without separators; 0 for others.
    """

    file: str | tuple[str, ...]
    name: str
    columns: tuple[str, ...]
    headed: bool = True
    width: int = 0


@dataclass(frozen=True, slots=True)
class Drafted:
    """A table of the mapping as far as names tell it.

    Attributes
    ----------
    entry
        Canonical table, with a point and a word where several files make it up.
    look
        The file.
    mapping
        Keys of the entry beside ``file``, in the order to be written.
    unsure
        Columns of the table that no name in the file told.
    """

    entry: str
    look: Look
    mapping: Mapping[str, Any]
    unsure: tuple[str, ...] = field(default=())


class Shape(Protocol):
    """A layout of records.

    Attributes
    ----------
    TITLE
        One line of what it is.
    TABLES
        Canonical tables that it can deliver.
    FIELDS
        Names by position for text files that have no line of names; empty where each must have
        one. A text whose first line holds these names, in any case, has one.
    """

    TITLE: str
    TABLES: tuple[str, ...]
    FIELDS: tuple[str, ...]

    def canonical(self, entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str:
        """Return a SELECT of one entry's canonical columns from a relation called ``raw``.

        Parameters
        ----------
        entry
            Key of the mapping, such as ``benefit_spell.aap``.
        mapping
            What it says.
        raw_columns
            Columns of ``raw``, each VARCHAR, with what stands for missing read as NULL.

        Returns
        -------
        str
            A query; its columns are VARCHAR and canonical, the person's key is ``person_key``.
            Months and years may come as dates in the form of the files.

        Raises
        ------
        DataError
            With a line for every column that is not there or not clear.
        """
        ...

    def faulty(
        self, entry: str, mapping: TableMapping, raw_columns: Sequence[str]
    ) -> Mapping[str, str]:
        """Return conditions over rows of ``raw`` that no row may meet, by the line to say."""
        ...

    def together(self, table: str, parts: Mapping[str, Sequence[str]]) -> str:
        """Return a SELECT of one canonical table from the relations of its entries.

        Parameters
        ----------
        table
            Canonical table.
        parts
            Canonical columns of each relation, by its name, which is the entry's word (the
            table's own name where the entry has none); text or typed alike.
        """
        ...

    def draft(self, looks: Sequence[Look]) -> tuple[Drafted, ...]:
        """Return the entries of those files that names alone tell."""
        ...
