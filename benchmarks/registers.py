"""Print how fast a delivery of registers becomes a panel, with what memory; remove the files.

A world is delivered as canonical tables, and its mapping drafted; neither is timed. Then the
tables are staged, spells become months in the database alone, and the panel of the standard
columns is built. Memory is the peak of the process after each, all imports included.
``--copies`` puts every person into the delivery so many times, under keys of their own, which is
faster than simulating as many: 50 000 persons 50 times are some 200 million person-months.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WORLD, SHAPE = "published_null", "tables"
AGES, WINDOW = (16, 67), (date(2010, 1, 1), date(2019, 12, 1))
# Persons of the whole population that are some 20 million person-months.
PERSONS = 250_000
HEAD = f"{'':22}{'count':>14}{'seconds':>10}{'CPU seconds':>13}{'a second':>14}{'peak MB':>9}"


def delivered(folder: Path, persons: int, copies: int) -> Path:
    """Write a delivery and the draft of its mapping; return the mapping."""
    from data_synth import load_world
    from data_synth.stream.request import Request
    from evaluation.commands.console import Console
    from evaluation.commands.deliver import deliver
    from evaluation.commands.new_registers import new_registers

    asked = Request(load_world(WORLD), persons, 1, WINDOW, AGES, shape=SHAPE)
    deliver(asked, folder / "delivery", 2, Console(json_events=False))
    if copies > 1:
        multiply(folder / "delivery" / SHAPE, copies)
    new_registers(folder / "delivery" / SHAPE, folder)
    return folder / "delivery.toml"


def multiply(delivery: Path, copies: int) -> None:
    """Replace each file of persons by as many, the same rows under other keys."""
    import duckdb

    for file in sorted(delivery.rglob("*.parquet")):
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")
            source = connection.from_parquet(str(file))
            if "person_id" not in source.columns:
                continue
            for copy in range(copies):
                target = str(file.with_name(f"{file.stem}-{copy:03d}.parquet"))
                # Keys in no order, as they come.
                key = f"md5(person_id || '/{copy}')[1:16] AS person_id"
                query = f"SELECT * REPLACE ({key}) FROM read_parquet('{file}')"
                connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
        file.unlink()


def lines(folder: Path, persons: int, copies: int, memory: int) -> Iterator[str]:
    """Yield the table's lines; everything is written inside ``folder``."""
    from data_synth.panel.columns import STANDARD
    from evaluation.data.registers.build import build
    from evaluation.data.registers.chosen import carried
    from evaluation.data.registers.chosen import delivered as held
    from evaluation.data.registers.columns._spells import months_within
    from evaluation.data.registers.loading import load_delivery
    from evaluation.data.registers.located import located
    from evaluation.data.registers.sql import Settings, connect, literal
    from evaluation.data.registers.staging import stage
    from evaluation.spec.origin import Origin

    path = delivered(folder, persons, copies)
    origin = Origin(folder=folder)
    delivery = load_delivery(path, origin)
    files, settings = located(delivery, path, origin).files, Settings(2, memory)
    yield HEAD
    staged, line = timed(lambda: stage(delivery, files, folder / "cache", settings))
    yield line("rows staged", sum(staged.tables.values()))
    with connect(folder / "cache", settings) as connection:
        table = literal(str(Path(staged.folder) / "benefit_spell.parquet"))
        connection.execute(f"CREATE TABLE benefit_spell AS FROM read_parquet({table})")
        first, last = (day.year * 12 + day.month - 1 for day in WINDOW)
        connection.execute(f"CREATE VIEW bounds AS SELECT {first} AS first, {last} AS last")
        query = f"SELECT count(*) FROM ({months_within('benefit_spell', 'from_ym', 'to_ym')})"
        _, line = timed(lambda: connection.execute(query).fetchone())
        yield line("spells to months", staged.tables["benefit_spell"])
    offered = carried(held(staged, delivery), delivery)
    panel = folder / "panel"
    panel.mkdir()
    names = [name for name in STANDARD if name in offered]
    built, line = timed(lambda: build(staged, delivery, names, panel, settings))
    yield line(f"rows, {len(built.columns)} columns", built.rows)


def timed(work: Callable[[], Any]) -> tuple[Any, Callable[[str, int], str]]:
    """Do some work; return what it gives, and what makes a line of a label and a count."""
    begun, cpu = time.perf_counter(), time.process_time()
    done = work()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def line(label: str, count: int) -> str:
        return (
            f"{label:22}{count:>14,}{seconds:>10.1f}{cpu:>13.1f}"
            f"{count / max(seconds, 1e-9):>14,.0f}{peak:>9,.0f}"
        )

    return done, line


def main() -> None:
    """Read the arguments, run once, print and clear away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS, help="scale it down with fewer")
    parser.add_argument("--copies", type=int, default=1, help="of every person")
    parser.add_argument("--memory", type=int, default=1200, help="MB of the query engine")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    print(
        f"{WORLD}, {asked.persons:,} persons, each {asked.copies} times, {asked.memory} MB\n"
        f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}",
        flush=True,
    )
    scratch = Path(tempfile.mkdtemp(prefix="activity-duty-", dir=asked.folder))
    try:
        for line in lines(scratch, asked.persons, asked.copies, asked.memory):
            print(line, flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
