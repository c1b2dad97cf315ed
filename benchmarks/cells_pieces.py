"""What ``benchmarks/cells.py`` measures: each piece prepares, then returns the call that is timed.

A call returns one number, printed beside its time. Rivals are handed rows in memory, and are not
charged for reading them; cells are made from the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Call = Callable[[], float]

CONTROLS = ("female", "immigrant", "on_disability", "on_programme")
OUTCOMES = ("employed", "in_education", "sa_received", "on_aap", "condition_imposed")
CUTOFF = 360
WIDTHS = tuple(range(6, 26))
PERIODS = 12
CLUSTERS, MONTHS = 356, 96


# ---------------------------------------------------------------------------------------- specs
def spec_on(folder: Path, design: dict[str, Any], models: Sequence[dict[str, Any]], **tables: Any):
    """Return a spec about the person-months in a folder of parquet files."""
    from evaluation.catalogue import catalogue
    from evaluation.spec.loader import build_spec
    from evaluation.spec.origin import Origin
    from evaluation.spec.settings import Settings

    panel = {"source": "file", "path": folder.name, "unit": "person_id", "time": "ym"}
    outcomes = {"employed": {"column": "employed", "kind": "binary"}}
    whole = {
        "schema_version": 1,
        "id": "benchmark",
        "title": "Benchmark",
        "panel": {**panel, "time_unit": "month", **tables.pop("panel", {})},
        "outcomes": outcomes,
        "design": design,
        "models": [{"id": f"m{at}", **model} for at, model in enumerate(models)],
        **tables,
    }
    origin = Origin(folder=folder.parent)
    return build_spec(
        whole, catalogue(), settings=Settings({}, ()), origin=origin, label="benchmark"
    )


def by_age() -> dict[str, Any]:
    """Return the design of the event studies: under 30 against the rest, around January 2017."""
    import datetime as dt

    treated = {"column": "age_months", "below": CUTOFF}
    return {"kind": "did", "reform_date": dt.date(2017, 1, 1), "treated": treated}


def path_model(**changes: Any) -> dict[str, Any]:
    """Return an event study by quarter, clustered by municipality."""
    return {
        "estimand": "att_by_event_time",
        "estimator": "twfe_event_study",
        "event_bin": "quarter",
        "fixed_effects": ["muni_h", "ym"],
        "cluster": "muni_h",
        "variance": "cr1",
        **changes,
    }


def ten_models() -> list[dict[str, Any]]:
    """Return ten models of one design; the first is the event study with four controls."""
    effect = {"estimand": "att_relative", "estimator": "twfe", "event_bin": None}
    plain = {k: v for k, v in path_model(**effect).items() if v is not None}
    return [
        path_model(controls=list(CONTROLS)),
        path_model(),
        path_model(controls=list(CONTROLS[:2])),
        path_model(controls=list(CONTROLS), variance="cr3"),
        plain,
        {**plain, "controls": list(CONTROLS)},
        {**plain, "controls": [CONTROLS[0]], "variance": "cr3"},
        {**plain, "fixed_effects": ["ym"]},
        {**plain, "fixed_effects": []},
        {**plain, "controls": [CONTROLS[1]], "fixed_effects": ["muni_h"]},
    ]


def files_of(folder: Path) -> list[Path]:
    """Return the parquet files of a folder, in order."""
    return sorted(folder.glob("*.parquet"))


def opened(folder: Path, spec):
    """Return the relation of a folder, and the plan of a spec on it."""
    from evaluation.cells.engines.duckdb import relation_of_files
    from evaluation.cells.planning.plan_cells import plan_cells
    from evaluation.cells.settings import Settings
    from evaluation.estimators.cell_needs import needs_of
    from evaluation.spec.columns import columns_of_spec

    relation = relation_of_files(files_of(folder), columns_of_spec(spec), {}, Settings())
    return relation, plan_cells(spec, needs_of(spec), relation.columns)


def passes_and_fits(folder: Path, spec, histories: bool = False) -> Call:
    """Return the call that runs every pass for cells and pairs, and fits every model.

    Histories of units are looked at before, where an estimator asks for them: once an input.
    """
    from evaluation.cells.build import build_cells, build_pairs, build_units, second_pass_over
    from evaluation.cells.gathered import Gathered
    from evaluation.cells.settings import Settings
    from evaluation.cells.supply import Supply
    from evaluation.estimators.fitting import estimate_models

    relation, plan = opened(folder, spec)
    away = [route.reason for route in plan.routes if route.engine != "cells"]
    if away:
        raise SystemExit(f"not from cells: {away[0]}")
    settings = Settings()
    units = build_units(relation, plan, settings)[0] if histories else None

    def call() -> float:
        gathered = Gathered(
            plan,
            build_cells(relation, plan, plan.passes, settings),
            build_pairs(relation, plan, plan.pairs, settings),
            units,
            {},
            "built",
            second_pass_over(lambda: relation, plan, settings),
        )
        return first_estimate(estimate_models(spec, Supply(spec, None, plan, gathered)))

    return call


def first_estimate(results) -> float:
    """Return the first number of the first model; end where any model has none."""
    for result in results:
        for failure in result.failures.values():
            raise SystemExit(failure.reason)
    terms = next(iter(results[0].fits.values())).terms
    averages = [term for term in terms if term.estimand == "att"]
    return float([*averages, *terms][0].estimate)


def floor(folder: Path, key: str, sums: Sequence[str]) -> Call:
    """Return the call that scans columns and groups with a count and four sums."""
    import duckdb

    base = duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})
    summed = ", ".join(f"sum({one})" for one in sums)
    query = f"SELECT {key}, count(*), {summed} FROM read_parquet(?) GROUP BY ALL"

    def call() -> float:
        found = base.execute(query, [str(folder / "*.parquet")]).to_arrow_table()
        return float(found.num_rows)

    return call


# ---------------------------------------------------------------------------- differences
def floor_event_study(folder: Path) -> Call:
    scanned = [f"count({OUTCOMES[0]})", *CONTROLS]
    key = f"muni_h, ym, age_months < {CUTOFF}, {scanned[0]}"
    return floor(folder, key, CONTROLS)


def input_facts(folder: Path) -> Call:
    return _facts(folder, spec_on(folder, by_age(), [path_model(controls=list(CONTROLS))]))


def _facts(folder: Path, spec) -> Call:
    """Look at an input once: bounds of its columns, repeated rows, histories, file digests."""
    from evaluation.cells.build import build_units
    from evaluation.cells.settings import Settings
    from evaluation.data.sources import open_source

    def call() -> float:
        relation, plan = opened(folder, spec)
        units, _, _ = build_units(relation, plan, Settings())
        open_source(spec).inputs()
        return float(0 if units is None else units.duplicates)

    return call


def event_study(folder: Path) -> Call:
    return passes_and_fits(folder, spec_on(folder, by_age(), [path_model(controls=list(CONTROLS))]))


def person_effects(folder: Path) -> Call:
    model = path_model(fixed_effects=["person_id", "ym"])
    return passes_and_fits(folder, spec_on(folder, by_age(), [model]))


def ten_models_five_outcomes(folder: Path) -> Call:
    outcomes = {name: {"column": name, "kind": "binary"} for name in OUTCOMES}
    return passes_and_fits(folder, spec_on(folder, by_age(), ten_models(), outcomes=outcomes))


def event_study_pyfixest(folder: Path) -> Call:
    import numpy as np
    import pyarrow.parquet as pq
    import pyfixest

    columns = ["ym", "muni_h", "age_months", "employed", *CONTROLS]
    rows = pq.ParquetDataset(files_of(folder)).read(columns=columns).to_pandas()
    month = rows["ym"] // 100 * 12 + rows["ym"] % 100 - 1 - 2017 * 12
    rows["quarter"] = np.floor_divide(month, 3).astype("int16")
    rows["treated"] = (rows["age_months"] < CUTOFF).astype("int8")
    rows = rows.drop(columns="age_months")
    named = " + ".join(("treated", *CONTROLS))
    formula = f"employed ~ i(quarter, treated, ref=-1) + {named} | muni_h + ym"

    def fit(part) -> float:
        model = pyfixest.feols(
            formula, part, vcov={"CRV1": "muni_h"}, store_data=False, lean=True, copy_data=False
        )
        return float(model.coef().iloc[0])

    fit(rows.iloc[:: max(len(rows) // 20_000, 1)])  # compilation
    return lambda: fit(rows)


# ------------------------------------------------------------------------------------- cutoff
def cutoff_spec(folder: Path):
    """Return the bandwidth of the rule and twenty fixed ones, clustered by person."""
    design = {
        "kind": "rd",
        "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": CUTOFF,
        "treated_side": "below",
        "donut": 1,
    }
    model = {"estimand": "itt_at_cutoff", "estimator": "rd_robust", "cluster": "person_id"}
    return spec_on(folder, design, [model, *({**model, "bandwidth": {"fixed": h}} for h in WIDTHS)])


def floor_cutoff(folder: Path) -> Call:
    return floor(folder, "age_months", ("employed", "person_id", "ym", "age_months * employed"))


def cutoff_grid(folder: Path) -> Call:
    return passes_and_fits(folder, cutoff_spec(folder))


def cutoff_rdrobust(folder: Path) -> Call:
    import contextlib
    import io
    import warnings

    import pyarrow.parquet as pq
    from rdrobust import rdrobust

    columns = ["age_months", "person_id", "employed"]
    rows = pq.ParquetDataset(files_of(folder)).read(columns=columns).to_pandas()
    rows = rows[rows["age_months"] != CUTOFF]
    x = rows["age_months"].to_numpy(float) - CUTOFF

    def call() -> float:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            y, person = rows["employed"].to_numpy(float), rows["person_id"].to_numpy()
            found = rdrobust(y, x, cluster=person)
        return -float(found.coef.iloc[0, 0])

    return call


# ------------------------------------------------------------------------------------ adoption
def adoption_rows(units: int):
    """Simulate whole kroner of units in twelve periods; municipalities adopt or never do."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(2021)
    first = draw.choice([0, 4, 6, 8, 10], size=CLUSTERS, p=[0.4, 0.15, 0.15, 0.15, 0.15])
    muni = draw.integers(0, CLUSTERS, units)
    period = np.arange(1, PERIODS + 1)
    rows = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), PERIODS),
            "period": np.tile(period, units),
            "muni": np.repeat(muni, PERIODS),
            "first_treat": np.repeat(first[muni], PERIODS),
        }
    )
    after = (rows["first_treat"] > 0) & (rows["period"] >= rows["first_treat"])
    level = np.repeat(draw.normal(0, 5_000, units), PERIODS)
    noise = draw.normal(0, 10_000, len(rows))
    rows["y"] = np.rint(30_000 + level + 100 * rows["period"] + 500 * after + noise).astype("int32")
    return rows


