"""Print time and memory of three comparisons, each as a ratio within one run.

Every piece runs in processes of its own, on one thread, after a first call on a few rows where it
is a single fit: neither imports nor compilation count. Nothing is written.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AGE_DID = ROOT / "specs" / "reform_2017" / "age_did.toml"
MPDTA = ROOT / "specs" / "replications" / "mpdta.toml"
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")


@dataclass(frozen=True)
class Size:
    """How large a benchmark is."""

    persons: tuple[int, ...]
    fit_persons: int
    units: int
    repetitions: int
    needs: str


FULL = Size((20_000, 60_000), 60_000, 1_000, 3, "about 2 GB of memory and five minutes")
QUICK = Size((5_000,), 5_000, 300, 1, "about 2 GB of memory and one to two minutes")


@dataclass(frozen=True)
class Measured:
    """One process: CPU seconds of the piece, peak memory of the process, and what it found."""

    cpu_seconds: float
    peak_mb: float
    estimate: float


# --------------------------------------------------------------------------------------- pieces
# A piece prepares, then returns the call that is timed; the call returns one number.
Call = Callable[[], float]


def simulate(persons: int) -> Call:
    import data_synth
    import evaluation as ad
    from evaluation.spec.columns import columns_of_spec

    spec = ad.load_spec(AGE_DID)
    world = data_synth.load_world(spec.panel.world)

    def call() -> float:
        rows = data_synth.person_month(
            world,
            persons=persons,
            seed=spec.panel.seed,
            window=spec.panel.window,
            columns=list(columns_of_spec(spec)),
        )
        return float(len(rows))

    return call


def end_to_end(persons: int) -> Call:
    import evaluation as ad

    return lambda: _first(ad.run(AGE_DID, set={"panel.persons": persons}).estimates)


def without_truth(persons: int) -> Call:
    import evaluation as ad
    from evaluation.data.sources import open_source
    from evaluation.spec.columns import columns_of_spec

    spec = ad.load_spec(AGE_DID, set={"panel.persons": persons})
    rows = open_source(spec).read(list(columns_of_spec(spec)))
    return lambda: _first(ad.run(spec, frame=rows).estimates)


def twfe_cr3(persons: int) -> Call:
    data, setting = _main_model(persons)
    return _own_fit("twfe", data, setting)


def feols_crv1(persons: int) -> Call:
    import pyfixest

    data, _ = _main_model(persons)
    rows = data.columns.assign(
        y=data.y, treated=data.treated, treated_post=data.treated * data.post
    )
    formula = "y ~ treated_post + treated + female + immigrant | muni_h + ym"

    def fit(part) -> float:
        model = pyfixest.feols(
            formula, part, vcov={"CRV1": "muni_h"}, store_data=False, lean=True, copy_data=False
        )
        return float(model.coef()["treated_post"])

    fit(rows.iloc[::50])
    return lambda: fit(rows)


def group_time_own(units: int) -> Call:
    data, setting, _ = _counties(units)
    return _own_fit("group_time_att", data, setting)


def group_time_differences(units: int) -> Call:
    from differences import ATTgt

    _, _, rows = _counties(units)
    indexed = rows.assign(cohort=rows["first_treat"].where(rows["first_treat"] > 0)).set_index(
        ["countyreal", "year"]
    )

    def fit(part) -> float:
        model = ATTgt(data=part, cohort_column="cohort", base_period="varying")
        model.fit("lemp", est_method="reg", control_group="never_treated", progress_bar=False)
        for kind in ("event", "cohort", "time"):
            model.aggregate(kind)
        return float(model.aggregate("simple").iloc[0, 0])

    fit(indexed[indexed.index.get_level_values(0) < units // 3])
    return lambda: fit(indexed)


PIECES: dict[str, Callable[[int], Call]] = {
    piece.__name__: piece
    for piece in (
        simulate,
        end_to_end,
        without_truth,
        twfe_cr3,
        feols_crv1,
        group_time_own,
        group_time_differences,
    )
}


def _first(estimates) -> float:
    return float(estimates["estimate"].iloc[0])


def _own_fit(name: str, data, setting) -> Call:
    from evaluation.estimators.registry import estimator

    method = estimator(name)
    return lambda: float(method.fit(data, setting).terms[0].estimate)


def _model_data(spec, source, model_id: str):
    from evaluation.data.model_rows import model_rows
    from evaluation.data.prepare import prepare
    from evaluation.estimators.fitting import setting_of

    prepared = prepare(spec, source)
    model = next(model for model in spec.models if model.id == model_id)
    outcome = spec.outcomes_of(model)[0]
    data = model_rows(prepared.panel, prepared.roles, spec, model, outcome, spec.outcomes[outcome])
    return data, setting_of(spec, model)


def _main_model(persons: int):
    import evaluation as ad
    from evaluation.data.sources import open_source

    spec = ad.load_spec(AGE_DID, set={"panel.persons": persons})
    return _model_data(spec, open_source(spec), "main")


def _counties(units: int):
    """Simulate units of the kind of mpdta: eight years, three cohorts, a third never treated."""
    import numpy as np
    import pandas as pd

    import evaluation as ad
    from evaluation.data.sources.frame import Frame

    draw = np.random.default_rng(2003)
    years = np.arange(2001, 2009)
    cohort = draw.choice([0, 2004, 2006, 2007], size=units, p=[0.4, 0.2, 0.2, 0.2])
    rows = pd.DataFrame(
        {
            "countyreal": np.repeat(np.arange(units), len(years)),
            "year": np.tile(years, units),
            "first_treat": np.repeat(cohort, len(years)),
            "lpop": np.repeat(draw.normal(3, 1, units), len(years)),
        }
    )
    after = (rows["first_treat"] > 0) & (rows["year"] >= rows["first_treat"])
    level = np.repeat(draw.normal(0, 1, units), len(years))
    rows["lemp"] = level - 0.05 * after + draw.normal(0, 0.2, len(rows))
    spec = ad.load_spec(MPDTA, set={"DATA": str(ROOT)})
    data, setting = _model_data(spec, Frame(rows), "cs")
    return data, setting, rows


# ------------------------------------------------------------------------------------ measuring
def run_piece(name: str, size: int) -> Measured:
    """Run one piece in this process."""
    import resource

    call = PIECES[name](size)
    if name in ("twfe_cr3", "group_time_own"):
        call()  # first call: imports and compilation
    begun = time.process_time()
    estimate = call()
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(seconds, peak / (1e6 if sys.platform == "darwin" else 1e3), estimate)


def measure(name: str, size: int, repetitions: int, environment: dict[str, str]) -> Measured:
    """Run one piece in processes of its own and return the medians."""
    runs = []
    for _ in range(repetitions):
        command = [sys.executable, str(Path(__file__)), "--piece", name, "--size", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        runs.append(Measured(**json.loads(done.stdout.splitlines()[-1])))
    return Measured(
        statistics.median(run.cpu_seconds for run in runs),
        statistics.median(run.peak_mb for run in runs),
        runs[0].estimate,
    )


def compare(
    title: str, pieces: list[tuple[str, str, int]], size: Size, env: dict[str, str]
) -> None:
    """Measure pieces and print them, the first as the unit of the ratios."""
    print(f"\n{title}")
    print(f"  {'':<44}{'CPU s':>9}{'ratio':>9}{'peak MB':>10}{'ratio':>9}{'result':>14}")
    unit: Measured | None = None
    for label, name, at in pieces:
        one = measure(name, at, size.repetitions, env)
        unit = unit or one
        print(
            f"  {label:<44}{one.cpu_seconds:>9.3f}{one.cpu_seconds / unit.cpu_seconds:>9.2f}"
            f"{one.peak_mb:>10.0f}{one.peak_mb / unit.peak_mb:>9.2f}{one.estimate:>14.6g}",
            flush=True,
        )


def benchmark(size: Size) -> None:
    """Run the three comparisons."""
    times = "once" if size.repetitions == 1 else f"median of {size.repetitions}"
    print(f"Needs {size.needs}; every piece {times}, in processes of its own, one thread.")
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}")
    with tempfile.TemporaryDirectory() as scratch:
        # What libraries compile goes where it is removed.
        env = os.environ | {f"{name}_NUM_THREADS": "1" for name in THREADS}
        env |= {"NUMBA_CACHE_DIR": scratch, "MPLCONFIGDIR": scratch, "PYTHONDONTWRITEBYTECODE": "1"}
        for persons in size.persons:
            compare(
                f"age_did, {persons:,} persons",
                [
                    ("simulate the panel alone", "simulate", persons),
                    ("rows at hand to results, without truth", "without_truth", persons),
                    ("the whole run, truth included", "end_to_end", persons),
                ],
                size,
                env,
            )
        compare(
            f"main model of age_did, {size.fit_persons:,} persons",
            [
                ("pyfixest feols, CRV1", "feols_crv1", size.fit_persons),
                ("twfe, CR3 jackknife", "twfe_cr3", size.fit_persons),
            ],
            size,
            env,
        )
        compare(
            f"group-time effects and four averages, {size.units:,} units in 8 periods",
            [
                ("differences", "group_time_differences", size.units),
                ("group_time_att", "group_time_own", size.units),
            ],
            size,
            env,
        )


def main() -> None:
    """Read the arguments; ``--piece`` and ``--size`` are what the script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each")
    parser.add_argument("--piece", choices=PIECES, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.piece is None:
        benchmark(QUICK if asked.quick else FULL)
        return
    measured = run_piece(asked.piece, asked.size)
    print(json.dumps(vars(measured)))


if __name__ == "__main__":
    main()
