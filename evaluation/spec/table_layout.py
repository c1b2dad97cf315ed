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

    Attributes
    ----------
    model, outcome, statistic
        What stands in it: exactly one of the three is named.
    label
        What it is called; the model's id, or the outcome's or statistic's own name, if not given.
    group
        Heading that a column shares with its neighbours of the same group.
    """

    model: str | None = None
    outcome: str | None = None
    statistic: Statistic | None = None
    label: str | None = None
    group: str | None = None


class PanelLayout(Table):
    """A stacked block: its title, its own columns or rows, and lines below it.

    Attributes
    ----------
    title
        Line above the block.
    columns
        What stands in the table's columns in this block, one for each; the table's own if not
        given.
    rows
        What stands in the block's rows; the table's own if not given.
    models, outcomes
        Models or outcomes that the block is about; all if not given.
    footer
        Statistics below this block alone.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    footer: tuple[Statistic, ...] = ()


class TableLayout(Table):
    """A table of the paper.

    What neither columns nor rows name, panels name, or every one there is has its row.

    Attributes
    ----------
    id
        Name of the table and of its files.
    title
        Line above the table; the id if not given.
    columns
        Models, outcomes or statistics, one kind of them: a column each.
    rows
        Models, outcomes or places (event times, cohorts, ...), one kind of them: rows in this
        order.
    panels
        Blocks one above the other: a model, an outcome, or a table with a title of its own.
    below
        Statistics under each estimate; none where columns are statistics.
    footer
        Statistics under the columns, below all panels.
    numbered
        Whether columns are numbered (1), (2), ...
    stars
        Whether estimates have stars: * p < 0.1, ** p < 0.05, *** p < 0.01.
    notes
        Text below the table, before the notes that every table has.
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