def adoption_file(folder: Path, units: int) -> None:
    """Write the simulated units to one parquet file in a folder."""
    folder.mkdir()
    adoption_rows(units).to_parquet(folder / "units.parquet", index=False)


def adoption_read(folder: Path):
    import pandas as pd

    return pd.read_parquet(files_of(folder)[0])


def adoption_spec(folder: Path):
    """Return all group-time effects and four averages, clustered by municipality."""
    design = {"kind": "staggered_did", "cohort": {"column": "first_treat", "never": 0}}
    model = {
        "estimand": "att_gt",
        "estimator": "group_time_att",
        "aggregate": ["simple", "event_time", "cohort", "period"],
        "cluster": "muni",
        "variance": "cr1",
    }
    return spec_on(
        folder,
        {**design, "unbalanced": "keep"},
        [model],
        panel={"unit": "unit", "time": "period", "time_unit": "integer"},
        outcomes={"y": {"column": "y", "kind": "nok"}},
    )


def adoption(folder: Path) -> Call:
    return passes_and_fits(folder, adoption_spec(folder), histories=True)


def adoption_facts(folder: Path) -> Call:
    return _facts(folder, adoption_spec(folder))


def adoption_csdid(folder: Path) -> Call:
    import contextlib
    import io

    from csdid.att_gt import ATTgt

    rows = adoption_read(folder)

    def call() -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            names = {"yname": "y", "tname": "period", "idname": "unit", "gname": "first_treat"}
            model = ATTgt(data=rows, control_group=["nevertreated"], clustervar="muni", **names)
            model.fit(est_method="reg", bstrap=False)
            model.aggte("simple", bstrap=False, cband=False)
        return float(model.atte["overall_att"])

    return call


