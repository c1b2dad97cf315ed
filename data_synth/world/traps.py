"""How often a delivery holds what real deliveries hold and a reader must expect."""

from __future__ import annotations

from data_synth.world.types import Probability, Table


class Traps(Table):
    """Rates of the traps of a delivery; 0 leaves the canonical tables as they are."""

    open_end: Probability
    overlap: Probability
    two_municipalities: Probability
    unlinked: Probability
    missing_adoption: Probability
    prefixed: Probability
