"""Print what a specification curve costs, as Markdown: its estimates, and permutations of them all.

The universe is one of municipal adoption on a synthetic panel by month: controls, ages, years and
definitions of adoption, each specification with the CR3 jackknife over municipalities. The panel is
simulated first and not charged; nothing is written but for what is removed.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")
COVARIATES = ("female", "immigrant", "intro_leaver", "child_welfare")
COLUMNS = ("person_id", "ym", "age_months", "muni_h", "employed", "adopted_ym", "adopted_narrow_ym")
AGES = ((216, 360), (240, 360), (216, 300), (252, 360), (216, 336))
STARTS = ("2013-01-01", "2013-04-01", "2013-07-01", "2013-10-01", "2014-01-01")

SPEC = """
schema_version = 1
id = "curve"
title = "A universe of municipal adoption"
[panel]
source = "synthetic"
world = "published_null"
persons = {persons}
ages = [18, 29]
seed = 20170101
unit = "person_id"
time = "ym"
time_unit = "month"
window = [2013-01-01, 2016-12-31]
[sample]
keep = [{{ column = "age_months", at_least = 216, below = 360 }}]
[outcomes]
employed = {{ column = "employed", kind = "binary" }}
[design]
kind = "staggered_did"
cohort = {{ column = "adopted_ym", never = "missing" }}
unbalanced = "keep"
[[models]]
id = "static"
estimand = "att"
estimator = "twfe"
fixed_effects = ["muni_h", "ym"]
cluster = "muni_h"
[[vary]]
path = "models.static.controls"
values = [{controls}]
[[vary]]
path = "sample.keep"
values = [{keeps}]
[[vary]]
path = "panel.window"
values = [{windows}]
[[vary]]
path = "design.cohort.column"
values = ["adopted_ym", "adopted_narrow_ym"]
[[checks]]
kind = "specification_curve"
model = "static"
draws = {draws}
seed = 1
statistic = "{statistic}"
"""


@dataclass(frozen=True)
class Size:
    """How large everything is; persons are those of the whole world."""

    persons: int
    controls: int
    samples: int
    draws: int


FULL, QUICK = Size(100_000, 10, 5, 500), Size(10_000, 3, 2, 99)


def spec_text(size: Size, statistic: str) -> str:
    """Return a spec whose axes make controls × samples² × 2 specifications."""
    sets = [one for width in range(4) for one in combinations(COVARIATES, width)]
    controls = (f"[{', '.join(map(repr, one))}]" for one in sets[: size.controls])
    column = 'column = "age_months"'
    keeps = (f"[{{ {column}, at_least = {low}, below = {high} }}]" for low, high in AGES)
    windows = (f"[{start}, 2016-12-31]" for start in STARTS)
    return SPEC.format(
        persons=size.persons,
        controls=", ".join(controls),
        keeps=", ".join(list(keeps)[: size.samples]),
        windows=", ".join(list(windows)[: size.samples]),
        draws=size.draws,
        statistic=statistic,
    )


@contextmanager
def timed(label: str, goal: str) -> Iterator[None]:
    """Print the seconds and CPU seconds of a piece as a line of the table."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, busy = time.perf_counter() - wall, time.process_time() - cpu
    print(f"| {label} | {seconds:.1f} | {busy:.1f} | {goal} |", flush=True)


def measure(size: Size, statistic: str, folder: Path) -> None:
    """Run one universe and print its table."""
    from evaluation.catalogue import catalogue
    from evaluation.checks._universe import estimate_universe
    from evaluation.checks.judging import judge_models
    from evaluation.estimators.fitting import estimate_models
    from evaluation.estimators.refitting import Refitting
    from evaluation.estimators.supplying import Request, supply_of
    from evaluation.spec.loader import read_spec
    from evaluation.spec.members import members_of

    path = folder / "curve.toml"
    path.write_text(spec_text(size, statistic), encoding="utf-8")
    spec = read_spec(path, catalogue())
    request = Request(spec)
    source = request.opened()
    source.read(sorted({*COVARIATES, *COLUMNS}))
    request = replace(request, source=source)
    supply = supply_of(request, lambda stage: nullcontext())
    results = estimate_models(spec, supply)
    refit = Refitting(request, None, supply)
    print("\n| piece | seconds | CPU seconds | goal |\n|---|---|---|---|")
    with timed("all estimates, from one pass over the rows", "500 in under 60 s"):
        members = members_of(spec, catalogue())
        found = estimate_universe(
            spec, members, results, refit, refit.gather, lambda own, result: ()
        )
    with timed(f"{size.draws} draws of all, {statistic}", "500 draws of 500 in under 300 s"):
        judge_models(spec, supply, results, refit, universe=found)
    rows = [one.row for one in found]
    failed = sum(row.estimate is None for row in rows)
    first = next(row for row in rows if row.declared)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(rows)} specifications, {failed} failed; the declared one has {first.n_obs:,} rows "
        f"in {first.n_clusters} municipalities. Peak memory of the process {peak:,.0f} MB."
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument(
        "--statistic", choices=("coefficient", "studentised"), default="coefficient"
    )
    asked = parser.parse_args()
    os.environ.update({f"{one}_NUM_THREADS": "1" for one in THREADS})
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}.")
    with tempfile.TemporaryDirectory(prefix="activity-duty-") as folder:
        measure(QUICK if asked.quick else FULL, asked.statistic, Path(folder))


if __name__ == "__main__":
    main()
