"""The rows that one model sees for one outcome, or the cells that stand for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.memo import Memo
from evaluation.data.moments import PairCells, SecondPass, SeenByRole, UnitsSeen, Within

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ModelData:
    """Aligned arrays for one model and one outcome, sorted by unit and period, nothing missing.

    A row is a row of the panel, or, where ``rows`` is given, a cell that stands for many: then
    ``y`` and the controls that vary inside it are weighted means and ``within`` holds their
    cross-products, ``weight`` is the cell's sum of weights (its rows, where the panel has none),
    and ``unit`` is ``None`` unless every unit is one of few types.

    Every array has shape ``(n,)``, one entry a row. Roles that the design does not have are
    ``None``. Rows lacking a needed value are already dropped and counted in ``dropped``.

    Attributes
    ----------
    outcome
        The outcome's name in the spec.
    y
        Outcome values.
    columns
        Controls, fixed effects and cluster columns under the names they have in the panel.
    weight
        Analytic weights, or ``None`` where the panel is unweighted.
    unit
        Codes 0..U-1 of the panel's units.
    unit_labels
        Label of every unit by its code, where a design compares single units; else empty.
    period
        Period index: consecutive integers at the panel's period length.
    period_labels
        Label of every period index that occurs.
    period_months
        Length of a period in months; 0 where time is whole numbers.
    treated
        1.0 where the row belongs to the treated group.
    post
        1.0 from the first post period on.
    dose
        Treatment that already varies over time, of any intensity.
    event_time
        Periods since the first post period; for staggered designs since the row's own cohort,
        ``nan`` where never treated.
    cohort
        First treated period index; ``inf`` for never treated.
    cohort_labels
        Label of every finite cohort.
    running
        Running variable less the cutoff.
    treatment
        Treatment received, for fuzzy designs.
    share_above
        Share of the row's period above the cutoff, its mean in a cell: 0 below, 1 above, a
        fraction at the cutoff itself. ``None`` where every row is wholly on one side.
    third
        1.0 where the row is of the third difference's group.
    instrument
        The instrument, times what the design multiplies it by.
    instrument_times
        What it is multiplied by, where the design says so.
    warnings
        What the rows themselves make doubtful; each makes the model's rows ``warned``.
    rows
        Rows of the panel in each cell; ``None`` where every entry is a row itself.
    within
        Cross-products inside cells; ``None`` where nothing varies in them or entries are rows.
    units
        Distinct units behind the cells; ``None`` where they were not counted.
    complete
        Whether every unit behind the cells is seen once in every period; ``None`` if unknown.
    unit_shares
        For cells: sum over its rows of weight / (rows of the row's unit), shape ``(cells,)``.
    levels
        Levels of an effect by its column, where cells hold types in their place (units).
    second_pass
        One more pass over the rows; ``None`` where they are out of reach.
    pairs
        Pair cells of this model's rows and outcome, for clusters by unit.
    starts
        Distinct first treated periods among units seen untreated before; ``None`` if not counted.
    seen
        Which units are seen when; ``None`` where nobody counted.
    weighted
        For cells: whether the panel has weights, so that weights may differ inside a cell.
    by_role
        Where units are seen in each group of the design; ``None`` where nobody counted.
    memo
        For cells: what other outcomes and models of the run have worked out already.
    """

    outcome: str
    y: FloatArray
    columns: pd.DataFrame
    weight: FloatArray | None = None
    unit: IntArray | None = None
    period: IntArray | None = None
    period_labels: dict[int, str] = field(default_factory=dict)
    period_months: int = 1
    treated: FloatArray | None = None
    post: FloatArray | None = None
    dose: FloatArray | None = None
    event_time: FloatArray | None = None
    cohort: FloatArray | None = None
    cohort_labels: dict[int, str] = field(default_factory=dict)
    running: FloatArray | None = None
    treatment: FloatArray | None = None
    share_above: FloatArray | None = None
    third: FloatArray | None = None
    instrument: FloatArray | None = None
    instrument_times: FloatArray | None = None
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    rows: IntArray | None = None
    within: Within | None = None
    units: int | None = None
    complete: bool | None = None
    unit_shares: FloatArray | None = None
    levels: dict[str, int] = field(default_factory=dict)
    second_pass: SecondPass | None = None
    pairs: PairCells | None = None
    starts: int | None = None
    weighted: bool = False
    unit_labels: dict[int, str] = field(default_factory=dict)
    seen: UnitsSeen | None = None
    by_role: SeenByRole | None = field(default=None, repr=False, compare=False)
    memo: Memo | None = field(default=None, repr=False, compare=False)

    @property
    def from_cells(self) -> bool:
        """Whether entries are cells."""
        return self.rows is not None

    @property
    def entries(self) -> int:
        """Length of every array: rows, or cells."""
        return len(self.y)

    @property
    def n_obs(self) -> int:
        """Number of rows of the panel, never weighted."""
        return len(self.y) if self.rows is None else int(self.rows.sum())

    @property
    def n_units(self) -> int | None:
        """Number of distinct units, ``None`` where the panel names none or nobody counted."""
        if self.from_cells:
            return self.units
        return None if self.unit is None else len(np.unique(self.unit))
