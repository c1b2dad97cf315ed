"""What to build: passes over the rows, and which model runs from which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evaluation.data.designs._exposure import Exposure
from evaluation.data.periods import Calendar
from evaluation.spec.filters import Filter

# Names that the program adds to a cell begin so; no column of a panel may.
PREFIX = "ad_"
ROWS = "ad_rows"
WEIGHT = "ad_weight"
MISSING = "ad_missing"
SHARE = "ad_share"
# The type of the row's unit, in a pass with ``unit_types``.
TYPE = "ad_type"


@dataclass(frozen=True)
class Condition:
    """One step of the sample, applied to rows in order.

    Attributes
    ----------
    step
        How the flow names it, as in ``data/sample.py``: ``keep age_months at least 300``.
    filters
        Conditions that must all hold.
    negated
        Whether the rows that satisfy them all leave instead.
    moments
        First and last moment of the source's own time (``Calendar.moments``), both inside, in
        place of filters; rows within stay, or leave if ``negated``.
    silent
        Whether the flow names the step only where it takes rows.
    """

    step: str
    filters: tuple[Filter, ...] = ()
    negated: bool = False
    moments: tuple[int, int] | None = None
    silent: bool = False


@dataclass(frozen=True)
class Flag:
    """A predicate evaluated on rows: 1, 0, or null where undecided.

    The unit pass sees every flag; a cell pass those that its key names.

    Attributes
    ----------
    name
        Column of the cells: ``ad_treated``, ``ad_control``, ``ad_third``, ``ad_post``, ``ad_pre``
        (its opposite), ``ad_donut``, or ``ad_keep_<model>`` for the joint ``keep`` of a model.
    where
        Key path under which roles look it up: ``design.treated``, ``design.reform_date``,
        ``models.main.keep``.
    filters
        Conditions that must all hold; a null of any of their columns leaves the flag null, unless
        its filter says itself what holds where it is missing.
    shift_months
        Subtracted from the column before it is compared: ``age_months`` at the period's start.
    at_month
        Evaluate ``age_months`` at this period index instead: a fixed date.
    from_period
        In place of filters: whether the row's period index is at least this.
    negated
        Whether 1 and 0 change places.
    """

    name: str
    where: str
    filters: tuple[Filter, ...] = ()
    shift_months: int = 0
    at_month: int | None = None
    from_period: int | None = None
    negated: bool = False


@dataclass(frozen=True)
class Quantity:
    """A column that is summed: an outcome, or a control that varies inside cells.

    Attributes
    ----------
    name
        Its part in the names of sums: the column's own, or ``log_<column>``.
    column
        Column of the panel.
    log
        Whether its natural logarithm is meant.
    gap
        For a column whose missing values leave no row out: ``zero`` is its value, 0 where it is
        missing; ``known`` is 1 where it has one and 0 where it is missing.
    """

    name: str
    column: str
    log: bool = False
    gap: Literal["zero", "known"] | None = None


@dataclass(frozen=True)
class CellPass:
    """One GROUP BY over the rows of the sample.

    Its columns: the key by name; ``ad_missing``, whose bit j says that ``quantities[j]`` is null
    (a null adds nothing to any sum); ``ad_rows``; ``ad_weight`` in a weighted panel; ``ad_sum_v``
    for every quantity v; ``ad_sum_v_w`` for every pair in ``products`` (weighted, if the panel is);
    ``ad_share`` where the unit pass says ``shares``. In a weighted panel one more bit of
    ``ad_missing``, after those of the quantities, says that the weight is missing or not positive:
    such rows add nothing to the weight nor to any sum.

    Attributes
    ----------
    name
        ``cells_1``, ``cells_2``, ...: the file that holds it.
    key
        Columns and flags, in order.
    quantities
        What is summed.
    products
        Pairs of positions in ``quantities``, first at most second: whose products are summed. An
        outcome without its square is known to be 0 or 1 in every row.
    fine
        Columns of quantities that have few values: grouping by them too, and summing the result,
        gives the same sums for less than one product after another over all rows.
    unit_types
        Whether the key holds ``ad_type``, the type of the row's unit (see ``cells/types``).
    """

    name: str
    key: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    products: tuple[tuple[int, int], ...]
    unit_types: bool = False
    fine: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairPass:
    """Pair cells of one set of rows: sample, flags that must be 1, nothing missing.

    Attributes
    ----------
    name
        ``pairs_1``, ...: the file that holds it.
    point
        Column of the running variable.
    post
        Flag that parts the points at the reform, or none.
    flags
        Flags that must be 1.
    quantities
        Outcome, then treatment and controls.
    third
        Flag that parts the points by the group of the third difference, or none.
    """

    name: str
    point: str
    post: str | None
    flags: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    third: str | None = None


@dataclass(frozen=True)
class UnitPass:
    """One GROUP BY unit over all rows: what needs whole histories.

    It counts units and rows left after each step of the sample, rows that repeat a unit and time,
    units by the periods they are seen in and by what they lack, and units in which a column that
    should be constant is not.

    Attributes
    ----------
    unit, time
        Columns.
    constant
        Columns that must not vary inside a unit of the sample: clusters, cohort.
    shares
        Whether cells need sums of 1 / (rows of the row's unit).
    shares_spared
        Whether cells that lack these sums still answer, as only rare cases want them.
    dose
        Treatment column whose first positive period matters, or none.
    axis
        Column of whole numbers at whose values units are seen, in place of moments: the running
        variable.
    """

    unit: str
    time: str
    constant: tuple[str, ...] = ()
    shares: bool = False
    shares_spared: bool = False
    dose: str | None = None
    axis: str | None = None


@dataclass(frozen=True)
class Route:
    """How one model is estimated.

    Attributes
    ----------
    model_id
        The model.
    engine
        Where from.
    reason
        Why not from cells; empty where it is.
    cells
        Name of its cell pass.
    pairs
        Name of its pair pass by outcome column name in the spec; empty without.
    second_pass
        Cluster columns of a second pass over the rows.
    row_scores
        Whether a second pass sums the outer products of single rows (``meat`` without clusters).
    """

    model_id: str
    engine: Literal["cells", "microdata"]
    reason: str = ""
    cells: str = ""
    pairs: Mapping[str, str] = field(default_factory=dict)
    second_pass: tuple[str, ...] = ()
    row_scores: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything a spec asks of its rows.

    Attributes
    ----------
    conditions
        Steps of the sample, in order; every pass sees the rows that satisfy them all.
    flags
        Predicates evaluated on rows.
    passes
        Cell passes.
    pairs
        Pair passes.
    units
        The unit pass; ``None`` where the panel names no unit.
    weight
        Weight column.
    watched
        Columns whose nulls take a row out of some model: outcomes, controls, effects, clusters,
        treatment, weight (which takes a row out where it is zero as well).
    routes
        One for each model, in spec order.
    time
        Time column; ``None`` where the panel names none.
    calendar
        How the panel counts time; ``None`` with ``time``, or where nobody has looked yet.
    groups
        Columns of ``sample.rows.by``: then the cells of a pass, taken together over every key
        column that is neither among them nor time, are the rows of the panel.
    exposure
        The exposure that no row may contradict; ``None`` where the design has none.
    """

    conditions: tuple[Condition, ...]
    flags: tuple[Flag, ...]
    passes: tuple[CellPass, ...]
    pairs: tuple[PairPass, ...]
    units: UnitPass | None
    weight: str | None
    watched: tuple[str, ...]
    routes: tuple[Route, ...]
    time: str | None = None
    calendar: Calendar | None = None
    groups: tuple[str, ...] = ()
    exposure: Exposure | None = None

    def route(self, model_id: str) -> Route:
        """Return the route of a model."""
        return next(route for route in self.routes if route.model_id == model_id)
