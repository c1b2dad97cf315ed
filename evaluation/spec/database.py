"""The address of a database: read from ``panel.url`` and ``panel.table``, checked, never opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from evaluation.errors import SpecError
from evaluation.spec.origin import Origin
from evaluation.spec.panel import SqlPanel
from evaluation.spec.paths import fill, resolve

ALLOWED = (
    "duckdb:///FOLDER/FILE.duckdb, postgres://HOST/DATABASE, spark://local or spark://local[2]"
)
DUCKDB = "duckdb:///"
LOCAL_SPARK = re.compile(r"^spark://local(?:\[(?P<cores>[1-9]\d{0,2})\])?/?$")
Engine = Literal["duckdb", "postgres", "spark"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a table lies.

    Attributes
    ----------
    engine
        Who reads it.
    table
        Name of the table, after its schema and catalogue where they are given; empty for Spark,
        whose table is ``path``.
    path
        The DuckDB file; for Spark a parquet file or a folder of them.
    host, port, database
        Of a server, ``None`` where the environment says (PGHOST, PGPORT).
    cores
        Processor cores that Spark may use.
    """

    engine: Engine
    table: tuple[str, ...] = ()
    path: Path | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    cores: int = 2


def address_of(panel: SqlPanel, origin: Origin) -> Address:
    """Return the address that a panel names.

    Raises
    ------
    SpecError
        With what the text shows: another kind of address, a password in it, an unset
        ``${NAME}``, a path outside the declared folders, a table name in more than three parts.
    """
    scheme = panel.url.partition(":")[0]
    if scheme not in READERS:
        raise SpecError(f"panel.url: is no address this program reads; allowed: {ALLOWED}")
    return READERS[scheme](panel, origin)


def _duckdb(panel: SqlPanel, origin: Origin) -> Address:
    file = panel.url.removeprefix(DUCKDB)
    if not panel.url.startswith(DUCKDB) or not file:
        raise SpecError(
            "panel.url: allowed for DuckDB: duckdb:/// and the path of the file, from the spec's "
            "folder, as in duckdb:///panel.duckdb or duckdb:///${DATA}/panel.duckdb"
        )
    return Address("duckdb", _table(panel), path=resolve(file, origin, "panel.url"))


def _postgres(panel: SqlPanel, origin: Origin) -> Address:
    parts = _split(fill(panel.url, origin, "panel.url"))
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SpecError(
            "panel.url: holds a user, a password or options; give the host and the database alone, "
            "and PGUSER with PGPASSWORD or PGPASSFILE in the environment"
        )
    database = parts.path.removeprefix("/")
    if not database or "/" in database:
        raise SpecError("panel.url: allowed for Postgres: postgres://HOST[:PORT]/DATABASE")
    try:
        port = parts.port
    except ValueError:
        raise SpecError("panel.url: the port is no number up to 65535") from None
    return Address(
        "postgres", _table(panel), host=parts.hostname or None, port=port, database=database
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SpecError(
            "panel.url: allowed for Postgres: postgres://HOST[:PORT]/DATABASE"
        ) from None


def _spark(panel: SqlPanel, origin: Origin) -> Address:
    found = LOCAL_SPARK.match(panel.url)
    if found is None:
        raise SpecError(
            "panel.url: allowed for Spark: spark://local, or spark://local[4] for four cores; "
            "for a cluster print the queries with: activity-duty cells SPEC --sql spark"
        )
    place = resolve(panel.table, origin, "panel.table")
    return Address("spark", path=place, cores=int(found["cores"] or 2))


def _table(panel: SqlPanel) -> tuple[str, ...]:
    """Return schema and name apart: each is quoted by itself, so any letter may stand."""
    parts = tuple(panel.table.split("."))
    if len(parts) > 3 or not all(parts):
        raise SpecError(
            "panel.table: allowed: a table's name, SCHEMA.TABLE or CATALOGUE.SCHEMA.TABLE"
        )
    return parts


READERS: dict[str, Callable[[SqlPanel, Origin], Address]] = {
    "duckdb": _duckdb,
    "postgres": _postgres,
    "spark": _spark,
}
