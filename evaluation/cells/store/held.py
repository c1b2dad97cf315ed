"""One build of cells in memory: it answers as one in a folder does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.store.kept import Facts
from evaluation.data.moments import PairCells
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
        Tables of cell passes, by name.
    units
        What whole histories show, ``None`` where nobody looked.
    pairs
        Pair cells, by name.
    """

    plan: Plan
    facts: Facts
    tables: Mapping[str, pd.DataFrame]
    units: UnitFacts | None = None
    pairs: Mapping[str, PairCells] = field(default_factory=dict)

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

    def pair_cells(self, one: PairPass) -> PairCells:
        """Return the pair cells of a pass.

        Raises
        ------
        DataError
            Where they are not held.
        """
        if one.name not in self.pairs:
            raise DataError(f"{one.name}: is not held; build the cells again")
        return self.pairs[one.name]
