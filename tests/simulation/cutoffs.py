"""Coverage, size and bias at a cutoff: flows that jump at 30, and what conditions do to them."""

from __future__ import annotations

from cutoff_worlds.part import Cutoffs

WORLDS = ("flow", "flow_null", "flow_bent", "fuzzy", "fuzzy_weak")
PART = Cutoffs("Cutoffs: flows that jump at 30", WORLDS)
