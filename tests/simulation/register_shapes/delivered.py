"""A world with traps, delivered in a shape, and the panel that is built of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import duckdb
import pandas as pd

from data_synth.life.plan import plan_chunks
from data_synth.panel.columns import COLUMNS
from data_synth.shapes.keys import opaque_ids
from data_synth.stream.parts import write_parts
from data_synth.stream.request import PANEL, Request
from data_synth.stream.writers import writer_of
from data_synth.world.loader import load_world
from data_synth.world.schema import World
from data_synth.world.traps import Traps
from evaluation.commands.new_registers import MAPPING, new_registers
from evaluation.data.registers.cache import panel_of
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import located
from evaluation.data.registers.placed import Placed
from evaluation.data.registers.staging import stage
from evaluation.spec.origin import Origin

# The one that others are held against first; text wherever a shape has it, which must be read.
FORMATS = MappingProxyType(
    {"tables": "parquet", "research_extract": "csv", "microdata_event": "csv", "kostra_11f": "csv"}
)
REFERENCE = "tables"
DIRECT = PANEL
UNTRAPPED = "untrapped"
TRAPS = 0.1  # probability of each trap: more than a world has, so that a small one has all


@dataclass(frozen=True, slots=True)
class Asked:
    """What is delivered of a world.

    Attributes
    ----------
    persons, ages, window
        As ``synth`` takes them. A window from the world's first month on is one in which nothing
        came before the delivery.
    """

    persons: int
    ages: tuple[int, int]
    window: tuple[dt.date, dt.date]


def worlds() -> tuple[str, ...]:
    """Return the worlds that come with the program."""
    folder = files("data_synth") / "worlds"
    return tuple(sorted(one.name[:-5] for one in folder.iterdir() if one.name.endswith(".toml")))


def trapped(name: str) -> World:
    """Return a world in which every trap is frequent."""
    return _rates(load_world(name), TRAPS)


def write(world: World, shape: str, asked: Asked, seed: int, folder: Path) -> None:
    """Write a delivery, or the direct panel, into a folder."""
    plain = shape == DIRECT
    form = "parquet" if plain else FORMATS[shape]
    request = Request(
        world, asked.persons, seed, asked.window, asked.ages, shape=shape, format=form,
        columns=tuple(COLUMNS) if plain else (),
    )  # fmt: skip
    window = (request.first, request.last)
    chunks = plan_chunks(world, request.persons, ages=request.ages, window=window)
    folder.mkdir(parents=True)
    made = dict(write_parts(request, chunks, folder, 1))
    parts = tuple(file for place in sorted(made) for file in made[place].files)
    writer_of(request).finish(request, folder, parts)


def open_panels(
    connection: duckdb.DuckDBPyConnection, world: World, asked: Asked, seed: int, folder: Path
) -> None:
    """Make a table of each shape's panel, named by the shape; of the direct one, and of no traps.

    Each mapping is the draft of its files. Persons are told apart by ``key``, the same in all.
    """
    for shape in FORMATS:
        _open_panel(connection, world, shape, shape, asked, seed, folder)
    _open_panel(connection, _rates(world, 0.0), REFERENCE, UNTRAPPED, asked, seed, folder)
    write(world, DIRECT, asked, seed, folder / DIRECT)
    rows = f"'{folder}/{DIRECT}/{DIRECT}/*.parquet'"
    found = connection.execute(f"SELECT DISTINCT person_id FROM {rows} ORDER BY 1").fetchall()
    numbers = [number for (number,) in found]
    connection.register(
        "numbered", pd.DataFrame({"person_id": numbers, "key": opaque_ids(numbers, seed)})
    )
    connection.execute(
        f"CREATE TABLE {DIRECT} AS SELECT k.key, p.* EXCLUDE (person_id) FROM {rows} p "
        "JOIN numbered k USING (person_id)"
    )


def _open_panel(
    connection: duckdb.DuckDBPyConnection,
    world: World,
    shape: str,
    name: str,
    asked: Asked,
    seed: int,
    folder: Path,
) -> None:
    home = folder / name
    write(world, shape, asked, seed, home / "files")
    new_registers(home / "files" / shape, home)
    path, (first, last) = home / MAPPING, asked.window
    months = f"first = {first}\nlast = {last}\nages = {list(asked.ages)}\n"
    text = path.read_text(encoding="utf-8").replace("folder = ", f"{months}folder = ", 1)
    path.write_text(text, encoding="utf-8")
    origin = Origin(folder=home, allowed=(folder,))
    delivery = load_delivery(path, origin)
    found = located(delivery, path, origin)
    placed = Placed(path, delivery, found.files, found.correspondence)
    panel = panel_of(placed, None, cache=folder / "cache")
    staged = stage(delivery, found.files, folder / "cache")
    keys = Path(staged.folder) / "person_key.parquet"
    connection.execute(
        f"CREATE TABLE {name} AS SELECT k.key, p.* EXCLUDE (person_id) "
        f"FROM '{panel.folder}/*.parquet' p JOIN '{keys}' k ON k.person = p.person_id"
    )


def _rates(world: World, rate: float) -> World:
    traps = Traps(**dict.fromkeys(Traps.model_fields, rate))
    return world.model_copy(update={"traps": traps})
