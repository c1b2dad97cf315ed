"""The cells of one spec, however they came: built now, kept from before, or handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from evaluation.cells.plan import CellPass, Condition, Plan, Quantity
from evaluation.cells.relation import ColumnFacts
from evaluation.data.moments import PairCells, SecondPass
from evaluation.data.panel import FlowStep


@dataclass(frozen=True)
class CellTable:
    """The cells of one pass.

    Attributes
    ----------
    made
        The pass.
    conditions
        Which rows it saw.
    frame
        Columns as :class:`CellPass` lists them, sorted by key, nulls last. Key columns have the
        types of the panel; sums of whole numbers are exact: int64, or Python's own whole numbers
        where 64 bits are too few.
    notes
        What must be said of how the sums were taken.
    """

    made: CellPass
    conditions: tuple[Condition, ...]
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitFacts:
    """What whole histories show.

    Attributes
    ----------
    flow
        Rows and units left after each step of the sample, ``rows read`` first.
    duplicates
        Rows of the sample that repeat a unit and time.
    varying
        Units of the sample in which a column varies that should not, by column.
    histories
        One row for each kind of history among units of the sample: ``ad_units``, how many; 64-bit
        words ``ad_seen_<kind>_<word>``, whose bit t - ``origin`` says that the unit has a row of
        that kind at moment t (for dates: in month t, counted from year 0); a kind is a place in
        ``patterns``. Where these would be too many, ``ad_seen_<word>`` for rows of any kind, and
        in ``ad_patterns`` a bit for each kind.
    origin
        Moment, or month, of the first bit.
    patterns
        The kinds of row in the sample, by what they lack and satisfy: a mask whose bit j says that
        ``plan.watched[j]`` is null, then the value of every flag in order, -1 for null. Empty
        where more than 62 occur.
    starts
        Distinct first treated moments among units seen untreated before.
    axis
        The column whose values stand in place of moments; ``None`` for moments.
    """

    flow: tuple[FlowStep, ...]
    duplicates: int
    varying: Mapping[str, int]
    histories: pd.DataFrame
    origin: int
    patterns: tuple[tuple[int, ...], ...] = ()
    starts: int | None = None
    axis: str | None = None


@dataclass(frozen=True)
class Gathered:
    """Everything that a spec's models need of the rows.

    Attributes
    ----------
    plan
        What was asked.
    tables
        Cells by name of their pass.
    pairs
        Pair cells by name of their pass.
    units
        ``None`` where the panel names no unit, or cells came without.
    inputs
        Digest of every input by a printable name.
    origin
        How they came.
    second_pass
        Opens one more pass over the rows behind a table's cells, for one outcome; ``None`` where
        rows are out of reach.
    flow
        Rows, and units where they are counted, left after each step of the sample.
    first_post
        First period after the reform among all rows read, where the design says ``post = ...``.
    columns
        What is known of the panel's columns, from which the plan was made.
    lacking
        Why given cells do not answer a pass, by its name.
    """

    plan: Plan
    tables: Mapping[str, CellTable]
    pairs: Mapping[str, PairCells]
    units: UnitFacts | None
    inputs: Mapping[str, str]
    origin: Literal["built", "reused", "given"]
    second_pass: Callable[[CellTable, Quantity], SecondPass] | None = None
    notes: tuple[str, ...] = field(default=())
    flow: tuple[FlowStep, ...] = ()
    first_post: int | None = None
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
