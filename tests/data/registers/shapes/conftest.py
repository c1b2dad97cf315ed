"""One small world with many traps, delivered in every shape, and each read back as text."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from data_synth.life.plan import Chunk
from data_synth.life.recording import as_recorded
from data_synth.life.simulate import simulate_chunk
from data_synth.shapes.declared.registers import PERSONS, REFERENCE
from data_synth.shapes.registry import shape as written_shape
from data_synth.world.loader import world_of
from data_synth.world.schema import World
from evaluation.data.registers.drafting.draft import draft_delivery
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import Located, located
from evaluation.data.registers.mapping import Delivery, TableMapping
from evaluation.data.registers.shapes._select import table_of, word_of
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.sql import literal, quoted
from evaluation.spec.origin import Origin

SEED = 20170101
FIRST, LAST = 2015 * 12, 2018 * 12 + 11
MONTHS = "first = 2015-01-01\nlast = 2018-12-01\n"

Read = Callable[[str, str], Mapping[str, pa.Table]]


@pytest.fixture(scope="session")
def trapped_world() -> World:
    folder = files("data_synth") / "worlds"
    content = tomllib.loads((folder / "published_null.toml").read_text(encoding="utf-8"))
    content["traps"] = dict.fromkeys(content["traps"], 0.3)
    content["receipt"]["enter"]["at_30"] *= 4
    return world_of("shapes", content)


@pytest.fixture(scope="session")
def delivery_folder(
    trapped_world: World, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    """Return a function that delivers a shape in a format, and the folder it returns."""
    lives = as_recorded(
        simulate_chunk(trapped_world, Chunk(1990, 0, 250), SEED, "actual", FIRST, LAST)
    )
    persons = MappingProxyType({name: _make(name)(lives) for name in PERSONS})
    places = MappingProxyType({name: _make(name)(trapped_world) for name in REFERENCE})
    made: dict[tuple[str, str], Path] = {}

    def deliver(name: str, format: str) -> Path:
        if (name, format) not in made:
            out = made[(name, format)] = tmp_path_factory.mktemp("delivered") / name
            written_shape(name).write(persons, out, "1990-000", trapped_world, SEED, format)
            written_shape(name).finish(out, places, trapped_world, SEED, format)
        return made[(name, format)]

    return deliver


@pytest.fixture(scope="session")
def read_back(delivery_folder: Callable[[str, str], Path]) -> Read:
    """Return a function that drafts a mapping of a delivery and reads its tables as text."""
    made: dict[tuple[str, str], Mapping[str, pa.Table]] = {}

    def read(name: str, format: str) -> Mapping[str, pa.Table]:
        if (name, format) not in made:
            folder = delivery_folder(name, format)
            path = drafted(folder)
            delivery = load_delivery(path, Origin(folder=folder))
            made[(name, format)] = canonical_tables(
                delivery, located(delivery, path, Origin(folder=folder))
            )
        return made[(name, format)]

    return read


def drafted(folder: Path) -> Path:
    """Write the draft of a delivery beside its files, with the months that it lacks."""
    text = draft_delivery(folder, ".").mapping
    path = folder / "delivery.toml"
    path.write_text(text.replace("folder = ", f"{MONTHS}folder = ", 1), encoding="utf-8")
    return path


def canonical_tables(delivery: Delivery, where: Located) -> Mapping[str, pa.Table]:
    """Return each table as its shape's SQL makes it, columns of text."""
    tables: dict[str, list[str]] = {}
    for entry in delivery.tables:
        tables.setdefault(table_of(entry), []).append(entry)
    return {name: _table(name, entries, delivery, where) for name, entries in tables.items()}


def _table(name: str, entries: list[str], delivery: Delivery, where: Located) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        parts: dict[str, list[str]] = {}
        for entry in entries:
            mapping = delivery.tables[entry]
            one = shape(mapping.shape or delivery.shape)
            raw_columns = raw(connection, where.files[entry], mapping, delivery)
            for line, condition in one.faulty(entry, mapping, raw_columns).items():
                query = f"SELECT count(*) FROM raw WHERE {condition}"
                found = connection.execute(query).fetchone()
                assert found == (0,), line
            query = coded(one.canonical(entry, mapping, raw_columns), mapping)
            connection.execute(f"CREATE TABLE {quoted(word_of(entry))} AS {query}")
            relation = connection.table(quoted(word_of(entry)))
            assert {str(kind) for kind in relation.types} == {"VARCHAR"}
            parts[word_of(entry)] = relation.columns
            connection.execute("DROP TABLE raw")
        query = shape(delivery.shape).together(name, parts)
        return connection.execute(query).to_arrow_table()


def coded(query: str, mapping: TableMapping) -> str:
    """Give the mapping's codes, which the reading does once texts are cleaned."""
    replaced = [
        f"CASE {quoted(column)} "
        + " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in codes.items())
        + f" ELSE {quoted(column)} END AS {quoted(column)}"
        for column, codes in mapping.codes.items()
    ]
    return f"SELECT * REPLACE ({', '.join(replaced)}) FROM ({query})" if replaced else query


def raw(
    connection: duckdb.DuckDBPyConnection,
    paths: tuple[Path, ...],
    mapping: TableMapping,
    delivery: Delivery,
) -> list[str]:
    """Make the relation ``raw`` of text, by the plainest means there are."""
    reading = mapping.reading or delivery.reading
    listed = f"[{', '.join(literal(str(path)) for path in paths)}]"
    if paths[0].suffix == ".parquet":
        source = f"read_parquet({listed})"
    elif paths[0].suffix == ".csv":
        options = f"delim = {literal(reading.separator)}, all_varchar = true, header = true"
        source = f"read_csv({listed}, {options}, nullstr = {list(reading.missing)})"
    else:
        frame = pd.concat([pd.read_stata(path, convert_dates=True) for path in paths])
        frame = frame.convert_dtypes()
        for column in frame.select_dtypes("datetime"):
            frame[column] = frame[column].dt.strftime("%Y-%m-%d")
        connection.register("frame", frame)
        source = "frame"
    made = f"CREATE TABLE raw AS SELECT nullif(CAST(COLUMNS(*) AS VARCHAR), '') FROM {source}"
    connection.execute(made)
    return connection.table("raw").columns


def _make(name: str) -> Callable[[object], pd.DataFrame]:
    make: Callable[[object], pd.DataFrame] = getattr(
        import_module(f"data_synth.tables.{name}"), f"make_{name}"
    )
    return make
