"""Find what is observed beside the models, and gather it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from evaluation.cells.supply import Supply
from evaluation.estimators.fitting import ModelResult
from evaluation.report.point_table import PointTable
from evaluation.spec.spec import Spec

FRAME = frozenset({"registry"})


class ObservedModule(Protocol):
    """The contract of one file in ``evaluation/report/observed``: a module with this function."""

    __name__: str

    @staticmethod
    def observe(
        supply: Supply, spec: Spec, results: tuple[ModelResult, ...]
    ) -> dict[str, PointTable]:
        """Return points by name, from cells wherever these answer; none where it does not apply."""
        ...


@cache
def observed_kinds() -> tuple[str, ...]:
    """Return the kinds of observed points, sorted."""
    folder = importlib.import_module("evaluation.report.observed").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(name for name in names if name not in FRAME and name[0] != "_"))


@cache
def observed_module(kind: str) -> ObservedModule:
    """Return the module of one kind."""
    module: ObservedModule = importlib.import_module(f"evaluation.report.observed.{kind}")  # type: ignore[assignment]
    return module


def observed_points(
    supply: Supply, spec: Spec, results: tuple[ModelResult, ...]
) -> dict[str, PointTable]:
    """Return everything observed of a run, by the name of its file.

    Parameters
    ----------
    supply
        The rows and cells of the run.
    spec, results
        What was asked, and what the models gave.

    Raises
    ------
    ValueError
        Where two kinds give one name.
    """
    found: dict[str, PointTable] = {}
    for kind in observed_kinds():
        for name, points in observed_module(kind).observe(supply, spec, results).items():
            if name in found:
                raise ValueError(f"two kinds of observed points are called {name}")
            found[name] = points
    return found
