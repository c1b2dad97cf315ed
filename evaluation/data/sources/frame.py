"""Rows that the caller holds already, from a notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd


@dataclass(frozen=True)
class Frame:
    """A data frame in place of the spec's own source."""

    frame: pd.DataFrame
    distinct: ClassVar[bool] = False

    def columns(self) -> tuple[str, ...]:
        """Return the frame's column names."""
        return tuple(str(name) for name in self.frame.columns)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return a copy of the columns asked for; the caller's frame is never touched."""
        return self.frame.loc[:, list(columns)].reset_index(drop=True).copy()

    def inputs(self) -> Mapping[str, str]:
        """Return a digest of the frame's values and column names."""
        values = pd.util.hash_pandas_object(self.frame, index=False).to_numpy()
        names = "\0".join(self.columns()).encode()
        return {"frame": hashlib.sha256(values.tobytes() + names).hexdigest()}
