"""Studies at a cutoff, of one unit, and without a comparison: coverage, ranks, refusals."""

from __future__ import annotations

from study_panels.part import Studies, over_time

PART = Studies(
    "Studies: main estimates at cutoffs and of single units, and refusals",
    lambda one: one.placebo is None and not over_time(one),
)
