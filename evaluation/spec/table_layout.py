"""A table of the paper: what stands in columns, rows and panels, and below."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from evaluation.spec.names import Id
from evaluation.spec.options import Table

Statistic = Literal[
    "estimate",
    "std_error",
    "interval",
    "p_value",
    "adjusted_p_value",
    "truth",
    "baseline_mean",
    "per_cent_of_baseline",
    "minimum_detectable_effect",
    "attainable_effect",
    "verdict",
    "n_obs",
    "n_units",
    "n_clusters",
    "effective_clusters",
    "bandwidth",
    "maximum_bias",
    "effective_f",
    "estimand",
    "estimator",
    "fixed_effects",
    "controls",
    "cluster",
    "variance",
    "engine",
]
# Rows that are numbers of one model by something else than its outcome.
Place = Literal[
    "headline", "event_time", "cohort", "period", "cohort_period", "term", "quantile", "subgroup"
]
STATISTICS: tuple[str, ...] = get_args(Statistic)
PLACES: tuple[str, ...] = get_args(Place)


class ColumnLayout(Table):
    """A column or row: one model, outcome or statistic, and what it is called.

    ``group`` is a heading that a column shares with its neighbours.
    """

    model: str | None = None
    outcome: str | None = None
    statistic: Statistic | None = None
    label: str | None = None
    group: str | None = None


class PanelLayout(Table):
    """A stacked block: its title, its own columns or rows, and lines below it."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    footer: tuple[Statistic, ...] = ()


class TableLayout(Table):
    """A table of the paper.

    ``columns`` are models, outcomes or statistics, and ``rows`` models, outcomes or places (event
    times, cohorts, ...); what neither says, the panels say, or every one there is has its row.
    ``below`` stands under each estimate, ``footer`` under the columns.
    """

    id: Id
    title: str | None = None
    columns: tuple[str | ColumnLayout, ...] = Field(min_length=1)
    rows: tuple[str | ColumnLayout, ...] = ()
    panels: tuple[str | PanelLayout, ...] = ()
    below: tuple[Statistic, ...] = ("std_error", "interval")
    footer: tuple[Statistic, ...] = ("baseline_mean", "n_obs", "n_units", "n_clusters")
    numbered: bool = False
    stars: bool = False
    notes: str | None = None
