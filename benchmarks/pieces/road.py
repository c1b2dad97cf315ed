"""From a spec to its fits: what the pieces of every section share.

A piece prepares, then returns the call that is timed. The call returns one number, printed beside
its time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Call = Callable[[], float]


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
            build_cells(relation, plan, plan.passes, settings, units),
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


def facts(folder: Path, spec) -> Call:
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
