"""Deliveries of tables whose municipalities merge and split, built by the program itself."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_synth.life.lives import Lives
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.panel.makers import LABELS, MAKERS
from data_synth.panel.rows import take_rows
from data_synth.places.layout import make_places
from data_synth.world.loader import world_of
from evaluation.data.registers.build import build
from evaluation.data.registers.contract import Kind, Staged
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.municipalities.correspondence import Shares
from evaluation.data.registers.sql import Settings
from evaluation.data.registers.tables.registry import TABLES
from tests.data.registers.columns.conftest import _make as made

FIRST, LAST = dt.date(2010, 1, 1), dt.date(2021, 12, 1)
NAMES = ("person", "residence", "resident_status", "sa_spell")
PLACES = ("muni_crosswalk", "office", "adoption")
TYPES: Mapping[Kind, pa.DataType] = {
    Kind.PERSON: pa.int64(),
    Kind.MONTH: pa.int32(),
    Kind.YEAR: pa.int32(),
    Kind.DATE: pa.date32(),
    Kind.NUMBER: pa.int64(),
    Kind.NOK: pa.int64(),
    Kind.DECIMAL: pa.float64(),
}


@dataclass(frozen=True)
class Country:
    """Staged tables of a delivery, and what the panel should be.

    Attributes
    ----------
    tables
        Canonical tables; months count 12 × year + month - 1, persons are numbers.
    truth
        The direct panel.
    folder
        Makes an empty folder.
    """

    tables: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame
    folder: Callable[[], Path]

    def having(self, **tables: pd.DataFrame) -> Country:
        """Return the delivery with tables put in place of others."""
        return replace(self, tables={**self.tables, **tables})

    def without(self, name: str) -> Country:
        """Return the delivery without a table."""
        return replace(self, tables={k: v for k, v in self.tables.items() if k != name})

    def stage(self) -> Staged:
        """Write the tables as they are once staged."""
        folder = self.folder()
        for name, frame in self.tables.items():
            pq.write_table(_typed(name, frame), folder / f"{name}.parquet")
        people = sorted(set(self.tables["person"]["person"])) if "person" in self.tables else []
        keys = {
            "person": pa.array(people, pa.int64()),
            "key": pa.array(map(str, people), pa.string()),
        }
        pq.write_table(pa.table(keys), folder / "person_key.parquet")
        return Staged(
            folder=str(folder),
            tables={name: len(frame) for name, frame in self.tables.items()},
            persons=len(people),
            columns={name: tuple(TABLES[name].columns) for name in self.tables},
        )

    def delivery(self, **given: Any) -> Delivery:
        """Return a mapping of the delivery."""
        tables = {name: {"file": name} for name in self.tables}
        return Delivery.model_validate(
            {"schema_version": 1, "shape": "tables", "first": FIRST, "last": LAST}
            | {"tables": tables, **given}
        )

    def build(self, *names: str, correspondence: Path | None = None, **given: Any) -> pd.DataFrame:
        """Return the columns of the built panel by person and month."""
        built = build(
            self.stage(),
            self.delivery(**given),
            names,
            self.folder(),
            Settings(threads=1),
            correspondence=correspondence,
        )
        return pd.concat([pd.read_parquet(file) for file in built.files], ignore_index=True)


def _typed(name: str, frame: pd.DataFrame) -> pa.Table:
    columns = {}
    for column, one in TABLES[name].columns.items():
        own = "person" if one.kind is Kind.PERSON else column
        kind = TYPES.get(one.kind, pa.string())
        values = frame[own] if own in frame else pd.Series([None] * len(frame), dtype="object")
        if kind == pa.date32():
            values = pd.to_datetime(values)
        if kind == pa.string():
            values = (
                values.map(str, na_action="ignore").astype("object").where(values.notna(), None)
            )
        columns[own] = pa.Array.from_pandas(values, type=kind, safe=False)
    return pa.table(columns)


@cache
def _lives() -> Lives:
    text = (files("data_synth") / "worlds" / "published_null.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    content["receipt"]["enter"]["at_30"] *= 6  # so that few persons hold enough assistance
    content["residence"]["move"]["at_30"] *= 4
    content["municipalities"]["count"] = 60
    content["offices"]["shared"] = 0.5
    content["mergers"] |= {"first_share": 0.1, "county_share": 0.1, "large_share": 0.2, "splits": 3}
    world = world_of("mergers", content)
    first, last = (day.year * 12 + day.month - 1 for day in (FIRST, LAST))
    return simulate_chunk(world, Chunk(1986, 0, 150, (150,)), 11, "actual", first, last)


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """Return a delivery without traps, and its truth: persons are numbered from 0."""
    lives = _lives()
    tables = {name: made(name, lives) for name in NAMES}
    tables |= {name: made(name, lives.world) for name in PLACES}
    number = {one: at for at, one in enumerate(sorted(tables["person"]["person"]))}
    for name in NAMES:
        persons = tables[name]["person"].map(number)
        tables[name] = tables[name].assign(person=persons).dropna(subset="person")
        tables[name] = tables[name].astype({"person": "int64"})
    rows, places = take_rows(lives, (16, 67)), make_places(lives.world)
    columns = {name: make(rows) for name, make in MAKERS.items()}
    for name, labels in LABELS.items():
        columns[name] = pd.Series(pd.Categorical.from_codes(columns[name], labels(places))).astype(
            str
        )
    truth = pd.DataFrame(columns)
    truth["person_id"] = truth["person_id"].map(number)
    truth = truth.sort_values(["person_id", "ym"], ignore_index=True)
    return Country(tables, truth, lambda: tmp_path_factory.mktemp("country"))


def counts_moved(counts: Mapping[str, float], shares: Shares) -> dict[str, float]:
    """Return counts by new code, whole where a code goes whole."""
    found: dict[str, float] = {}
    for code, count in counts.items():
        for new, share in shares[code].items():
            assert share is not None
            found[new] = found.get(new, 0) + (count if share == 1.0 else count * share)
    return found
