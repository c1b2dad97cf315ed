"""Studies at a cutoff: is each placebo null where it should be, and found where one breaks it."""

from __future__ import annotations

from study_panels.part import Studies, over_time

PART = Studies(
    "Studies: placebos at cutoffs",
    lambda one: one.placebo is not None and not over_time(one),
)
