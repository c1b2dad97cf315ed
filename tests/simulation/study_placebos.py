"""Studies: is each placebo null where it should be, and found where a world breaks it."""

from __future__ import annotations

from study_panels.part import Studies

PART = Studies("Studies: placebos", lambda one: one.placebo is not None)
