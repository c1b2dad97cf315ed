"""Stage a delivery: files in, typed and checked canonical tables out, each a parquet file."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from evaluation.data.registers.assembled import number_persons, put_in_order, put_together
from evaluation.data.registers.checks import broken, twice_written
from evaluation.data.registers.contract import Kind, Staged, Table, Touched
from evaluation.data.registers.identity import read_secret, use_secret
from evaluation.data.registers.keys_touched import keys_touched, open_ends_touched
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.part import PERSON_KEY, Entry, type_entry
from evaluation.data.registers.rules.contract import Step
from evaluation.data.registers.rules.open_end import close_ends
from evaluation.data.registers.rules.registry import rules
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.sql import Settings, connect, literal
from evaluation.data.registers.staged_files import (
    FOLDER,
    UNFINISHED,
    read_staged,
    remove_unfinished,
    staged_digest,
    write_staged,
)
from evaluation.data.registers.tables.registry import TABLES
from evaluation.data.registers.trouble import trouble
from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import duckdb

_Parts = dict[str, dict[Entry, tuple[str, ...]]]


def stage(
    delivery: Delivery,
    files: Mapping[str, Sequence[Path]],
    cache: Path,
    settings: Settings = Settings(),  # noqa: B008
) -> Staged:
    """Return the staged tables of a delivery, made where none that are kept will do.

    Parameters
    ----------
    delivery
        The mapping.
    files
        Parts of each of its entries, in order.
    cache
        Folder to keep them in, in a folder named by a digest.
    settings
        Limits of the query engine.

    Raises
    ------
    DataError
        With a line for everything that breaks the contract of a table, all tables together.
    EnvironmentProblem
        Where memory, the disk or the folder do not suffice.
    """
    secret = read_secret(cache)
    target = cache / staged_digest(delivery, files, cache)
    kept = read_staged(target / FOLDER)
    if kept is not None:
        return kept
    try:
        remove_unfinished(cache)
        fresh = Path(mkdtemp(prefix=UNFINISHED, dir=cache))
        (fresh / FOLDER).mkdir()
    except OSError as error:
        raise EnvironmentProblem(
            f"{cache}: cannot be written ({error.strerror or type(error).__name__}); "
            "choose another cache folder"
        ) from None
    try:
        with trouble("registers"), connect(fresh, settings) as connection:
            use_secret(connection, secret)
            staged = _staged(connection, _entries(delivery, files), delivery, fresh)
        write_staged(staged, fresh / FOLDER)
        # Where another run was first, its tables are the same.
        with contextlib.suppress(OSError):
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    done = read_staged(target / FOLDER)
    if done is None:
        raise EnvironmentProblem(f"{cache}: staged tables cannot be kept there; choose another")
    return done


def _entries(delivery: Delivery, files: Mapping[str, Sequence[Path]]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            name=name,
            table=TABLES[name.partition(".")[0]],
            mapping=mapping,
            reading=mapping.reading or delivery.reading,
            shape=shape(mapping.shape or delivery.shape),
            files=tuple(files[name]),
            last_year=delivery.last.year,
        )
        for name, mapping in delivery.tables.items()
    )


def _staged(
    connection: duckdb.DuckDBPyConnection,
    entries: Sequence[Entry],
    delivery: Delivery,
    folder: Path,
) -> Staged:
    parts = _typed(connection, entries, folder / "copies")
    whole = {name: put_together(connection, TABLES[name], of) for name, of in parts.items()}
    _refuse_lacking(whole)
    personal = {name: one for name, (one, held) in whole.items() if PERSON_KEY in held}
    touched = {name: keys_touched(connection, name, one) for name, one in personal.items()}
    persons = number_persons(connection, tuple(personal.values()), personal.get("person"))
    faults = list(twice_written(connection))
    relations = {}
    for name, (relation, held) in whole.items():
        table = TABLES[name]
        relations[name] = put_in_order(connection, table, relation, held)
        faults += broken(connection, table, relations[name], held)
        ends = open_ends_touched(connection, table)
        ruled = () if faults else _ruled(connection, table, relations[name], parts[name], delivery)
        touched[name] = (*touched.get(name, ()), *ends, *ruled)
    everything = tuple(one for name in TABLES for one in touched.get(name, ()))
    faults += [
        f"tables.{one.table}: {one.action} ({one.rows:,} {'row' if one.rows == 1 else 'rows'}), "
        f'which {one.rule} = "error" rules out; correct the files, or let the mapping say otherwise'
        for one in everything
        if one.fault
    ]
    if faults:
        raise DataError(*faults)
    for name, relation in relations.items():
        _write(connection, relation, folder / FOLDER / f"{name}.parquet")
    _write(connection, "(SELECT person, key FROM persons)", folder / FOLDER / "person_key.parquet")
    return Staged(
        folder=str(folder),
        tables={name: _count(connection, one) for name, one in sorted(relations.items())},
        persons=persons,
        touched=everything,
        columns={name: _delivered(TABLES[name], whole[name][1]) for name in sorted(whole)},
    )


def _typed(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], spill: Path) -> _Parts:
    parts: _Parts = {}
    faults: list[str] = []
    for entry in entries:
        try:
            columns = type_entry(connection, entry, spill)
            close_ends(connection, entry, columns)
        except DataError as error:
            faults.extend(error.faults)
            continue
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        parts.setdefault(entry.table.name, {})[entry] = columns
    if faults:
        raise DataError(*faults)
    return parts


def _refuse_lacking(whole: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
    faults = [
        f'tables.{name}: column "{column}" is not delivered and the table is nothing without it; '
        "name it in the mapping under columns, or give a constant"
        for name, (_, held) in whole.items()
        for column, declared in TABLES[name].columns.items()
        if declared.required
        and column not in held
        and not (declared.kind is Kind.PERSON and PERSON_KEY in held)
    ]
    if faults:
        raise DataError(*faults)


def _ruled(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    relation: str,
    parts: Mapping[Entry, Sequence[str]],
    delivery: Delivery,
) -> tuple[Touched, ...]:
    first, last = (12 * day.year + day.month - 1 for day in (delivery.first, delivery.last))
    step = Step(
        connection=connection,
        table=table,
        relation=relation,
        overlap=_said(table, [entry.mapping.overlap for entry in parts], "overlap", "merge"),
        several=_said(table, [entry.mapping.several for entry in parts], "several", "sum"),
        first=first,
        last=last,
    )
    return tuple(one for rule in rules() for one in rule.apply(step))


def _said(table: Table, words: Sequence[str | None], key: str, otherwise: str) -> str:
    """Return what the entries of a table say of it as a whole."""
    said = sorted({word for word in words if word is not None})
    if len(said) > 1:
        raise DataError(
            f"tables.{table.name}: its entries say {' and '.join(said)} for {key}, which is of the "
            "table as a whole; say one of them"
        )
    return said[0] if said else otherwise


def _delivered(table: Table, held: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, column in table.columns.items()
        if name in held or (column.kind is Kind.PERSON and PERSON_KEY in held)
    )


def _write(connection: duckdb.DuckDBPyConnection, relation: str, target: Path) -> None:
    connection.execute(
        f"COPY (SELECT * FROM {relation}) TO {literal(str(target))} "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    )


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0
