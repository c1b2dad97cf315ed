"""The shipped specs on a national panel, from nothing and from kept cells."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from pieces.road import Call

ROOT = Path(__file__).resolve().parent.parent.parent
SPECS = ("reform_2017/age_did", "rd_age30/release_at_30")


def national_specs(folder: Path):
    """Return the shipped specs on a folder of person-months, with the models that cells answer.

    Without their checks: those that estimate again are priced by the number of variants.
    """
    from evaluation.catalogue import catalogue
    from evaluation.cells.planning.plan_cells import plan_cells
    from evaluation.estimators.cell_needs import needs_of
    from evaluation.spec.loader import build_spec
    from evaluation.spec.origin import Origin
    from evaluation.spec.settings import Settings

    chosen = []
    for name in SPECS:
        path = ROOT / "specs" / f"{name}.toml"
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
        chosen.append(spec.model_copy(update={"models": models, "checks": ()}))
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
