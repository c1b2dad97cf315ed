"""Needs of cells that several estimators share."""

from __future__ import annotations

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.estimators.contract import Setting

ROW_WISE = frozenset({"hc0", "hc1"})


def linear_needs(setting: Setting, roles: frozenset[KeyRole]) -> CellNeeds | NotFromCells:
    """Return what least squares with absorbed effects needs, by its variance.

    Clusters that are made of cells stand in the key. Scores by the unit come from a second pass,
    as do row-wise variances with controls that vary inside cells.

    Parameters
    ----------
    setting
        The model.
    roles
        Design roles that its regressors are made of.
    """
    inference, unit = setting.inference, setting.unit
    by_unit = unit is not None and unit in inference.cluster
    if by_unit and inference.variance == "cr3":
        return NotFromCells(f"cr3 deletes one {unit} at a time: their Gram matrices are rows")
    sloped = setting.interact or setting.group_trends is not None
    if sloped and unit is not None and unit in (*setting.fixed_effects, setting.group_trends):
        return NotFromCells(f"slopes beside effects of {unit} need its rows")
    return CellNeeds(
        roles=roles | {"period"} if setting.group_trends is not None else roles,
        full=inference.variance in ROW_WISE,
        second_pass=tuple(name for name in inference.cluster if name == unit),
        unit_effect=unit is not None and unit in setting.fixed_effects,
        clusters=tuple(name for name in inference.cluster if name != unit),
        any_cluster=inference.variance != "cr3",
        scores_only=inference.variance == "cr1" and not setting.evidence,
        cohorts=unit is not None and "cohort" in roles,
    )


def cutoff_needs(setting: Setting, full: bool) -> CellNeeds | NotFromCells:
    """Return what a regression discontinuity needs: mass points, and pairs where units cluster.

    Parameters
    ----------
    setting
        The model.
    full
        Whether controls must be constant at a point.
    """
    inference, unit = setting.inference, setting.unit
    if not setting.design.running_variable.discrete:
        return NotFromCells(
            "the running variable is continuous: no rows share a value "
            "(discrete = true where they do)"
        )
    by_unit = unit is not None and unit in inference.cluster
    if by_unit and len(inference.cluster) > 1:
        return NotFromCells(f"two-way clusters of which one is {unit} need the rows")
    return CellNeeds(
        roles=frozenset({"running"}),
        full=full,
        pairs=by_unit,
        clusters=() if by_unit else inference.cluster,
    )
