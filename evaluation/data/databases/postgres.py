"""A table or view on a Postgres server, in one read-only transaction."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.database import Address

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_TO_CONNECT = 20


@dataclass(frozen=True)
class Postgres:
    """An open table of a Postgres database.

    The transaction sees one state of the table however often it is read.
    """

    address: Address
    table: Any
    connection: Any

    def fetch(self, expression: Any) -> pa.Table:
        """Return the rows of an Ibis expression on ``table``."""
        with _spoken(self.address):
            found: pa.Table = self.connection.to_pyarrow(expression)
        return found

    def inputs(self, memory: Path | None = None) -> Mapping[str, str]:
        """Return a digest of all values, whatever the order of rows, computed by the server.

        Nothing is remembered of it: a server does not say when a table last changed.
        """
        del memory
        return {f"postgres:{'.'.join(self.address.table)}": self._content}

    @cached_property
    def _content(self) -> str:
        import sqlglot

        *schema, name = self.address.table
        rows = sqlglot.exp.table_(name, db=schema[-1] if schema else None, quoted=True)
        # Two independent 64-bit hashes of every row: a change that leaves both sums is not met.
        sums = [f"sum(hashtextextended(ad_row::text, {seed}))" for seed in (0, 1)]
        query = sqlglot.select("count(*)", *sums, dialect="postgres").from_(rows.as_("ad_row"))
        with _spoken(self.address):
            found = self.connection.con.execute(query.sql("postgres")).fetchone()
        words = [*self.table.schema().items(), *(str(value) for value in found)]
        return hashlib.sha256(repr(words).encode()).hexdigest()


def connect(address: Address, settings: Mapping[str, Any]) -> Postgres:
    """Open a table of a Postgres database.

    User, password and what else libpq knows come from the environment: PGUSER, PGPASSWORD,
    PGPASSFILE, PGHOST, PGPORT, PGSSLMODE.

    Raises
    ------
    DataError
        No such table, or no right to read it.
    EnvironmentProblem
        Without psycopg, or where the server does not let us in.
    """
    del settings
    try:
        import psycopg
    except ImportError:
        raise EnvironmentProblem(
            "panel.url: Postgres needs the package psycopg; install activity-duty[postgres]"
        ) from None
    import ibis
    from ibis.common.exceptions import TableNotFound

    given: dict[str, Any] = {"host": address.host, "port": address.port, "dbname": address.database}
    try:
        plain = psycopg.connect(
            **{key: value for key, value in given.items() if value is not None},
            connect_timeout=SECONDS_TO_CONNECT,
            # Numbers print the same in every session, so digests agree.
            options="-c datestyle=ISO -c intervalstyle=iso_8601 -c extra_float_digits=1 "
            "-c bytea_output=hex",
        )
    except psycopg.OperationalError:
        raise EnvironmentProblem(
            "panel.url: the Postgres server does not let us in; check the host and the database, "
            "and PGUSER with PGPASSWORD or PGPASSFILE in the environment"
        ) from None
    plain.read_only = True
    plain.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    # Begun here and never committed: what Ibis opens later are savepoints inside it.
    plain.execute("SET LOCAL TIMEZONE = UTC")
    connection = ibis.postgres.from_connection(plain)
    *schema, name = address.table
    with _spoken(address):
        try:
            table = connection.table(name, database=schema[-1] if schema else None)
        except TableNotFound:
            raise DataError(
                f"panel.table: no table {'.'.join(address.table)!r} in the database; "
                "a table outside the search path is named SCHEMA.TABLE"
            ) from None
    # Tables hold on to the connection, whoever else lets go of it.
    weakref.finalize(connection, plain.close)
    return Postgres(address, table, connection)


@contextmanager
def _spoken(address: Address) -> Iterator[None]:
    """Turn what psycopg raises into one line without values."""
    import psycopg

    name = f"panel.table {'.'.join(address.table)!r}"
    try:
        yield
    except psycopg.errors.InsufficientPrivilege:
        raise DataError(f"{name}: no right to read it; ask for SELECT on the table") from None
    except psycopg.OperationalError as error:
        raise EnvironmentProblem(
            f"{name}: the Postgres server broke off ({type(error).__name__}); try again"
        ) from None
    except psycopg.Error as error:
        raise DataError(f"{name}: Postgres cannot answer ({type(error).__name__})") from None
