"""Lay all traps in the tables of a chunk, or of the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data_synth.shapes.traps import (
    missing_adoption,
    open_end,
    overlap,
    two_municipalities,
    unlinked,
)
from data_synth.shapes.traps.touched import Laid

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

# In this order: a spell without an end overlaps nothing, and keys change last, since every draw
# goes by the person's number.
TRAPS = (open_end, overlap, two_municipalities, unlinked, missing_adoption)


def lay_traps(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Return the tables with the traps at the rates of ``world.traps``, and what each touched.

    A person's rows come out the same whoever else is in the tables. At rates of 0 the tables
    that come out are those that went in.

    Parameters
    ----------
    tables
        Canonical tables, by name; those that a trap knows and that are not there are left out.
    world
        For its table ``[traps]``. Late records and persons lost are no matter of a delivery: they
        are in the lives as registers recorded them.
    seed
        Seed of the run.
    """
    touched = []
    for trap in TRAPS:
        tables, more = trap.lay(tables, world, seed)
        touched.extend(more)
    return Laid(tables, tuple(touched))
