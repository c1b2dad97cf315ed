"""What an estimator needs of cells to be exact, said as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Design roles that a key can carry, as in ``ModelData``.
KeyRole = Literal["period", "treated", "post", "dose", "cohort", "running", "third"]


@dataclass(frozen=True)
class CellNeeds:
    """Needs of one model.

    Attributes
    ----------
    roles
        Design roles that must be constant inside a cell.
    full
        Whether controls must be constant inside a cell too, as row-wise variances want it.
    second_pass
        Cluster columns that no cell is made of: their scores are summed in a second pass.
    pairs
        Whether the cluster is the unit and its variance comes from pair cells.
    units
        Whether the number of rows and periods by unit matters (balanced panels, unit shares).
    unit_effect
        Whether the model absorbs an effect of the unit, so that cells are made of unit types.
    clusters
        Cluster columns that must be constant inside a cell.
    any_cluster
        Whether a second pass over the rows may stand in for what no cell is made of: clusters too
        many for a key, and row-wise variances with controls that vary inside cells.
    treatment
        Whether the treatment received is summed with its products, as fuzzy designs want it.
    scores_only
        Whether clusters serve nothing but sums of scores, so that a second pass may stand in for
        cells by cluster wherever that is cheaper.
    whole_units
        Whether no unit may change its cluster, as where clusters take their units with them.
    cohorts
        Whether units are counted by cohort if some are treated from the first period on; cells
        that cannot tell answer where there are none.
    gaps
        Columns that pair cells hold as well, missing values counted as 0.
    known
        Those among them of which pair cells say in which rows they have a value.
    """

    roles: frozenset[KeyRole]
    full: bool = False
    second_pass: tuple[str, ...] = ()
    pairs: bool = False
    units: bool = False
    unit_effect: bool = False
    clusters: tuple[str, ...] = ()
    any_cluster: bool = False
    treatment: bool = False
    scores_only: bool = False
    whole_units: bool = False
    cohorts: bool = False
    gaps: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def known_name(column: str) -> str:
    """Return the name that says, in pair cells, whether a column has a value: 1 or 0."""
    return f"known_{column}"


@dataclass(frozen=True)
class NotFromCells:
    """Why a model cannot be had from cells exactly.

    Attributes
    ----------
    reason
        A clause that stands in ``explain --plan``, without a full stop.
    """

    reason: str
