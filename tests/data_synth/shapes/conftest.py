"""Canonical tables of two small chunks, and worlds with and without traps."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from data_synth.life.plan import Chunk
from data_synth.life.recording import as_recorded
from data_synth.life.simulate import simulate_chunk
from data_synth.shapes.declared.registers import PERSONS, REFERENCE
from data_synth.shapes.registry import shape
from data_synth.world.loader import world_of
from data_synth.world.schema import World

SEED = 20170101
FIRST, LAST = 2015 * 12, 2018 * 12 + 11
CHUNKS = {"1990-000": Chunk(1990, 0, 900), "1990-001": Chunk(1990, 900, 900)}

Frames = Mapping[str, pd.DataFrame]


def _world(rate: float) -> World:
    folder = files("data_synth") / "worlds"
    content = tomllib.loads((folder / "published_null.toml").read_text(encoding="utf-8"))
    content["traps"] = dict.fromkeys(content["traps"], rate)
    # More assistance than there is, so that a small chunk holds enough of it.
    content["receipt"]["enter"]["at_30"] *= 4
    return world_of("shapes", content)


@pytest.fixture(scope="session")
def plain() -> World:
    """Return a world without traps."""
    return _world(0.0)


@pytest.fixture(scope="session")
def trapped() -> World:
    """Return the same world with many."""
    return _world(0.3)


@pytest.fixture(scope="session")
def chunks(plain: World) -> Mapping[str, Frames]:
    """Return the canonical tables of each chunk."""
    made = {}
    for part, chunk in CHUNKS.items():
        lives = as_recorded(simulate_chunk(plain, chunk, SEED, "actual", FIRST, LAST))
        made[part] = MappingProxyType({name: _make(name)(lives) for name in PERSONS})
    return MappingProxyType(made)


@pytest.fixture(scope="session")
def canonical(chunks: Mapping[str, Frames]) -> Frames:
    """Return the canonical tables of the first chunk."""
    return chunks["1990-000"]


@pytest.fixture(scope="session")
def reference(plain: World) -> Frames:
    """Return the canonical tables of places and prices."""
    return MappingProxyType({name: _make(name)(plain) for name in REFERENCE})


@pytest.fixture(scope="session")
def delivered(
    canonical: Frames, reference: Frames, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str, World], Path]:
    """Return a function that delivers a shape in a format, and the folder it returns."""
    made: dict[tuple[str, str, str], Path] = {}

    def deliver(name: str, format: str, world: World) -> Path:
        key = (name, format, world.digest)
        if key not in made:
            made[key] = tmp_path_factory.mktemp(name) / "out"
            shape(name).write(canonical, made[key], "1990-000", world, SEED, format)
            shape(name).finish(made[key], reference, world, SEED, format)
        return made[key]

    return deliver


@pytest.fixture(scope="session")
def seed() -> int:
    """Return the seed of the deliveries."""
    return SEED


def _make(name: str) -> Callable[[object], pd.DataFrame]:
    make: Callable[[object], pd.DataFrame] = getattr(
        import_module(f"data_synth.tables.{name}"), f"make_{name}"
    )
    return make
