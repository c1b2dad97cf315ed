"""Print what estimating from cells costs, as Markdown: each piece against another of the same run.

The floor scans the same columns and groups with a count and four sums. Every piece runs in fresh
processes: CPU seconds are those of the timed call with all its threads and children, memory is the
peak of the whole process. Data come from the synthetic world and numpy, and are removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pieces.adoption import adoption_file
from pieces.catalogue import PIECES
from pieces.measuring import LONG, timed
from pieces.national import national_extent
from pieces.panels import Extent, planned_bytes, rows_of, simulated
from pieces.table import Line, at_least, at_most, memory, print_table, rate, wall

AGES, RD_AGES = (18, 42), (25, 34)
NO_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")
# Room for the query engine to spill to, beside the files; and memory for the libraries.
SPILL, MEMORY_GB = 4e9, 18
FLOOR = "floor: scan, group, four sums"


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


FULL = Size(1_440_000, 240_000, 1_200_000, 120_000, 3_750_000, 1_000_000, 20_000, 3)
QUICK = Size(60_000, 15_000, 60_000, 15_000, 60_000, 20_000, 5_000, 1)


@dataclass(frozen=True)
class Run:
    """Where one section works, how large it is, and where its tables go."""

    folder: Path
    size: Size
    env: dict[str, str]
    out: Callable[[str], None]

    def simulate(self, name: str, extent: Extent) -> tuple[Path, str]:
        """Write person-months; return their folder and how many there are."""
        made = simulated(self.folder / name, extent, self.env)
        return made, f"{rows_of(made):,} rows"

    def table(self, title: str, lines: list[Line], repetitions: int | None = None) -> None:
        """Measure and print."""
        times = repetitions or self.size.repetitions
        print_table(title, lines, times, self.size is FULL, self.env, self.out)


def panel_section(run: Run) -> None:
    """Compare event studies and person effects with the floor."""
    made, rows = run.simulate("panel", Extent(run.size.panel, AGES))
    first, ten = "event study, 4 controls, municipality effects", "ten_models_five_outcomes"
    run.table(
        f"Differences in differences, {rows}",
        [
            Line(FLOOR, "floor_event_study", made),
            Line("once an input: bounds, uniqueness, digests", "input_facts", made, FLOOR),
            Line(first, "event_study", made, FLOOR, (at_most(1.5), memory(500))),
            Line("ten models of five outcomes", ten, made, first, (at_most(1.5),)),
            Line("person and month effects", "person_effects", made, FLOOR, (memory(2_000),)),
        ],
    )


def library_section(run: Run) -> None:
    """Compare the event study with pyfixest."""
    made, rows = run.simulate("small", Extent(run.size.small, AGES))
    own = "event study from the file, by cells"
    run.table(
        f"The same event study, {rows}",
        [
            Line(own, "event_study", made),
            Line("pyfixest, rows in memory", "event_study_pyfixest", made, own, (at_least(30),)),
        ],
    )


def cutoff_section(run: Run) -> None:
    """Compare a regression discontinuity with the floor and with rdrobust."""
    made, rows = run.simulate("cutoff", Extent(run.size.cutoff, RD_AGES))
    own = "a rule and 20 bandwidths, clustered by person"
    run.table(
        f"Regression discontinuity in months, {rows}",
        [
            Line(FLOOR, "floor_cutoff", made),
            Line(own, "cutoff_grid", made, FLOOR, (at_most(4),)),
        ],
    )
    shutil.rmtree(made)
    made, rows = run.simulate("cutoff_small", Extent(run.size.cutoff_small, RD_AGES))
    other = "rdrobust, one call, rows in memory"
    run.table(
        f"The same, {rows}",
        [
            Line(own, "cutoff_grid", made),
            Line(other, "cutoff_rdrobust", made, own, (at_least(10),)),
        ],
    )


def adoption_section(run: Run) -> None:
    """Compare group-time effects with csdid and differences."""
    made = run.folder / "adoption"
    adoption_file(made, run.size.units)
    own, other = "group_time_att from the file, by cells", "differences, rows in memory"
    run.table(
        f"Group-time effects, {run.size.units:,} units in 12 periods, clustered",
        [
            Line("once an input: bounds, uniqueness, histories", "adoption_facts", made),
            Line(own, "adoption", made),
            Line("csdid, rows in memory", "adoption_csdid", made, own, (at_least(30),)),
            Line(other, "adoption_differences", made, own, (at_least(100),)),
        ],
    )


def permutation_section(run: Run) -> None:
    """Count permutations of an adoption a second."""
    draws = run.size.permutations
    label = f"{draws:,} draws with clustered t"
    run.table(
        "Permutation of an adoption, 356 municipalities in 96 months, any number of rows",
        [Line(label, "permutation", draws, goals=(rate(draws, 1_500),))],
    )


def national_section(run: Run) -> None:
    """Run the shipped specs on 200 million person-months."""
    made, rows = run.simulate("national", national_extent(run.size.national))
    limit = memory(2_000)
    run.table(
        f"Every model of specs/reform_2017 and specs/rd_age30 that runs from cells, {rows}",
        [
            Line("everything, from nothing", "national", made, goals=(wall(300), limit)),
            Line("two changed specs, kept cells", "national_again", made, goals=(wall(2), limit)),
        ],
        repetitions=1,
    )


SECTIONS: dict[str, Callable[[Run], None]] = {
    "panel": panel_section,
    "library": library_section,
    "cutoff": cutoff_section,
    "adoption": adoption_section,
    "permutation": permutation_section,
    "national": national_section,
}


def needed(size: Size, chosen: list[str]) -> float:
    """Return the bytes that the sections will take, one after the other."""
    extents = {
        "panel": Extent(size.panel, AGES),
        "library": Extent(size.small, AGES),
        "cutoff": Extent(size.cutoff, RD_AGES),
        "national": national_extent(size.national),
    }
    files = [planned_bytes(extents[name]) for name in chosen if name in extents]
    files += [size.units * 12 * 20.0] * ("adoption" in chosen)
    return max(files, default=0.0) + (SPILL if files else 0.0)


def benchmark(size: Size, chosen: list[str], folder: Path, out: Callable[[str], None]) -> None:
    """Run the sections, each with its own data, which is removed before the next begins."""
    bytes_needed, free = needed(size, chosen), shutil.disk_usage(folder).free
    room = f"{bytes_needed / 1e9:.1f} GB of disk in {folder}, removed afterwards"
    print(f"Needs up to {room}, and up to {MEMORY_GB if size is FULL else 4} GB of memory.")
    if free < bytes_needed:
        raise SystemExit(f"{free / 1e9:.1f} GB are free: choose another folder with --folder")
    times = "once" if size.repetitions == 1 else f"median of {size.repetitions} runs"
    small = "" if size is FULL else " At small sizes fixed costs hide the ratios: none is judged."
    out(
        f"\nPython {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}. "
        f"Every piece in processes of its own, {times}, one run where it takes more than "
        f"{LONG:.0f} CPU seconds.{small}"
    )
    # A stop removes what was made, as an end does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in chosen:
        scratch = Path(tempfile.mkdtemp(prefix="activity-duty-", dir=folder))
        # What libraries compile and remember goes where it is removed.
        env = os.environ | {f"{one}_NUM_THREADS": "1" for one in NO_THREADS}
        env |= {"NUMBA_CACHE_DIR": str(scratch), "MPLCONFIGDIR": str(scratch)}
        env |= {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch)}
        env |= {"ACTIVITY_DUTY_CACHE": str(scratch / "cache")}
        try:
            SECTIONS[name](Run(scratch, size, env, out))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def main() -> None:
    """Read the arguments; ``--piece`` and ``--at`` are what the script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=list(SECTIONS))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--out", type=Path, help="file for the tables as well")
    parser.add_argument("--piece", choices=PIECES, help=argparse.SUPPRESS)
    parser.add_argument("--at", default="0", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.piece is not None:
        call = PIECES[asked.piece](int(asked.at) if asked.at.isdigit() else Path(asked.at))
        print(json.dumps(vars(timed(call))))
        return
    lines: list[str] = []

    def out(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    benchmark(QUICK if asked.quick else FULL, asked.only, asked.folder, out)
    if asked.out is not None:
        asked.out.write_text("\n".join(lines).strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