def adoption_differences(folder: Path) -> Call:
    from differences import ATTgt

    rows = adoption_read(folder)
    indexed = rows.assign(cohort=rows["first_treat"].where(rows["first_treat"] > 0)).set_index(
        ["unit", "period"]
    )

    def fit(part) -> float:
        model = ATTgt(data=part, cohort_column="cohort", base_period="varying")
        model.fit("y", est_method="reg", control_group="never_treated", progress_bar=False)
        for kind in ("event", "cohort", "time"):
            model.aggregate(kind)
        return float(model.aggregate("simple").iloc[0, 0])

    fit(indexed[indexed.index.get_level_values(0) < 2_000])
    return lambda: fit(indexed)


# -------------------------------------------------------------------------------- permutation
def permutation(draws: int) -> Call:
    """Permute an adoption over municipalities; the number of rows behind the cells is no matter."""
    import numpy as np

    from evaluation.cells.assignment import Assignment
    from evaluation.inference.permutation import permute

    draw = np.random.default_rng(17)
    starts = np.array([MONTHS, 24, 36, 48, 60, 72])
    paths = (np.arange(MONTHS) >= starts[:, None]).astype(float)
    assigned = Assignment(
        weight=draw.integers(50, 5_000, (CLUSTERS, MONTHS)).astype(float),
        y=draw.normal(0.5, 0.05, (CLUSTERS, MONTHS)),
        controls=np.zeros((CLUSTERS, MONTHS, 0)),
        scatter=np.full((CLUSTERS, 1, 1), 1.0),
        paths=paths,
        kind=draw.integers(0, len(starts), CLUSTERS),
        factor=1.0,
    )
    permute(assigned, 10, np.random.default_rng(1))

    def call() -> float:
        return permute(assigned, draws, np.random.default_rng(1)).p_coefficient

    return call


