"""Studies over time: is each placebo null where it should be, and found where a world breaks it."""

from __future__ import annotations

from study_panels.part import Studies, over_time

PART = Studies(
    "Studies: placebos of differences over time",
    lambda one: one.placebo is not None and over_time(one),
)
