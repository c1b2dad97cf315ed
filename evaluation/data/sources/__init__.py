"""Sources of rows, one file each: ``open_source`` finds the file by the source's name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from evaluation.data.blind import Blinded
from evaluation.data.derive.deriving import deriving
from evaluation.spec.blinding import Blinding
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


def open_source(spec: Spec, blinding: Blinding | None = None) -> Source:
    """Return the source that ``spec.panel`` names, with the columns that the spec derives.

    Parameters
    ----------
    spec
        Names the source.
    blinding
        How a blind run mixes its rows, before anything is derived of them.
    """
    module = importlib.import_module(f"evaluation.data.sources.{spec.panel.source}")
    source: Source = module.open_source(spec)
    return deriving(spec, blinded(source, blinding))


def blinded(source: Source, blinding: Blinding | None) -> Source:
    """Return a source with its rows mixed; itself where nothing says how."""
    return source if blinding is None else Blinded(source, blinding)
