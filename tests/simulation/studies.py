"""Studies over time: is each main estimate unbiased for its truth, and does its interval cover."""

from __future__ import annotations

from study_panels.part import Studies, over_time

PART = Studies(
    "Studies: main estimates of differences over time",
    lambda one: one.placebo is None and over_time(one),
)
