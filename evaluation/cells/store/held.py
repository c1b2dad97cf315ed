"""One build of cells in memory: it answers as one in a folder does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import Plan
from evaluation.cells.store.kept import Facts
from evaluation.errors import DataError


@dataclass(frozen=True)
class Held:
    """A build of cells whose tables are at hand.

    Attributes
    ----------
    plan
        What was built.
    facts
        What is known beside.
    tables
        Tables of cell passes, by name; pair cells are not held.
    units
        What whole histories show, ``None`` where nobody looked.
    """

    plan: Plan
    facts: Facts
    tables: Mapping[str, pd.DataFrame]
    units: UnitFacts | None = None

    def frame(self, name: str) -> pd.DataFrame:
        """Return the table of a pass.

        Raises
        ------
        DataError
            Where it is not held.
        """
        if name not in self.tables:
            raise DataError(f"{name}: is not held; build the cells again")
        return self.tables[name]
