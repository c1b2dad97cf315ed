"""Rows partly on either side of a cutoff: the share of their period under treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Means of cells differ from whole shares by rounding.
ROUNDING = 1e-9

# Share under treatment below and above the cutoff, by the side that is treated.
WHOLE = {"below": (1.0, 0.0), "above": (0.0, 1.0)}

# What may be wrong with a row's exposure.
FAULTS = ("missing", "outside", "below", "above")


@dataclass(frozen=True)
class Exposure:
    """The column that says how much of a row's period is under treatment.

    Attributes
    ----------
    column, running
        Exposure and running variable.
    cutoff
        At this value of the running variable alone a row may have a fraction.
    below, above
        What rows on either side have.
    """

    column: str
    running: str
    cutoff: float
    below: float
    above: float

    def share_above(self, exposure: FloatArray, distance: FloatArray) -> FloatArray:
        """Return the share of each entry above the cutoff: a fraction at the cutoff alone.

        Parameters
        ----------
        exposure
            Share of each entry's period under treatment, shape ``(n,)``.
        distance
            Running variable less the cutoff, shape ``(n,)``.
        """
        at_cutoff = (exposure - self.below) / (self.above - self.below)
        share: FloatArray = np.where(distance == 0, np.clip(at_cutoff, 0.0, 1.0), distance > 0)
        return share

    def misplaced(self, exposure: FloatArray, distance: FloatArray) -> dict[str, BoolArray]:
        """Return which entries cannot have the exposure that they have, by what is wrong.

        Parameters
        ----------
        exposure
            Share of each entry's period under treatment, shape ``(n,)``.
        distance
            Running variable less the cutoff; entries that lack it are left alone, shape ``(n,)``.
        """
        known = ~np.isnan(distance)
        outside = (exposure < -ROUNDING) | (exposure > 1 + ROUNDING)
        return {
            "missing": known & np.isnan(exposure),
            "outside": known & outside,
            "below": (distance < 0) & ~outside & (np.abs(exposure - self.below) > ROUNDING),
            "above": (distance > 0) & ~outside & (np.abs(exposure - self.above) > ROUNDING),
        }

    def require(self, counts: Mapping[str, int]) -> None:
        """Refuse rows that cannot have the exposure that they have.

        Parameters
        ----------
        counts
            Rows by what is wrong, by the names in ``FAULTS``.

        Raises
        ------
        DataError
            One line for each thing that is wrong, with how many rows.
        """
        name = repr(self.column)
        only = f"a fraction belongs to rows at the cutoff {self.cutoff:g} itself; check the column"
        words = {
            "missing": (
                f"column {name} is missing in {{}} rows; complete it, or leave these rows out in "
                "sample.keep"
            ),
            "outside": (
                f"column {name} lies outside 0 to 1 in {{}} rows; it must be the share of the "
                "row's period under treatment"
            ),
            "below": f"column {name} is not {self.below:g} in {{}} rows below the cutoff; {only}",
            "above": f"column {name} is not {self.above:g} in {{}} rows above the cutoff; {only}",
        }
        faults = [
            f"design.exposure: {line.replace('{}', str(counts[what]))}"
            for what, line in words.items()
            if counts.get(what)
        ]
        if faults:
            raise DataError(*faults)


def exposure_of(spec: Spec) -> Exposure | None:
    """Return the exposure of a spec's design, ``None`` where every row is wholly on one side.

    Parameters
    ----------
    spec
        What is asked.
    """
    design = spec.design
    if not isinstance(design, RdDesign) or design.exposure is None:
        return None
    column, cutoff = design.running_variable.column, float(design.cutoff)
    return Exposure(design.exposure, column, cutoff, *WHOLE[design.treated_side])
