"""A source whose rows are read once, however many parts of the program want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from evaluation.data.sources import Source


class ReadOnce:
    """A source that keeps the rows it read; asked for more columns, it reads all of them again.

    Parameters
    ----------
    source
        Where the rows come from.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._frame: pd.DataFrame | None = None

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period."""
        return self.source.distinct

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns on offer."""
        return self.source.columns()

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for; nobody changes them in place."""
        held = () if self._frame is None else tuple(self._frame.columns)
        if self._frame is None or not set(columns) <= set(held):
            self._frame = self.source.read(tuple(dict.fromkeys((*held, *columns))))
        return self._frame.loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs."""
        return self.source.inputs()
