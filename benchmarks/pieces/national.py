"""The shipped specs on a national panel, from nothing and from kept cells."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pieces.panels import Extent
from pieces.road import Call

ROOT = Path(__file__).resolve().parent.parent.parent
FAMILIES = ("reform_2017", "rd_age30")
SYNTHETIC = ("source", "world", "persons", "ages", "seed")
# Completed years that some shipped spec looks at, and months that hold what it leads to.
AGES, WINDOW = (18, 49), (date(2012, 1, 1), date(2021, 12, 1))


def shipped() -> list[Path]:
    """Return the shipped specs of the reform and of the age of 30, in order."""
    return [path for one in FAMILIES for path in sorted((ROOT / "specs" / one).glob("*.toml"))]


def national_extent(persons: int) -> Extent:
    """Return what the shipped specs look at, in a world of so many persons."""
    return Extent(persons, AGES, WINDOW, _columns())


def _columns() -> tuple[str, ...]:
    """Return the columns of the panel that the shipped specs read."""
    from evaluation.catalogue import catalogue
    from evaluation.data.leads import read_for
    from evaluation.spec.columns import columns_of_spec
    from evaluation.spec.derived import inputs_of, made_in_order
    from evaluation.spec.joined import joined_columns
    from evaluation.spec.loader import read_spec

    found: dict[str, None] = {}
    for path in shipped():
        spec = read_spec(path, catalogue())
        asked = read_for(spec, tuple(columns_of_spec(spec)))
        made = made_in_order(spec.derive, asked)
        keys = [key for join in spec.joins for key in join.on]
        parts = [column for name in made for column in inputs_of(spec.derive[name])]
        own = {*spec.derive, *joined_columns(spec)}
        found |= dict.fromkeys(name for name in (*asked, *parts, *keys) if name not in own)
    return tuple(found)


def national_specs(folder: Path) -> Iterator[Any]:
    """Yield the shipped specs on a folder of person-months, with the models that cells answer.

    Without their checks: those that estimate again are priced by the number of variants.
    """
    for path in shipped():
        spec = _on(folder, path)
        own = _from_cells(spec)
        if own:
            yield spec.model_copy(update={"models": own, "checks": ()})


def _on(folder: Path, path: Path):
    """Return a shipped spec on a folder, the ages that it simulates as a filter."""
    from evaluation.catalogue import catalogue
    from evaluation.spec.loader import build_spec, read_spec
    from evaluation.spec.origin import Origin
    from evaluation.spec.settings import Settings

    tables = copy.deepcopy(dict(read_spec(path, catalogue()).origin.raw))
    low, high = tables["panel"].get("ages", AGES)
    kept = {key: value for key, value in tables["panel"].items() if key not in SYNTHETIC}
    tables["panel"] = {**kept, "source": "file", "path": str(folder)}
    sample = tables.setdefault("sample", {})
    if not any(one["column"] == "age_months" for one in sample.get("keep", [])):
        ages = {"column": "age_months", "at_least": 12 * low, "below": 12 * (high + 1)}
        sample["keep"] = [*sample.get("keep", []), ages]
    origin = Origin(folder=path.parent, allowed=(folder,))
    return build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=origin, label=path.name
    )


def _from_cells(spec) -> tuple[Any, ...]:
    """Return the models that run from cells, as ``explain --plan`` says; no row is read."""
    from evaluation.cells.planning.known import known_columns
    from evaluation.estimators.supplying import plan_of

    known = known_columns(spec)
    routes = plan_of(spec)(None if known is None else known.columns).routes
    own = {route.model_id for route in routes if route.engine == "cells"}
    return tuple(model for model in spec.models if model.id in own)


def national(folder: Path) -> Call:
    from evaluation.pipeline import run_spec

    specs, memory = list(national_specs(folder)), folder.parent / "kept"
    return lambda: _estimates(run_spec(one, memory=memory, with_truth=False) for one in specs)


def national_again(folder: Path) -> Call:
    """Ask kept cells another question: a bandwidth, a variance, a subset of controls.

    The specs themselves are answered before, from kept cells too, so that imports do not count.
    """
    from evaluation.pipeline import run_spec

    memory = folder.parent / "kept"
    specs = [one for one in national_specs(folder) if one.id in ("age_did", "release_at_30")]
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
    """Return how many numbers came out; end where a model failed or read the rows."""
    count = 0
    for record in records:
        for row in record.estimates:
            if row.status == "failed":
                raise SystemExit(f"{record.spec.id}: {row.model_id}: {row.reason}")
            count += row.estimate is not None
        engines = {row.value for row in record.details if row.name == "engine"}
        if engines != {"cells"}:
            raise SystemExit(f"{record.spec.id}: not from cells alone")
    return float(count)
