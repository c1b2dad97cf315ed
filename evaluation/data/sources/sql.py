"""Rows from a table of a database, read without write rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from evaluation.data.databases import Database, open_database
from evaluation.data.databases.columns import plain_columns_of
from evaluation.errors import SpecError
from evaluation.spec.database import Address, address_of
from evaluation.spec.panel import SqlPanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Sql:
    """A table of a DuckDB file, a Postgres server, or of Spark on this machine."""

    address: Address
    memory: Path | None = None
    distinct: ClassVar[bool] = False

    @cached_property
    def database(self) -> Database:
        """The table, opened when it is first asked for."""
        return open_database(self.address)

    def columns(self) -> tuple[str, ...]:
        """Return the table's column names."""
        return tuple(str(name) for name in self.database.table.columns)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the table's rows, only the columns asked for."""
        chosen = plain_columns_of(self.database.table, columns)
        frame: pd.DataFrame = self.database.fetch(chosen).to_pandas()
        return frame.loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return a digest of the table's content; see :class:`evaluation.data.databases.Database`.

        Of a server's table it is computed by the server, in the transaction that reads the rows.
        """
        return self.database.inputs(self.memory)

    def remembering(self, memory: Path | None) -> Sql:
        """Return the same table with a folder that remembers digests of files."""
        return replace(self, memory=memory)


def open_source(spec: Spec) -> Sql:
    """Return the table that a spec names; nothing is opened yet.

    Raises
    ------
    SpecError
        Where the address is none this program reads.
    """
    if not isinstance(spec.panel, SqlPanel):
        raise SpecError("panel.source: allowed here: sql")
    return Sql(address_of(spec.panel, spec.origin))
