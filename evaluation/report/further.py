"""Numbers beside the headlines: averages first, every cohort and period last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.report.places import is_headline
from evaluation.results import Estimate

# Group-time effects by the hundred: folded below the averages they make.
BUILDING_BLOCKS = "att_gt"


@dataclass(frozen=True)
class Further:
    """Rows beside the headlines.

    Attributes
    ----------
    first
        Event times, cohorts, periods and terms, in order of their estimand.
    blocks
        Effects of one cohort in one period.
    """

    first: tuple[Estimate, ...]
    blocks: tuple[Estimate, ...]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.first) + len(self.blocks)


def subgroups_shown(rows: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return the rows of levels and of differences between them, without every event time."""
    return tuple(
        row
        for row in rows
        if row.subgroup and not (row.cohort or row.period) and row.event_time is None
    )


def further_of(rows: Iterable[Estimate]) -> Further:
    """Return the rows that are no headline."""
    beside = [row for row in rows if not (row.subgroup or is_headline(row))]
    first = [row for row in beside if row.estimand != BUILDING_BLOCKS]
    return Further(
        # Sorting is stable: inside a family rows keep the order of estimates.csv.
        tuple(sorted(first, key=lambda row: row.estimand != "att_by_event_time")),
        tuple(row for row in beside if row.estimand == BUILDING_BLOCKS),
    )
