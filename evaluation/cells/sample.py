"""The cells of one pass with the roles that the design gives them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.panel import panel_of_cells, without_units
from evaluation.cells.unit_counts import units_with_role
from evaluation.data.coarsen import group_rows
from evaluation.data.memo import Memo
from evaluation.data.model_refusals import repeated_rows
from evaluation.data.prepare import Prepared, with_roles
from evaluation.data.sample import refuse_empty
from evaluation.errors import DataError
from evaluation.spec.design import StaggeredDesign
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class CellSample:
    """What models read of one pass.

    Attributes
    ----------
    prepared
        Cells that have a role, as rows; or the rows that they make, where rows are groups.
    table
        The cells.
    gathered
        Everything that came with them.
    memo
        What models of this sample have worked out already.
    """

    prepared: Prepared
    table: CellTable
    gathered: Gathered
    memo: Memo = field(default_factory=Memo, repr=False, compare=False)

    @property
    def grouped(self) -> bool:
        """Whether ``prepared`` holds rows already: groups of persons, not cells."""
        return self.prepared.panel.rows is None


def cell_sample(spec: Spec, gathered: Gathered, table: CellTable) -> CellSample:
    """Return the cells of a pass with their roles.

    Raises
    ------
    DataError
        With what the rows themselves would be refused for: no rows, repeated rows, an empty side
        of the design, a cohort that varies inside a unit.
    """
    panel = panel_of_cells(spec, gathered, table)
    refuse_empty(panel)
    _refuse_histories(spec, gathered)
    if isinstance(spec.sample.rows, GroupedRows):
        rows = replace(panel, rows=None, answers={})
        return CellSample(
            with_roles(group_rows(rows, spec, spec.sample.rows), spec), table, gathered
        )
    prepared = with_roles(panel, spec)
    if len(prepared.panel.flow) > len(panel.flow) and gathered.units is not None:
        units = units_with_role(spec, gathered.plan, gathered.units)
        prepared = replace(prepared, panel=without_units(prepared.panel, units))
    return CellSample(prepared, table, gathered)


def _refuse_histories(spec: Spec, gathered: Gathered) -> None:
    facts = gathered.units
    if facts is None:
        return
    if facts.duplicates:
        raise repeated_rows(spec.panel.unit, spec.panel.time, facts.duplicates)
    design = spec.design
    if isinstance(design, StaggeredDesign) and not isinstance(spec.sample.rows, GroupedRows):
        varying = facts.varying.get(design.cohort.column or "", 0)
        if varying:
            raise DataError(
                f"design.cohort: varies over time in {varying} units; a cohort is one date a unit"
            )
