"""A table of a database as a relation, for ``panel.source = "sql"``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.cells.relation import ColumnFacts, Kind, Relation
from evaluation.cells.settings import Settings
from evaluation.data.databases import Database, open_database
from evaluation.data.databases.columns import plain_columns_of
from evaluation.data.durable.spilling import own_spill
from evaluation.errors import DataError
from evaluation.spec.database import Address


def relation_of(
    address: Address,
    columns: Sequence[str],
    settings: Settings,
    inputs: Mapping[str, str] | None = None,
    database: Database | None = None,
) -> Relation:
    """Return some columns of a table in a database.

    Parameters
    ----------
    address
        Where the table lies.
    columns
        Columns, all in the table.
    settings
        Limits of the engine.
    inputs
        Digests that the caller knows to be those of the table; taken here if not given. A server's
        table may have changed since: unless ``database`` is given, it is asked again.
    database
        The table as the caller opened it; opened here, within ``settings``, if not given.

    Raises
    ------
    DataError
        With what opening the table shows, or where it is another than ``inputs`` says.
    EnvironmentProblem
        A missing package or Java, or a server that does not answer.
    """
    given = inputs if database is None and address.path is None else None
    database = database or open_database(address, engine_settings(address, settings))
    inputs = database.inputs() if inputs is None or given is not None else inputs
    if given is not None and dict(given) != dict(inputs):
        raise DataError("panel.table: changed while it was read; run again")
    table = plain_columns_of(database.table, columns)
    return Relation(
        table=table,
        columns=_facts(database, table),
        inputs=inputs,
        engine=address.engine,
    )


def engine_settings(address: Address, settings: Settings) -> dict[str, Any]:
    """Return limits by the names that the database's engine gives them."""
    if address.engine != "duckdb":
        return {}
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(own_spill(settings.spill)),
    }


def _facts(database: Database, table: Any) -> dict[str, ColumnFacts]:
    """Return kinds from the schema, nulls and bounds from one query."""
    kinds = {name: _kind(table[name].type()) for name in table.columns}
    asked = {}
    for at, (name, kind) in enumerate(kinds.items()):
        column = table[name]
        asked[f"nulls_{at}"] = column.isnull().sum()
        if kind == "integer":
            asked[f"low_{at}"], asked[f"high_{at}"] = column.min(), column.max()
    found = database.fetch(table.aggregate(**asked)).to_pylist()[0]
    return {
        name: ColumnFacts(
            kind,
            low=_whole(found.get(f"low_{at}")),
            high=_whole(found.get(f"high_{at}")),
            # Not-a-number is missing too, and no null.
            nulls=None if kind == "float" else int(found[f"nulls_{at}"] or 0),
        )
        for at, (name, kind) in enumerate(kinds.items())
    }


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _kind(kind: Any) -> Kind:
    if kind.is_boolean():
        return "boolean"
    if kind.is_integer():
        return "integer"
    if kind.is_floating():
        return "float"
    return "text" if kind.is_string() else "date"
