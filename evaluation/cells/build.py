"""Run the passes of a plan over the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evaluation.cells.gathered import CellTable, UnitFacts
from evaluation.cells.plan import CellPass, PairPass, Plan, Quantity
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.moments import PairCells, SecondPass
from evaluation.data.panel import FlowStep

History = tuple[UnitFacts | None, tuple[FlowStep, ...], int | None]


def build_cells(
    relation: Relation,
    plan: Plan,
    passes: tuple[CellPass, ...],
    settings: Settings,
    units: UnitFacts | None = None,
) -> Mapping[str, CellTable]:
    """Return the cells of some passes, by name.

    Parameters
    ----------
    relation, plan, passes, settings
        The rows, what is asked of them, and limits of the engine.
    units
        What histories show, where that is known: it may spare the rows a look.

    Raises
    ------
    DataError
        What reading the data shows; more cells than allowed.
    EnvironmentProblem
        Where memory or disk do not suffice.
    """
    from evaluation.cells.cell_pass import run_cell_pass
    from evaluation.cells.type_pass import run_type_pass

    return {
        one.name: run_type_pass(relation, plan, one, settings)
        if one.unit_types
        else run_cell_pass(relation, plan, one, settings, units)
        for one in passes
    }


def build_pairs(
    relation: Relation, plan: Plan, passes: tuple[PairPass, ...], settings: Settings
) -> Mapping[str, PairCells]:
    """Return the pair cells of some passes, by name.

    Raises
    ------
    DataError, EnvironmentProblem
        As :func:`build_cells`.
    """
    if not passes:
        return {}
    from evaluation.cells.pair_pass import run_pair_passes

    return run_pair_passes(relation, plan, passes, settings)


def build_units(relation: Relation, plan: Plan, settings: Settings) -> History:
    """Return what histories show, the flow of the sample, and the first period after the reform.

    Raises
    ------
    DataError, EnvironmentProblem
        As :func:`build_cells`.
    """
    from evaluation.cells.time_pass import run_time_pass
    from evaluation.cells.unit_pass import run_unit_pass

    times = run_time_pass(relation, plan, settings)
    if plan.units is None:
        return None, times.flow, times.first_post
    units = run_unit_pass(relation, plan, settings, times)
    return units, units.flow or times.flow, times.first_post


def second_pass_over(
    relation: Callable[[], Relation], plan: Plan, settings: Settings
) -> Callable[[CellTable, Quantity], SecondPass]:
    """Return what opens one more pass over the rows behind a table's cells.

    The rows are opened when a pass is asked for, and not before.
    """
    kept: dict[str, list[Any]] = {}

    def opened(table: CellTable, outcome: Quantity) -> SecondPass:
        if table.made.unit_types:
            from evaluation.cells.type_scores import open_type_pass

            place = table.made.quantities.index(outcome)
            read = kept.setdefault(table.made.name, [])
            return open_type_pass(relation(), plan, table, place, settings, read)
        from evaluation.cells.second_pass import open_second_pass

        return open_second_pass(relation(), plan, table, settings, outcome)

    return opened
