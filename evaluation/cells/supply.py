"""What models are fitted on: cells where these are exact, else the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from evaluation.cells.gathered import Gathered
from evaluation.cells.model_cells import model_cells
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.plan import Plan, Route
from evaluation.cells.sample import CellSample, cell_sample
from evaluation.data.model_data import ModelData
from evaluation.data.model_rows import model_rows
from evaluation.data.panel import FlowStep, Panel
from evaluation.data.prepare import Prepared, with_roles
from evaluation.errors import DataError
from evaluation.spec.design import StaggeredDesign
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

ASKED = "asked for"


class Supply:
    """The rows and cells of one spec; rows are prepared when they are first asked for.

    Parameters
    ----------
    spec
        What is asked.
    rows
        Prepares the rows; ``None`` where they are out of reach.
    plan
        Which model runs from cells; ``None`` where all run from rows.
    gathered
        The cells; ``None`` where no model runs from any.
    """

    def __init__(
        self,
        spec: Spec,
        rows: Callable[[], Prepared] | None,
        plan: Plan | None = None,
        gathered: Gathered | None = None,
    ) -> None:
        self.spec = spec
        self.plan = plan
        self.gathered = gathered
        self._rows = rows
        # Whatever the sample is refused for is told before any model is fitted.
        self._samples: dict[str, CellSample] = {}
        if gathered is not None:
            self._samples = {
                name: cell_sample(spec, gathered, table) for name, table in gathered.tables.items()
            }

    def dated(self, dates: tuple[float, ...]) -> Supply:
        """Return the same rows and cells with a date chosen inside every half-known one.

        Parameters
        ----------
        dates
            Period indices, one a unit that adopts; see ``Intervals``.
        """
        design = self.spec.design
        if not isinstance(design, StaggeredDesign):
            raise TypeError("dates are those of a staggered_did design")
        chosen = design.model_copy(update={"cohort": design.cohort.dated(dates)})
        spec = self.spec.model_copy(update={"design": chosen}).bound_to(self.spec.origin)
        # No row leaves by its date, so that the rows of one assignment are those of every other.
        rows = None if self._rows is None else lambda: with_roles(self.rows.panel, spec)
        return Supply(spec, rows, self.plan, self.gathered)

    def panel_of(self, model: Model) -> Panel:
        """Return the rows, or cells, that a model is drawn from."""
        sample = self._samples.get(self.route(model).cells or "")
        return self.rows.panel if sample is None else sample.prepared.panel

    @property
    def origin(self) -> str:
        """How cells came: ``built``, ``reused``, ``given``, or ``none``."""
        return "none" if self.gathered is None else self.gathered.origin

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of the cells."""
        return () if self.gathered is None else self.gathered.notes

    @property
    def inputs(self) -> Mapping[str, str]:
        """Digest of every input by a printable name."""
        return self.rows.panel.inputs if self.gathered is None else self.gathered.inputs

    @property
    def has_rows(self) -> bool:
        """Whether the rows are within reach."""
        return self._rows is not None

    @cached_property
    def rows(self) -> Prepared:
        """The rows, with their roles.

        Raises
        ------
        DataError
            Where they are out of reach, or with what reading them shows.
        """
        if self._rows is None:
            raise DataError("panel: only cells were given, and no rows; run without --cells")
        return self._rows()

    @cached_property
    def flow(self) -> tuple[FlowStep, ...]:
        """What each step of the sample has left."""
        samples = tuple(self._samples.values())
        return samples[0].prepared.panel.flow if samples else self.rows.panel.flow

    def route(self, model: Model) -> Route:
        """Return where a model is to be estimated from."""
        if self.plan is None:
            return Route(model.id, "microdata", ASKED)
        return self.plan.route(model.id)

    def cells(self, model: Model, route: Route, name: str, outcome: Outcome) -> ModelData:
        """Return the cells that a model sees for one outcome.

        Raises
        ------
        DataError
            What rows would be refused for as well.
        NeedsRows
            Where cells are not enough.
        """
        if route.cells not in self._samples:
            told = {} if self.gathered is None else self.gathered.lacking
            raise NeedsRows(told.get(route.cells, "its cells were not built"))
        sample = self._samples[route.cells]
        if sample.grouped:
            prepared = sample.prepared
            return model_rows(prepared.panel, prepared.roles, self.spec, model, name, outcome)
        return model_cells(sample, self.spec, model, route, name, outcome)

    def model_rows(self, model: Model, name: str, outcome: Outcome) -> ModelData:
        """Return the rows that a model sees for one outcome.

        Raises
        ------
        DataError
            Where they are out of reach, or refused.
        """
        rows = self.rows
        return model_rows(rows.panel, rows.roles, self.spec, model, name, outcome)

    def at_hand(self, *columns: str) -> Prepared | None:
        """Return what ``holding`` does where that reads nothing more, else ``None``."""
        for sample in self._samples.values():
            if all(column in sample.prepared.panel.frame for column in columns):
                return sample.prepared
        known = self.__dict__.get("rows")
        return known if known is not None and {*columns} <= {*known.panel.frame} else None

    def holding(self, *columns: str) -> Prepared:
        """Return a sample whose entries tell the mean of columns: cells if some do, else rows.

        Parameters
        ----------
        columns
            Columns that are not logged.
        """
        return self.cells_holding(*columns) or self.rows

    def cells_holding(self, *columns: str) -> Prepared | None:
        """Return the sample of cells that tell the mean of columns, ``None`` where none do.

        Parameters
        ----------
        columns
            Columns that are not logged.
        """
        for sample in self._samples.values():
            if all(column in sample.prepared.panel.frame for column in columns):
                return sample.prepared
        return None
