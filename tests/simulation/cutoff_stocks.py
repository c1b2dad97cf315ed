"""Coverage, size and bias at a cutoff: stocks that kink at 30, leads, rival rules and checks."""

from __future__ import annotations

from cutoff_worlds.asked import WORLDS as ALL
from cutoff_worlds.part import Cutoffs
from cutoffs import WORLDS as FLOWS

PART = Cutoffs(
    "Cutoffs: stocks that kink at 30, leads, rival rules and checks",
    [name for name in ALL if name not in FLOWS],
)
