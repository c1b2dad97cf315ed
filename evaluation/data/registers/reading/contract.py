"""What a file format offers: a header, and SQL that reads files of one header as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evaluation.data.registers.mapping import Reading


@dataclass(frozen=True, slots=True)
class Header:
    """What one file holds.

    Attributes
    ----------
    path
        What is read: the file, or a copy of it in the spill folder.
    columns
        Names, in the order of the file.
    types
        SQL type of each as it is read; ``VARCHAR`` in text.
    headed
        Whether the first line holds the names.
    """

    path: Path
    columns: tuple[str, ...]
    types: tuple[str, ...]
    headed: bool = True


class Format(Protocol):
    """A file format.

    Attributes
    ----------
    ENDINGS
        Of the names of its files, in lower case.
    """

    ENDINGS: tuple[str, ...]

    def header(
        self, path: Path, reading: Reading, fields: Sequence[str], whole: bool, spill: Path
    ) -> Header:
        """Look at a file, and through it where only that shows whether it can be read.

        Parameters
        ----------
        path
            The file.
        reading
            How it is written.
        fields
            Names by position where a text may have no line of names.
        whole
            Whether a text must end with a line break, so that a file cut off is noticed.
        spill
            Folder for a copy in another form, where one is needed.

        Raises
        ------
        DataError
            With what is wrong, in words that do not name the file.
        """
        ...

    def relation(self, headers: Sequence[Header], wanted: Sequence[str], reading: Reading) -> str:
        """Return a SELECT of the columns ``wanted`` of files with one header, all ``VARCHAR``."""
        ...
