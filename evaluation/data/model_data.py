"""The rows that one model sees for one outcome."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ModelData:
    """Aligned arrays for one model and one outcome, sorted by unit and period, nothing missing.

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
    warnings
        What the rows themselves make doubtful; each makes the model's rows ``warned``.
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
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n_obs(self) -> int:
        """Number of rows, never weighted."""
        return len(self.y)

    @property
    def n_units(self) -> int | None:
        """Number of distinct units, ``None`` where the panel names no unit."""
        return None if self.unit is None else len(np.unique(self.unit))
