"""A table or view of a DuckDB file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.data.durable.spilling import own_spill
from evaluation.data.remembered_digest import remembered_digest
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.database import Address

if TYPE_CHECKING:
    import pyarrow as pa

CATALOGUE = "source"
# What the rows of a table alone need; cells bring their own settings.
DEFAULTS: Mapping[str, Any] = {"memory_limit": "1GB", "threads": 1}
# Nothing is fetched from the net, whatever a file asks for.
OFFLINE: Mapping[str, Any] = {"autoinstall_known_extensions": False}


@dataclass(frozen=True)
class DuckDb:
    """An open table of a DuckDB file."""

    path: Path
    name: tuple[str, str]
    table: Any
    is_view: bool
    connection: Any

    def fetch(self, expression: Any) -> pa.Table:
        """Return the rows of an Ibis expression on ``table``."""
        with _spoken(self.path):
            found: pa.Table = self.connection.to_pyarrow(expression)
        return found

    def inputs(self, memory: Path | None = None) -> Mapping[str, str]:
        """Return the digest of the file, and of what it has not taken in yet.

        A view can change while its file does not (``current_date``): it is read through as well.
        """
        digests = {self.path.name: remembered_digest(self.path, memory)}
        log = self.path.with_name(f"{self.path.name}.wal")
        if log.is_file():
            digests[log.name] = remembered_digest(log, memory)
        if self.is_view:
            digests[f"{self.path.name}:{self.name[1]}"] = self._content()
        return digests

    def _content(self) -> str:
        """Return a digest of all values, whatever the order of rows."""
        import sqlglot

        rows = sqlglot.exp.table_(self.name[1], db=self.name[0], catalog=CATALOGUE, quoted=True)
        sums = ("count(*)", "sum(hash(ad_row))", "bit_xor(hash(ad_row, 1))")
        query = sqlglot.select(*sums).from_(rows.as_("ad_row")).sql("duckdb")
        with _spoken(self.path):
            found = self.connection.con.execute(query).fetchone()
        return hashlib.sha256(repr(found).encode()).hexdigest()


def connect(address: Address, settings: Mapping[str, Any]) -> DuckDb:
    """Open a table of a DuckDB file, read-only, with no way to any other file.

    Raises
    ------
    DataError
        No such file or table, or no DuckDB file.
    EnvironmentProblem
        Where another program has the file open for writing.
    """
    import ibis
    import sqlglot
    from ibis.common.exceptions import TableNotFound

    path = address.path
    if path is None or not path.is_file():
        raise DataError("panel.url: no such file; check the name and the folder")
    # By default a database in memory spills to the working folder.
    spill = settings.get("temp_directory") or str(own_spill())
    given = {**DEFAULTS, **settings, **OFFLINE, "temp_directory": spill}
    connection = ibis.duckdb.connect(**given)
    *schema, name = address.table
    place = (schema[-1] if schema else "main", name)
    with _spoken(path):
        file = sqlglot.exp.Literal.string(str(path)).sql("duckdb")
        connection.con.execute(f"ATTACH {file} AS {CATALOGUE} (READ_ONLY, TYPE duckdb)")
        # A view could read any file of the machine; nothing outside the declared folders is read.
        connection.con.execute("SET enable_external_access = false")
        try:
            table = connection.table(name, database=(CATALOGUE, place[0]))
        except TableNotFound:
            raise DataError(
                f"panel.table: no table {'.'.join(address.table)!r} in {path.name}; "
                "a table outside the schema main is named SCHEMA.TABLE"
            ) from None
    kind = connection.con.execute(
        "SELECT table_type FROM information_schema.tables "
        "WHERE table_catalog = ? AND table_schema = ? AND table_name = ?",
        [CATALOGUE, *place],
    ).fetchone()
    is_view = kind is None or kind[0] != "BASE TABLE"
    return DuckDb(path, place, _without_enums(connection, place, table), is_view, connection)


def _without_enums(connection: Any, place: tuple[str, str], table: Any) -> Any:
    """Return the table with enumerations as the text they stand for."""
    named = connection.con.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_catalog = ? "
        "AND table_schema = ? AND table_name = ? AND data_type LIKE 'ENUM%'",
        [CATALOGUE, *place],
    ).fetchall()
    # Ibis takes an enumeration for text already, and leaves out a cast to the same type.
    texts = {name: table[name].cast("!string") for (name,) in named}
    return table.mutate(**texts) if texts else table


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Turn what DuckDB raises into one line without values."""
    import duckdb

    try:
        yield
    except duckdb.PermissionException:
        raise DataError(
            f"{path.name}: the view reads other files; read those with panel.source = 'file'"
        ) from None
    except duckdb.OutOfMemoryException:
        raise EnvironmentProblem(
            f"{path.name}: does not fit in memory; raise the limit, or give a folder to spill to"
        ) from None
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise EnvironmentProblem(_open_elsewhere(path)) from None
        raise DataError(_unreadable(path)) from None
    except (duckdb.InvalidInputException, duckdb.SerializationException):
        raise DataError(_unreadable(path)) from None
    except duckdb.BinderException as error:
        if "already attached" in str(error):
            raise EnvironmentProblem(_open_elsewhere(path)) from None
        raise DataError(f"{path.name}: the view does not fit its tables; mend it") from None
    except duckdb.Error as error:
        # Its class says what went wrong; its text may hold a value.
        raise DataError(f"{path.name}: DuckDB cannot read it ({type(error).__name__})") from None


def _open_elsewhere(path: Path) -> str:
    return f"{path.name}: is open for writing, here or in another program; close that first"


def _unreadable(path: Path) -> str:
    return f"{path.name}: is no whole DuckDB file, or one of a later version; write it again"
