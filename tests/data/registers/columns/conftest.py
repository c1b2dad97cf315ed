"""Canonical tables of a small chunk of a world, and the panel that was made of the same lives."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.resources import files
from typing import Any

import duckdb
import pandas as pd
import pytest

from data_synth.details.jobseekers import jobseekers
from data_synth.details.measures import participation
from data_synth.details.no_other_benefit import no_other_benefit
from data_synth.details.other_benefits import other_benefits
from data_synth.details.schooling import make_schooling
from data_synth.life.lives import Lives
from data_synth.life.plan import Chunk
from data_synth.life.recording import as_recorded
from data_synth.life.simulate import simulate_chunk
from data_synth.panel.makers import MAKERS
from data_synth.panel.rows import take_rows
from data_synth.shapes.declared.registers import PERSONS, REFERENCE, REGISTERS, Kind
from data_synth.world.loader import world_of
from evaluation.data.registers.columns.contract import ColumnModule, Grain, Otherwise
from evaluation.data.registers.columns.registry import column_module, owners
from evaluation.data.registers.sql import quoted, select_bounds
from evaluation.data.registers.statement import Chosen

FIRST, LAST = 2013 * 12, 2017 * 12 + 11
CHUNK = Chunk(1988, 0, 500, (400, 400))
SEED = 20170101


@dataclass(frozen=True)
class Registers:
    """Tables as a delivery would have them once staged, and the truth.

    Attributes
    ----------
    tables
        Canonical tables; months count 12 × year + month - 1.
    truth
        The direct panel: ``person``, ``month``, every column of ``person_month``, and what lives
        hold beside them.
    first, last
        Months of the delivery.
    """

    tables: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame
    first: int = FIRST
    last: int = LAST

    def has(self) -> frozenset[str]:
        """Return the tables and columns delivered."""
        named = {f"{name}.{column}" for name, one in self.tables.items() for column in one}
        return frozenset(self.tables) | named

    def without(self, *names: str) -> Registers:
        """Return the delivery without tables, or without columns of a table."""
        kept = {name: frame for name, frame in self.tables.items() if name not in names}
        for table, column in (one.split(".") for one in names if "." in one):
            kept[table] = kept[table].drop(columns=column)
        return replace(self, tables=kept)

    def having(self, **tables: pd.DataFrame) -> Registers:
        """Return the delivery with tables put in place of others."""
        return replace(self, tables={**self.tables, **tables})

    def rows(self, people: Mapping[int, tuple[int, int]]) -> Registers:
        """Return the delivery with rows of these persons alone: first and last month of each."""
        pairs = [(p, m) for p, (low, high) in people.items() for m in range(low, high + 1)]
        return replace(self, truth=pd.DataFrame(pairs, columns=["person", "month"]))

    def build(self, *names: str, **options: Mapping[str, Any]) -> pd.DataFrame:
        """Return ``person``, ``month`` and the columns, by person and month."""
        chosen = {}
        for name in _with_needs(names):
            module = column_module(owners()[name])
            own = module.Options.model_validate(options.get(owners()[name], {}))
            chosen[name] = Chosen(name, module, own)
        queries = {name: one.query(self.has()) for name, one in chosen.items()}
        with duckdb.connect() as connection:
            self._open(connection, " ".join(queries.values()))
            for name, query in queries.items():
                connection.execute(f"CREATE TEMP TABLE given_{name} AS {query}")
                key = "person, month" if chosen[name].module.GRAIN == Grain.MONTH else "person"
                repeated = connection.execute(
                    f"SELECT {key} FROM given_{name} GROUP BY {key} HAVING count(*) > 1"
                )
                assert not repeated.fetchall(), name
            found = connection.execute("SELECT person, month FROM base ORDER BY 1, 2").df()
            for name in names:
                found[name] = connection.execute(_beside(name, chosen[name].module)).df()["value"]
            return found

    def _open(self, connection: duckdb.DuckDBPyConnection, statements: str) -> None:
        """Make the views that the statements read."""
        connection.execute("SET threads = 1")
        for name in (name for name in self.tables if name in statements):
            frame = self.tables[name]
            connection.register(f"raw_{name}", frame)
            typed = ", ".join(
                f'CAST({quoted(column) if column in frame else "NULL"} AS {kind}) AS "{column}"'
                for column, kind in _columns(name).items()
            )
            connection.execute(f'CREATE TEMP VIEW "{name}" AS SELECT {typed} FROM raw_{name}')
        connection.register("rows", self.truth[["person", "month"]])
        connection.execute(
            "CREATE TEMP TABLE base AS SELECT person::BIGINT AS person, month::INTEGER AS month "
            "FROM rows ORDER BY 1, 2"
        )
        connection.execute(f"CREATE TEMP TABLE bounds AS {select_bounds(self.first, self.last)}")


def _beside(name: str, module: ColumnModule) -> str:
    """Return the SELECT of a column's values by person and month of the base."""
    first, last = (bound if bound is not None else "b.month" for bound in module.VALID[name])
    month = "AND c.month = b.month" if module.GRAIN == Grain.MONTH else ""
    unsaid = "0" if module.OTHERWISE[name] == Otherwise.ZERO else "NULL"
    return (
        f"SELECT CAST(CASE WHEN b.month NOT BETWEEN {first} AND {last} THEN NULL "
        f"WHEN c.person IS NULL THEN {unsaid} ELSE c.value END AS {module.TYPES[name].value}) "
        f"AS value FROM base b LEFT JOIN given_{name} c ON c.person = b.person {month} "
        "ORDER BY b.person, b.month"
    )


