"""Estimate other specs on the input of a run, from the cells at hand where these answer."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from evaluation.cells.gather import Columns, held_of
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.origin import reading_digest
from evaluation.cells.plan import Plan
from evaluation.cells.planning.together import together
from evaluation.cells.store.held import Held
from evaluation.cells.supply import Supply
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators.fitting import CELLS, ModelResult, fit_models
from evaluation.estimators.supplying import (
    Request,
    gathered_of,
    given_supply,
    plan_of,
    supply_of,
)
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.spec import Spec


class Refitting:
    """Fits specs made from the one of a run; cells gathered on the way are held in memory.

    Parameters
    ----------
    request
        The run, with its source opened.
    cells
        Folder of cells in place of any rows.
    supply
        What the run was estimated from.
    """

    def __init__(self, request: Request, cells: Path | None, supply: Supply) -> None:
        self._request = replace(request, rebuild=False)
        self._cells = cells
        self._from_cells = cells is None and supply.gathered is not None
        self._held: tuple[Held, ...] = ()
        if self._from_cells and supply.gathered is not None:
            self._held = (held_of(supply.gathered, reading_digest(request.spec)),)

    def __call__(self, variant: Spec) -> tuple[ModelResult, ...]:
        """Return what every model of a spec gives.

        Raises
        ------
        DataError
            With what the rows are refused for.
        """
        if self._cells is not None:
            return fit_models(variant, given_supply(variant, self._cells))
        asked = replace(self._request, spec=variant, held=self._held)
        return fit_models(variant, supply_of(asked, lambda stage: nullcontext()))

    def draw(self, variant: Spec) -> ModelData:
        """Return the rows or cells that the one model of a spec sees for its first outcome.

        Raises
        ------
        DataError
            With what the rows are refused for, or where they are out of reach.
        """
        if self._cells is not None:
            supply = given_supply(variant, self._cells)
        else:
            asked = replace(self._request, spec=variant, held=self._held)
            supply = supply_of(asked, lambda stage: nullcontext())
        (model,) = variant.models
        name = variant.outcomes_of(model)[0]
        route = supply.route(model)
        if route.engine == CELLS:
            try:
                return supply.cells(model, route, name, variant.outcomes[name])
            except NeedsRows as need:
                if not supply.has_rows:
                    raise DataError(f"needs the rows of the panel: {need.reason}") from need
        return supply.model_rows(model, name, variant.outcomes[name])

    def gather(self, variants: tuple[Spec, ...]) -> None:
        """Take one pass over the rows for several specs; what cannot share it is read later.

        Parameters
        ----------
        variants
            Specs that name the same columns.
        """
        named = {frozenset(columns_of_spec(one)) for one in variants}
        if not self._from_cells or len(variants) < 2 or len(named) > 1:
            return

        def plan(columns: Columns | None) -> Plan:
            found = together([plan_of(one)(columns) for one in variants])
            if found is None:
                raise NeedsRows("the variants share no pass")
            return found

        asked = replace(self._request, spec=variants[0], held=self._held)
        try:
            gathered = gathered_of(asked, asked.opened(), plan)
        except (DataError, NeedsRows):
            return  # each variant then tells its own reason
        self._held = (*self._held, held_of(gathered, reading_digest(variants[0])))
