"""Sources of rows, one file each: ``open_source`` finds the file by the source's name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from evaluation.data.derive.deriving import deriving
from evaluation.spec.spec import Spec


class Source(Protocol):
    """A place that rows come from."""

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period, so that nobody needs to look."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns on offer, without reading rows."""
        ...

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for."""
        ...

    def inputs(self) -> Mapping[str, str]:
        """Return a digest for every input, by a name that is safe to print."""
        ...


def open_source(spec: Spec) -> Source:
    """Return the source that ``spec.panel`` names, with the columns that the spec derives."""
    module = importlib.import_module(f"evaluation.data.sources.{spec.panel.source}")
    source: Source = module.open_source(spec)
    return deriving(spec, source)
