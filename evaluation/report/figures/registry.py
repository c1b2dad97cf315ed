"""Find the figures: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Literal, Protocol

from evaluation.report.figures.plot import Plot
from evaluation.report.record import Record

Section = Literal["main", "design", "checks", "robustness", "description"]
SECTIONS: tuple[Section, ...] = ("main", "design", "checks", "robustness", "description")
FRAME = frozenset({"plot", "registry", "render", "style"})


class FigureModule(Protocol):
    """The contract of one file in ``evaluation/report/figures``: a module with these names."""

    __name__: str
    TITLE: str
    SECTION: Section
    ORDER: int

    @staticmethod
    def plots(record: Record) -> tuple[Plot, ...]:
        """Return the figures of this kind that a record has, none where it does not apply."""
        ...


def figure_kinds() -> tuple[str, ...]:
    """Return the kinds of figure, in the order in which a page shows them."""
    folder = importlib.import_module("evaluation.report.figures").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    kinds = [name for name in names if name not in FRAME and not name.startswith("_")]

    def place(kind: str) -> tuple[int, int, str]:
        module = figure_module(kind)
        return SECTIONS.index(module.SECTION), module.ORDER, kind

    return tuple(sorted(kinds, key=place))


@cache
def figure_module(kind: str) -> FigureModule:
    """Return the figure of that kind."""
    module: FigureModule = importlib.import_module(f"evaluation.report.figures.{kind}")  # type: ignore[assignment]
    return module


def plots_of(record: Record, section: Section | None = None) -> tuple[Plot, ...]:
    """Return every figure of a record, or those of one section, in the order of a page.

    Raises
    ------
    ValueError
        Where two figures have one name.
    """
    found: dict[str, Plot] = {}
    for kind in figure_kinds():
        module = figure_module(kind)
        if section is not None and section != module.SECTION:
            continue
        for plot in module.plots(record):
            if plot.name in found:
                raise ValueError(f"two figures are called {plot.name}")
            found[plot.name] = plot
    return tuple(found.values())