def _with_needs(names: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}

    def add(name: str) -> None:
        for other in column_module(owners()[name]).NEEDS:
            add(other)
        found[name] = None

    for name in names:
        add(name)
    return tuple(found)


TYPES = {
    Kind.MONTH: "INTEGER",
    Kind.DATE: "DATE",
    Kind.NUMBER: "BIGINT",
    Kind.NOK: "BIGINT",
    Kind.SHARE: "DOUBLE",
}


def _columns(table: str) -> dict[str, str]:
    """Return the types of a table's columns as staged; what was not delivered is there, empty."""
    kinds = REGISTERS[table].columns
    types = {
        name: TYPES.get(kind, "VARCHAR") for name, kind in kinds.items() if name != "person_id"
    }
    return {**({"person": "BIGINT"} if "person_id" in kinds else {}), **types}


def staged(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a canonical table with months as numbers and its persons as codes."""
    kinds = REGISTERS[table].columns
    frame = frame.rename(columns={"person_id": "person"})
    for column in (name for name, kind in kinds.items() if kind is Kind.MONTH and name in frame):
        ym = frame[column].astype("Int64")
        frame[column] = ym // 100 * 12 + ym % 100 - 1
    for column in (name for name, kind in kinds.items() if kind is Kind.NUMBER and name in frame):
        frame[column] = frame[column].astype("Int64")
    for column in (name for name, kind in kinds.items() if kind is Kind.DATE and name in frame):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frame


def _make(name: str, source: object) -> pd.DataFrame:
    make: Callable[[object], pd.DataFrame] = getattr(
        import_module(f"data_synth.tables.{name}"), f"make_{name}"
    )
    return staged(name, make(source))


def _lives() -> Lives:
    folder = files("data_synth") / "worlds"
    content = tomllib.loads((folder / "register_break_2015.toml").read_text(encoding="utf-8"))
    base = tomllib.loads((folder / "published_null.toml").read_text(encoding="utf-8"))
    content = {**base, "recording": {**base["recording"], **content["recording"]}}
    # More assistance, and more benefits, than there are, so that a small chunk holds enough.
    content["receipt"]["enter"]["at_30"] *= 6
    for key in ("work", "programme", "aap", "disability"):
        content["exit"][key] *= 3
    world = world_of("columns", content)
    return as_recorded(simulate_chunk(world, CHUNK, SEED, "actual", FIRST, LAST))


@pytest.fixture(scope="session")
def registers() -> Registers:
    """Return the registers of a world whose employment register breaks in 2015."""
    lives = _lives()
    tables = {name: _make(name, lives) for name in PERSONS}
    tables |= {name: _make(name, lives.world) for name in REFERENCE}
    rows = take_rows(lives, (16, 67))
    measures = participation(lives)
    claims = other_benefits(lives, measures)
    further = {
        "no_other_benefit": no_other_benefit(lives, claims),
        "provider": measures.provider,
        "seeking": jobseekers(lives, measures, claims),
        "claim": claims,
        "level": make_schooling(lives).completed,
    }
    truth = pd.DataFrame(
        {name: make(rows) for name, make in MAKERS.items()}
        | {name: rows.monthly(values) for name, values in further.items()}
    )
    ym = truth["ym"].astype("int64")
    truth = truth.assign(person=truth["person_id"], month=ym // 100 * 12 + ym % 100 - 1)
    return Registers(tables, truth)


@pytest.fixture(scope="session")
def nobody() -> Registers:
    """Return a delivery of empty tables, to be filled by hand; it covers 2013 to 2017."""
    empty = {
        name: pd.DataFrame({column: pd.Series(dtype="object") for column in _columns(name)})
        for name in (*PERSONS, *REFERENCE)
    }
    return Registers(empty, pd.DataFrame({"person": [], "month": []}))
