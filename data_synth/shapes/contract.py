"""What a shape offers: a module of this folder, found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World


class Shape(Protocol):
    """A delivery made of the canonical tables.

    Attributes
    ----------
    NAME
        What the command line calls it.
    FORMATS
        File formats, the default first.
    TABLES
        Canonical tables of persons that ``write`` reads, made of one chunk of lives.
    REFERENCE
        Canonical tables of the world alone that ``finish`` reads, keyed by no person.
    CARRIES
        Columns of ``person_month`` that a reader can derive, each with the canonical tables that
        it is derived from.
    """

    NAME: str
    FORMATS: tuple[str, ...]
    TABLES: tuple[str, ...]
    REFERENCE: tuple[str, ...]
    CARRIES: Mapping[str, tuple[str, ...]]

    def write(
        self,
        tables: Mapping[str, pd.DataFrame],
        folder: Path,
        part: str,
        world: World,
        seed: int,
        format: str,
    ) -> None:
        """Write one chunk of persons as files named by ``part``; touch no other part's files.

        Parameters
        ----------
        tables
            The canonical tables ``TABLES`` of the chunk, by name; all rows of each person.
        folder
            Folder of the delivery; made where it is missing.
        part
            Name of the chunk, by birth year and rank, such as ``1987-000``.
        world, seed
            What was simulated; the seed makes the keys and the traps.
        format
            One of ``FORMATS``.

        Raises
        ------
        SpecError
            For a format that the shape does not write.
        DataError
            For a table that is missing, or lacks a column.
        """
        ...

    def finish(
        self,
        folder: Path,
        reference: Mapping[str, pd.DataFrame],
        world: World,
        seed: int,
        format: str,
    ) -> None:
        """Close the delivery, once all parts are written: reference tables and the manifest.

        What it writes depends on the parts, not on the order in which they were written.

        Raises
        ------
        SpecError, DataError
            As for ``write``.
        """
        ...