# ----------------------------------------------------------------------------- national panel
def national_specs(folder: Path):
    """Return the shipped specs on a folder of person-months, with the models that cells answer."""
    from evaluation.catalogue import catalogue
    from evaluation.cells.planning.plan_cells import plan_cells
    from evaluation.estimators.cell_needs import needs_of
    from evaluation.spec.loader import build_spec
    from evaluation.spec.origin import Origin
    from evaluation.spec.settings import Settings

    chosen = []
    for path in sorted(
        [*ROOT.glob("specs/reform_2017/*.toml"), *ROOT.glob("specs/rd_age30/*.toml")]
    ):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        synthetic = ("source", "world", "persons", "ages", "seed")
        low, high = tables["panel"].get("ages", (18, 42))
        tables["panel"] = {k: v for k, v in tables["panel"].items() if k not in synthetic}
        tables["panel"] |= {"source": "file", "path": folder.name}
        ages = {"column": "age_months", "at_least": 12 * low, "below": 12 * (high + 1)}
        sample = tables.setdefault("sample", {})
        if not any(one["column"] == "age_months" for one in sample.get("keep", [])):
            sample["keep"] = [*sample.get("keep", []), ages]
        origin = Origin(folder=folder.parent)
        spec = build_spec(
            tables, catalogue(), settings=Settings({}, ()), origin=origin, label=path.name
        )
        plan = plan_cells(spec, needs_of(spec))
        own = {route.model_id for route in plan.routes if route.engine == "cells"}
        models = tuple(model for model in spec.models if model.id in own)
        checks = tuple(check for check in spec.checks if check.model in (None, *own))
        if models:
            chosen.append(spec.model_copy(update={"models": models, "checks": checks}))
    return chosen


def national(folder: Path) -> Call:
    from evaluation.pipeline import run_spec

    specs, memory = national_specs(folder), folder.parent / "kept"
    return lambda: _estimates(run_spec(one, memory=memory, with_truth=False) for one in specs)


def national_again(folder: Path) -> Call:
    """Ask kept cells another question: a bandwidth, a variance, a subset of controls.

    The specs themselves are answered before, from kept cells too, so that imports do not count.
    """
    from evaluation.pipeline import run_spec

    specs, memory = national_specs(folder), folder.parent / "kept"
    changed = [_changed(one) for one in specs]
    _estimates(run_spec(one, memory=memory, with_truth=False) for one in specs)
    return lambda: _estimates(run_spec(one, memory=memory, with_truth=False) for one in changed)


def _changed(spec):
    from evaluation.estimators.rd_robust import Bandwidth

    changes: dict[str, dict[str, Any]] = {
        "twfe": {"controls": ("female",)},
        "twfe_event_study": {"variance": "cr1"},
    }
    models = []
    for model in spec.models:
        options = model.options
        if model.estimator == "rd_robust":
            options = options.model_copy(update={"bandwidth": Bandwidth(fixed=18)})
        update = {**changes.get(model.estimator, {}), "options": options}
        models.append(model.model_copy(update=update))
    return spec.model_copy(update={"models": tuple(models)}).bound_to(replace(spec.origin))


def _estimates(records) -> float:
    """Return how many numbers came out; end where a model has none or read the rows."""
    count = 0
    for record in records:
        for row in record.estimates:
            if row.estimate is None:
                raise SystemExit(f"{record.spec.id}: {row.model_id}: {row.reason}")
            count += 1
        engines = {row.value for row in record.details if row.name == "engine"}
        if engines != {"cells"}:
            raise SystemExit(f"{record.spec.id}: not from cells alone")
    return float(count)


PIECES: dict[str, Callable[[Any], Call]] = {
    piece.__name__: piece
    for piece in (
        floor_event_study,
        input_facts,
        event_study,
        person_effects,
        ten_models_five_outcomes,
        event_study_pyfixest,
        floor_cutoff,
        cutoff_grid,
        cutoff_rdrobust,
        adoption_facts,
        adoption,
        adoption_csdid,
        adoption_differences,
        permutation,
        national,
        national_again,
    )
}
