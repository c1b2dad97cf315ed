"""Questions near the one that a spec asks: the settings that ask them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec
from evaluation.spec.variance import VarianceKind

BANDWIDTHS = (3, 6, 12, 18, 24, 36, 48, 60)
ORDERS = (0, 1, 2, 3)
KERNELS = ("triangular", "epanechnikov", "uniform")
DONUTS = (1, 2, 3, 6)
SHIFTS = (-24, -12, 12, 24)


@dataclass(frozen=True)
class Variant:
    """One question: a key, a value in TOML, and the models that it concerns (empty for all)."""

    kind: str
    key: str
    value: str
    models: tuple[str, ...] = ()

    @property
    def setting(self) -> str:
        """The text of ``--set``."""
        return f"{self.key}={self.value}"


def variants_of(spec: Spec, levels: Mapping[str, Sequence[Any]]) -> tuple[Variant, ...]:
    """Return the questions that may be asked of cells in place of a spec's own.

    Parameters
    ----------
    spec
        What was asked.
    levels
        Values by column of the key of cells; one of each column stands for all.
    """
    found = [*_of_design(spec), *_of_sample(spec, levels)]
    for model in spec.models:
        found += _of_model(spec, model, levels)
    return tuple(dict.fromkeys(found))


def _of_design(spec: Spec) -> Iterator[Variant]:
    if isinstance(spec.design, RdDesign):
        for size in DONUTS:
            if size != spec.design.donut:
                yield Variant("donuts", "design.donut", toml(size))
        for shift in SHIFTS:
            yield Variant("cutoffs", "design.cutoff", toml(spec.design.cutoff + shift))


def _of_sample(spec: Spec, levels: Mapping[str, Sequence[Any]]) -> Iterator[Variant]:
    window = spec.origin.raw.get("panel", {}).get("window")
    if isinstance(window, list) and all(isinstance(one, dt.date) for one in window):
        first, last = window
        for low, high in ((1, 0), (0, -1), (-1, 0), (0, 1)):
            moved = [_years_on(first, low), _years_on(last, high)]
            yield Variant("windows", "panel.window", toml(moved))
    drops = list(spec.origin.raw.get("sample", {}).get("drop", ()))
    for column, values in levels.items():
        if len(values) > 1:
            value = toml([*drops, {"column": column, "equals": values[0]}])
            yield Variant(f"without one {column} of {len(values)}", "sample.drop", value)


def _of_model(spec: Spec, model: Model, levels: Mapping[str, Sequence[Any]]) -> Iterator[Variant]:
    own = next(one for one in spec.origin.raw["models"] if one["id"] == model.id)
    at = f"models.{model.id}"

    def asked(kind: str, key: str, value: object) -> Variant:
        return Variant(kind, f"{at}.{key}", toml(value), (model.id,))

    if isinstance(spec.design, RdDesign):
        yield from (asked("bandwidths", "bandwidth.fixed", one) for one in BANDWIDTHS)
        yield from (asked("orders", "order", one) for one in ORDERS)
        yield from (asked("kernels", "kernel", one) for one in KERNELS)
    if model.controls:
        yield asked("controls", "controls", [])
        for out in model.controls if len(model.controls) > 1 else ():
            yield asked("controls", "controls", [one for one in model.controls if one != out])
    others = [one for each in spec.models for one in each.controls if one not in model.controls]
    for one in dict.fromkeys(others):
        yield asked("controls", "controls", [*model.controls, one])
    for out in model.fixed_effects:
        left = [one for one in model.fixed_effects if one != out]
        yield asked("fixed effects", "fixed_effects", left)
    for kind in get_args(VarianceKind):
        yield asked("variances", "variance", kind)
    clusters = [one for each in spec.models for one in each.clusters]
    named = [*levels, *clusters, *([spec.panel.unit] if spec.panel.unit else [])]
    for column in dict.fromkeys(named):
        if (column,) != model.clusters:
            yield asked("clusters", "cluster", column)
    if model.clusters:
        yield asked("clusters", "cluster", [])
    kept = list(own.get("keep", ()))
    for column, values in levels.items():
        if len(values) > 1:
            only = [*kept, {"column": column, "equals": values[0]}]
            yield asked(f"one {column} of {len(values)}", "keep", only)
            yield asked(f"without one {column} of {len(values)}", "keep",
                        [*kept, {"column": column, "not_equals": values[0]}])  # fmt: skip


def _years_on(day: dt.date, years: int) -> dt.date:
    """Return the same day another year; 28 February stands for the 29th."""
    last = dt.date(day.year + years, day.month, 28)
    return last if day.day > last.day and day.month == 2 else day.replace(year=day.year + years)


def toml(value: object) -> str:
    """Return a value as inline TOML.

    Raises
    ------
    TypeError
        For a value that TOML has no word for.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    raise TypeError(f"TOML has no word for {type(value).__name__}")
