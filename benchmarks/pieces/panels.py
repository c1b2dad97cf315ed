"""Synthetic person-months on disk, and the room that they take."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORLD = "published_null"


@dataclass(frozen=True)
class Extent:
    """Which person-months are simulated: persons of the whole world, ages, months and columns.

    Columns are the standard ones if none are named.
    """

    persons: int
    ages: tuple[int, int]
    window: tuple[date, date] = (date(2010, 1, 1), date(2019, 12, 1))
    columns: Sequence[str] = ()


def planned_bytes(extent: Extent) -> float:
    """Return the bytes that person-months will take."""
    from data_synth import load_world
    from data_synth.life.plan import plan_chunks
    from data_synth.panel.columns import STANDARD
    from data_synth.stream.request import Request
    from data_synth.stream.space import planned_bytes as planned

    world, columns = load_world(WORLD), tuple(extent.columns) or STANDARD
    asked = Request(
        world, extent.persons, 1, extent.window, extent.ages, format="parquet", columns=columns
    )
    months = (asked.first, asked.last)
    return planned(asked, plan_chunks(world, extent.persons, extent.ages, months))


def simulated(folder: Path, extent: Extent, env: dict[str, str]) -> Path:
    """Write person-months below a folder and return that of their files."""
    words = ["synth", WORLD, "--persons", str(extent.persons), "--seed", "1", "--out", str(folder)]
    words += ["--ages", "{}:{}".format(*extent.ages), "--window"]
    words += [":".join(f"{month:%Y-%m}" for month in extent.window)]
    words += ["--columns", ",".join(extent.columns)] if extent.columns else []
    command = [sys.executable, "-m", "evaluation", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise SystemExit(f"synth: {lines[-1]}")
    return folder / "person_month"


def rows_of(folder: Path) -> int:
    """Return the rows of the parquet files in a folder."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))
