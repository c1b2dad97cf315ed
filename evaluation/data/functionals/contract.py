"""What a functional is handed, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from evaluation.data.coupled import Facts
from evaluation.data.periods import MONTHS, Calendar
from evaluation.data.question import Kind
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Key:
    """Which number of a fit a truth belongs to; the fields are those of its row."""

    estimand: str
    cohort: str = ""
    period: str = ""
    event_time: int | None = None
    subgroup: str = ""
    horizon: int | None = None
    quantile: float | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """A true value with its Monte Carlo error, zero where the difference never varies.

    Attributes
    ----------
    value, error
        In the outcome's own unit.
    missing
        Rows of the run with the policy whose outcome date lies where the person has no row.
    """

    value: float
    error: float
    missing: int = 0


@dataclass(frozen=True)
class Case:
    """What a functional must know beside the cells.

    Attributes
    ----------
    spec, model, outcome
        What is estimated.
    calendar
        How the panel counts time.
    facts
        Of the world.
    first_stage
        Column of what the policy gives, where the spec names one.
    estimated
        Labels of cohort and period of the group-time effects that the fit gives; averages are
        over these alone. Empty for all.
    """

    spec: Spec
    model: Model
    outcome: Outcome
    calendar: Calendar
    facts: Facts
    first_stage: str | None
    estimated: frozenset[tuple[str, str]] = frozenset()

    @property
    def kind(self) -> str:
        """The design's kind."""
        return self.spec.design.kind

    @property
    def bin_width(self) -> int:
        """Periods of the panel in one event time."""
        months = MONTHS.get(getattr(self.model.options, "event_bin", None) or "", 0)
        return max(months // max(self.calendar.months, 1), 1)


class Functional(Protocol):
    """A module of this folder.

    Attributes
    ----------
    DESIGNS
        Kinds of design in which the estimand means something.
    CELLS
        Which cells it is computed from.
    PAIRED
        Whether it needs the first stage over the same rows.
    """

    DESIGNS: frozenset[str]
    CELLS: Kind
    PAIRED: bool

    @staticmethod
    def absent(case: Case) -> str:
        """Return why there is no truth, empty where there is one."""
        ...

    @staticmethod
    def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
        """Yield the truth of every number that goes by the estimand's name."""
        ...
