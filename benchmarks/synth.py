"""Print how fast a world is streamed to files, with what memory; remove the files afterwards.

The whole command is timed, start-up and manifest included, in a process of its own. Memory is that
of all its processes together, shared pages counted once, sampled while it runs (Linux only).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORLD = "published_null"
AGES, WINDOW = (18, 42), (date(2010, 1, 1), date(2019, 12, 1))
# Persons of the whole population that are 200 million person-months at these ages and months.
PERSONS = 4_800_000
EVERY = 0.25  # seconds between samples of memory


@dataclass(frozen=True)
class Measured:
    """One run of the command."""

    person_months: int
    megabytes: float
    seconds: float
    cpu_seconds: float
    peak_mb: float | None


def refuse_little_disk(folder: Path, persons: int, form: str) -> int:
    """Return the bytes that will be written; end here where the disk has no room for them."""
    from data_synth import load_world
    from data_synth.life.plan import plan_chunks
    from data_synth.panel.columns import STANDARD
    from data_synth.stream.request import Request
    from data_synth.stream.space import planned_bytes, refuse_little_space
    from evaluation.errors import UserError

    asked = Request(load_world(WORLD), persons, 1, WINDOW, AGES, format=form, columns=STANDARD)
    chunks = plan_chunks(asked.world, persons, AGES, (asked.first, asked.last))
    try:
        refuse_little_space(asked, chunks, folder)
    except UserError as error:
        raise SystemExit("\n".join(error.faults)) from None
    return planned_bytes(asked, chunks)


def run(folder: Path, persons: int, form: str, jobs: int) -> Measured:
    """Run the command once and return what was measured."""
    words = ["synth", WORLD, "--persons", str(persons), "--seed", "1", "--out", str(folder)]
    words += ["--ages", "{}:{}".format(*AGES), "--format", form, "--jobs", str(jobs)]
    words += ["--window", ":".join(f"{month:%Y-%m}" for month in WINDOW)]
    before, begun = _cpu_of_children(), time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "evaluation", *words], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, memory_of(process.pid))
            time.sleep(EVERY)
    seconds = time.perf_counter() - begun
    if process.returncode != 0:
        raise SystemExit(process.returncode)
    manifest = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    return Measured(
        manifest["person_months"],
        sum(file["bytes"] for file in manifest["files"]) / 1e6,
        seconds,
        _cpu_of_children() - before,
        peak or None,
    )


def memory_of(process: int) -> float:
    """Return the megabytes of a process and those it started, 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:  # ended meanwhile, or another system
        return 0.0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3
    return own + sum(memory_of(child) for child in children)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the arguments, run once, print and clear away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS, help="scale it down with fewer")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="activity-duty-", dir=asked.folder))
    try:
        needed = refuse_little_disk(scratch, asked.persons, asked.format)
        print(
            f"{WORLD}, {asked.persons:,} persons, ages {AGES[0]} to {AGES[1]}, {WINDOW[0]:%Y-%m} "
            f"to {WINDOW[1]:%Y-%m}, {asked.format}, {asked.jobs} processes\n"
            f"Needs up to {needed / 1e9:.1f} GB of disk, removed afterwards, and 0.5 GB of "
            "memory.\n"
            f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}",
            flush=True,
        )
        one = run(scratch / "delivery", asked.persons, asked.format, asked.jobs)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    peak = "not told by this system" if one.peak_mb is None else f"{one.peak_mb:,.0f} MB"
    print(
        f"person-months       {one.person_months:>16,}\n"
        f"seconds             {one.seconds:>16,.1f}\n"
        f"million a second    {one.person_months / one.seconds / 1e6:>16.2f}\n"
        f"CPU seconds         {one.cpu_seconds:>16,.1f}\n"
        f"million a CPU second{one.person_months / one.cpu_seconds / 1e6:>16.2f}\n"
        f"peak memory         {peak:>16}\n"
        f"written, MB         {one.megabytes:>16,.1f}"
    )


if __name__ == "__main__":
    main()
