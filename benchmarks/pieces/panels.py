"""Synthetic person-months on disk, and the room that they take."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORLD = "published_null"
WINDOW = (date(2010, 1, 1), date(2019, 12, 1))


def planned_bytes(persons: int, ages: tuple[int, int]) -> float:
    """Return the bytes that person-months will take."""
    from data_synth import load_world
    from data_synth.life.plan import plan_chunks
    from data_synth.panel.columns import STANDARD
    from data_synth.stream.request import Request
    from data_synth.stream.space import planned_bytes as planned

    asked = Request(load_world(WORLD), persons, 1, WINDOW, ages, format="parquet", columns=STANDARD)
    return planned(asked, plan_chunks(asked.world, persons, ages, (asked.first, asked.last)))


def simulated(folder: Path, persons: int, ages: tuple[int, int], env: dict[str, str]) -> Path:
    """Write person-months below a folder and return that of their files."""
    words = ["synth", WORLD, "--persons", str(persons), "--seed", "1", "--out", str(folder)]
    words += ["--ages", "{}:{}".format(*ages), "--window"]
    words += [":".join(f"{month:%Y-%m}" for month in WINDOW)]
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
