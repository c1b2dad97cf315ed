"""One small world without traps, delivered in two shapes and as the panel that it must become."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from data_synth.panel.columns import COLUMNS
from data_synth.shapes.keys import opaque_ids
from data_synth.stream.request import Request
from data_synth.world.loader import world_of
from evaluation.commands.console import Console
from evaluation.commands.deliver import deliver
from evaluation.commands.new_registers import new_registers
from evaluation.data.registers.built import Built
from evaluation.data.registers.cache import panel_of
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import located
from evaluation.data.registers.placed import Placed
from evaluation.data.registers.staging import stage
from evaluation.spec.origin import Origin

SEED, PERSONS, AGES = 3, 1500, (18, 45)
# From the world's first month: what a person was first is known then.
WINDOW = (dt.date(2010, 1, 1), dt.date(2012, 12, 1))
SHAPES = {"tables": "parquet", "research_extract": "csv"}


@dataclass(frozen=True)
class Deliveries:
    """A world delivered.

    Attributes
    ----------
    mappings
        Mapping by shape, as it is drafted.
    truth
        The direct panel, with the opaque key of each person as ``key``.
    cache
        Folder of caches.
    """

    mappings: Mapping[str, Path]
    truth: pd.DataFrame
    cache: Path

    def placed(self, shape: str) -> Placed:
        """Return a delivery in its place."""
        return placed_at(self.mappings[shape])

    def built(self, shape: str) -> Built:
        """Return its panel of all columns, built once."""
        return panel_of(self.placed(shape), None, cache=self.cache)

    def keyed(self, shape: str) -> pd.DataFrame:
        """Return its panel with keys in place of codes."""
        placed, built = self.placed(shape), self.built(shape)
        keys = Path(stage(placed.delivery, placed.files, self.cache).folder) / "person_key.parquet"
        return duckdb.sql(
            f"SELECT k.key, p.* FROM '{built.folder}/*.parquet' p "
            f"JOIN '{keys}' k ON k.person = p.person_id"
        ).df()


def placed_at(path: Path) -> Placed:
    """Return the delivery of a mapping that may read what is around it."""
    origin = Origin(folder=path.parent, allowed=(path.parents[1],))
    delivery = load_delivery(path, origin)
    found = located(delivery, path, origin)
    return Placed(path, delivery, found.files, found.correspondence)


@pytest.fixture(scope="session")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    folder = tmp_path_factory.mktemp("deliveries")
    source = files("data_synth") / "worlds" / "published_null.toml"
    content = tomllib.loads(source.read_text(encoding="utf-8"))
    content["traps"] = dict.fromkeys(content["traps"], 0.0)
    world = world_of("published_null", content)

    def write(shape: str, form: str, columns: tuple[str, ...] = ()) -> Path:
        asked = Request(world, PERSONS, SEED, WINDOW, AGES, "actual", shape, form, columns)
        return deliver(asked, folder / shape, 1, Console(json_events=True))

    mappings = {}
    for shape, form in SHAPES.items():
        write(shape, form)
        home = folder / shape / "home"
        home.mkdir()
        new_registers(folder / shape / shape, home)
        path = home / "delivery.toml"
        text = path.read_text(encoding="utf-8").replace("${DATA}", f"../{shape}")
        path.write_text(text, encoding="utf-8")
        mappings[shape] = path
    write("person_month", "parquet", tuple(COLUMNS))
    truth = duckdb.sql(f"SELECT * FROM '{folder}/person_month/person_month/*.parquet'").df()
    numbers = truth["person_id"].unique()
    keys = dict(zip(numbers, opaque_ids(numbers.tolist(), SEED), strict=True))
    truth = truth.assign(key=truth["person_id"].map(keys))
    return Deliveries(mappings, truth, folder / "registers")
