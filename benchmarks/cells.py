"""Print what estimating from cells costs, each piece against the floor of the same run.

The floor scans the same columns and groups with a count and four sums. Every piece runs in fresh
processes: CPU seconds are those of the timed call with all its threads and children, memory is the
peak of the whole process. Data come from the synthetic world and numpy, and are removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cells_pieces import PIECES, ROOT, adoption_file

WORLD = "published_null"
WINDOW = (date(2010, 1, 1), date(2019, 12, 1))
AGES, RD_AGES = (18, 42), (25, 34)
NO_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")
# Room for the query engine to spill to, beside the files.
SPILL = 4e9
MEMORY_GB = 18


@dataclass(frozen=True)
class Size:
    """How large everything is; persons are those of the whole world."""

    panel: int
    small: int
    cutoff: int
    cutoff_small: int
    national: int
    units: int
    permutations: int
    repetitions: int


FULL = Size(1_440_000, 240_000, 1_200_000, 120_000, 4_800_000, 1_000_000, 20_000, 3)
QUICK = Size(60_000, 15_000, 60_000, 15_000, 0, 20_000, 5_000, 1)


@dataclass(frozen=True)
class Measured:
    """One process: seconds of the call, peak memory of the process, and what it found."""

    cpu_seconds: float
    seconds: float
    peak_mb: float
    result: float


@dataclass(frozen=True)
class Row:
    """One line of the table.

    ``least`` and ``most`` are what is to be reached of the ratio, the other piece's cost over this
    one's (``times``) or this one's over the other's (``ratio``).
    """

    label: str
    piece: str
    at: Path | int
    against: str = ""
    most: float | None = None
    least: float | None = None
    memory_mb: float | None = None


# ------------------------------------------------------------------------------------ measuring
def run_piece(name: str, at: str) -> Measured:
    """Run one piece in this process."""
    call = PIECES[name](int(at) if at.isdigit() else Path(at))
    before, begun = _cpu(), time.perf_counter()
    result = call()
    seconds, used = time.perf_counter() - begun, _cpu() - before
    unit = 1e6 if sys.platform == "darwin" else 1e3
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / unit
    return Measured(used, seconds, peak, result)


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(row: Row, repetitions: int, env: dict[str, str]) -> Measured | str:
    """Run one piece in processes of its own; return the medians, or why there are none."""
    runs = []
    for _ in range(repetitions):
        command = [sys.executable, __file__, "--piece", row.piece, "--at", str(row.at)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
            return lines[-1]
        runs.append(Measured(**json.loads(done.stdout.splitlines()[-1])))
    return Measured(
        statistics.median(run.cpu_seconds for run in runs),
        statistics.median(run.seconds for run in runs),
        statistics.median(run.peak_mb for run in runs),
        runs[0].result,
    )


def table(title: str, rows: list[Row], size: Size, env: dict[str, str]) -> None:
    """Measure pieces and print them with what they are to reach."""
    print(f"\n{title}")
    head = "".join(f"{name:>9}" for name in ("CPU s", "wall s", "peak MB", "ratio"))
    print(f"  {'':<46}{head}  {'to reach':<22}{'result':>13}")
    found: dict[str, Measured] = {}
    for row in rows:
        one = measure(row, size.repetitions, env)
        if isinstance(one, str):
            print(f"  {row.label:<46}{one}", flush=True)
            continue
        found[row.label] = one
        other = found.get(row.against)
        ratio = None if other is None else one.cpu_seconds / other.cpu_seconds
        print(
            f"  {row.label:<46}{one.cpu_seconds:>9.2f}{one.seconds:>9.2f}{one.peak_mb:>9.0f}"
            f"{'' if ratio is None else f'{ratio:.2f}':>9}  {_verdict(row, one, ratio, size):<22}"
            f"{one.result:>13.6g}",
            flush=True,
        )


def _verdict(row: Row, one: Measured, ratio: float | None, size: Size) -> str:
    """Return what is to be reached, with a mark where it is not; small sizes show fixed costs."""
    wanted = []
    if ratio is not None and row.most is not None:
        wanted.append((ratio <= row.most, f"<= {row.most:g}"))
    if ratio is not None and row.least is not None:
        wanted.append((ratio >= row.least, f">= {row.least:g}"))
    if row.memory_mb is not None:
        wanted.append((one.peak_mb <= row.memory_mb, f"<= {row.memory_mb:g} MB"))
    judged = size is FULL
    return ", ".join(words if met or not judged else f"MISSED {words}" for met, words in wanted)


# ----------------------------------------------------------------------------------------- data
def planned_bytes(persons: int, ages: tuple[int, int], folder: Path) -> float:
    """Return the bytes that person-months will take; end here where the disk has no room."""
    from data_synth import load_world
    from data_synth.life.plan import plan_chunks
    from data_synth.panel.columns import STANDARD
    from data_synth.stream.request import Request
    from data_synth.stream.space import planned_bytes as planned

    asked = Request(load_world(WORLD), persons, 1, WINDOW, ages, format="parquet", columns=STANDARD)
    return planned(asked, plan_chunks(asked.world, persons, ages, (asked.first, asked.last)))


def simulate(folder: Path, persons: int, ages: tuple[int, int], env: dict[str, str]) -> Path:
    """Write person-months to a folder and return that of their files."""
    begun = time.perf_counter()
    words = ["synth", WORLD, "--persons", str(persons), "--seed", "1", "--out", str(folder)]
    words += ["--ages", "{}:{}".format(*ages), "--window"]
    words += [":".join(f"{month:%Y-%m}" for month in WINDOW)]
    subprocess.run(
        [sys.executable, "-m", "evaluation", *words],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = folder / "person_month"
    print(f"  {_rows(made):,} rows simulated in {time.perf_counter() - begun:.0f} s", flush=True)
    return made


def _rows(folder: Path) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))


# ------------------------------------------------------------------------------------- sections
def panel_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    made = simulate(folder / "panel", size.panel, AGES, env)
    floor, first = "floor: scan, group, four sums", "event study, 4 controls, municipality effects"
    table(
        f"person-months, {_rows(made):,} rows",
        [
            Row(floor, "floor_event_study", made),
            Row("once an input: bounds, uniqueness, digests", "input_facts", made, floor),
            Row(first, "event_study", made, floor, most=1.5, memory_mb=500),
            Row("ten models, five outcomes", "ten_models_five_outcomes", made, first, most=1.5),
            Row("person and month effects", "person_effects", made, floor, memory_mb=2_000),
        ],
        size,
        env,
    )


def library_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    made = simulate(folder / "small", size.small, AGES, env)
    own = "event study from the file, by cells"
    table(
        f"the same event study, {_rows(made):,} rows",
        [
            Row(own, "event_study", made),
            Row("pyfixest, rows in memory", "event_study_pyfixest", made, own, least=30),
        ],
        size,
        env,
    )


def cutoff_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    made = simulate(folder / "cutoff", size.cutoff, RD_AGES, env)
    floor, own = "floor: scan, group, four sums", "a rule and 20 bandwidths, clustered by person"
    table(
        f"regression discontinuity in months, {_rows(made):,} rows",
        [
            Row(floor, "floor_cutoff", made),
            Row(own, "cutoff_grid", made, floor, most=4),
        ],
        size,
        env,
    )
    shutil.rmtree(made)
    made = simulate(folder / "cutoff_small", size.cutoff_small, RD_AGES, env)
    table(
        f"the same on {_rows(made):,} rows",
        [
            Row(own, "cutoff_grid", made),
            Row("rdrobust, one call, rows in memory", "cutoff_rdrobust", made, own, least=10),
        ],
        size,
        env,
    )


def adoption_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    made = folder / "adoption"
    adoption_file(made, size.units)
    own = "group_time_att from the file, by cells"
    table(
        f"group-time effects, {size.units:,} units in 12 periods, clustered",
        [
            Row("once an input: bounds, uniqueness, histories", "adoption_facts", made),
            Row(own, "adoption", made),
            Row("csdid, rows in memory", "adoption_csdid", made, own, least=30),
            Row("differences, rows in memory", "adoption_differences", made, own, least=100),
        ],
        size,
        env,
    )


def permutation_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    del folder
    label, draws = "permutations with clustered t", size.permutations
    one = measure(Row(label, "permutation", draws), size.repetitions, env)
    print(f"\npermutation of an adoption, 356 clusters in 96 months, {draws:,} draws")
    if isinstance(one, str):
        print(f"  {one}")
        return
    rate = draws / one.cpu_seconds
    missed = "" if rate >= 1_500 else "MISSED "
    print(f"  {rate:,.0f} a CPU second; to reach: {missed}>= 1,500; peak {one.peak_mb:.0f} MB")


def national_section(folder: Path, size: Size, env: dict[str, str]) -> None:
    if not size.national:
        return
    made = simulate(folder / "national", size.national, AGES, env)
    print(f"\nnational panel, {_rows(made):,} rows: what cells answer of reform_2017 and rd_age30")
    limits = (
        ("national", "everything, from nothing", 300.0),
        ("national_again", "changed specs from kept cells", 2.0),
    )
    for piece, label, most in limits:
        one = measure(Row(label, piece, made), 1, env)
        if isinstance(one, str):
            print(f"  {label:<46}{one}")
            continue
        missed = "" if one.seconds <= most and one.peak_mb <= 2_000 else "MISSED "
        print(
            f"  {label:<46}{one.seconds:>9.1f} s, {one.cpu_seconds:.1f} CPU s, "
            f"{one.peak_mb:.0f} MB, {one.result:.0f} estimates; "
            f"to reach: {missed}<= {most:g} s, 2000 MB",
            flush=True,
        )


SECTIONS: dict[str, Callable[[Path, Size, dict[str, str]], None]] = {
    "panel": panel_section,
    "library": library_section,
    "cutoff": cutoff_section,
    "adoption": adoption_section,
    "permutation": permutation_section,
    "national": national_section,
}


def needed(size: Size, folder: Path) -> float:
    """Return the bytes that everything will take, one section after the other."""
    persons = (
        (size.panel, AGES),
        (size.small, AGES),
        (size.cutoff, RD_AGES),
        (size.national, AGES),
    )
    files = [planned_bytes(count, ages, folder) for count, ages in persons if count]
    return max([*files, size.units * 12 * 20]) + SPILL


def benchmark(size: Size, chosen: list[str], folder: Path) -> None:
    """Run the sections, each with its own data, which is removed before the next begins."""
    bytes_needed, free = needed(size, folder), shutil.disk_usage(folder).free
    times = "once" if size.repetitions == 1 else f"median of {size.repetitions}"
    small = "" if size is FULL else " At small sizes fixed costs hide the ratios: none is judged."
    print(
        f"Needs up to {bytes_needed / 1e9:.0f} GB of disk, removed afterwards, and up to "
        f"{MEMORY_GB if size is FULL else 4} GB of memory for the libraries compared with.\n"
        f"Every piece {times}, in processes of its own.{small}\n"
        f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}"
    )
    if free < bytes_needed:
        raise SystemExit(f"{folder}: {free / 1e9:.1f} GB are free; choose another with --folder")
    for name in chosen:
        scratch = Path(tempfile.mkdtemp(prefix="activity-duty-", dir=folder))
        # What libraries compile and remember goes where it is removed.
        env = os.environ | {f"{one}_NUM_THREADS": "1" for one in NO_THREADS}
        env |= {"NUMBA_CACHE_DIR": str(scratch), "MPLCONFIGDIR": str(scratch)}
        env |= {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch)}
        env |= {"ACTIVITY_DUTY_CACHE": str(scratch / "cache")}
        try:
            SECTIONS[name](scratch, size, env)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def main() -> None:
    """Read the arguments; ``--piece`` and ``--at`` are what the script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=list(SECTIONS))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--piece", choices=PIECES, help=argparse.SUPPRESS)
    parser.add_argument("--at", default="0", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.piece is None:
        benchmark(QUICK if asked.quick else FULL, asked.only, asked.folder)
        return
    print(json.dumps(vars(run_piece(asked.piece, asked.at))))


if __name__ == "__main__":
    main()
