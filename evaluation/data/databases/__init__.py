"""Databases a panel may lie in, one file each: opened to be read, never to be written."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evaluation.spec.database import Address

if TYPE_CHECKING:
    import pyarrow as pa


class Database(Protocol):
    """An open table.

    Attributes
    ----------
    table
        Ibis table expression, bound to its connection.
    """

    @property
    def table(self) -> Any:
        """Return the Ibis table expression, bound to its connection."""
        ...

    def fetch(self, expression: Any) -> pa.Table:
        """Return the rows of an Ibis expression on ``table``, whole numbers exact.

        Raises
        ------
        DataError
            Where the database cannot answer.
        """
        ...

    def inputs(self, memory: Path | None = None) -> Mapping[str, str]:
        """Return a digest of what is read that changes whenever a value does, by a name to print.

        It covers the whole table, not only the columns of one spec, so that specs share cells.

        Parameters
        ----------
        memory
            Folder that remembers digests of files; ``None`` to read files whole for them.
        """
        ...


def open_database(address: Address, settings: Mapping[str, Any] | None = None) -> Database:
    """Open the table at an address, read-only.

    Parameters
    ----------
    address
        Where the table lies.
    settings
        The engine's own settings of memory, threads and spill, if it is to use others than its
        defaults.

    Raises
    ------
    DataError
        No such file or table.
    EnvironmentProblem
        A missing package or Java, or a server that does not answer.
    """
    module = importlib.import_module(f"evaluation.data.databases.{address.engine}")
    database: Database = module.connect(address, settings or {})
    return database
