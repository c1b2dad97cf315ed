"""Recipients whom no other register knows: their records carry another key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from data_synth.shapes.traps.touched import Laid, count, row_uniform

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "unlinked"
TABLES = ("sa_spell", "sa_month", "sa_year", "sa_condition")


def lay(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Give some recipients the negative of their number in the tables of social assistance.

    So their records there agree with each other and with nothing else, as of people who were
    known by a number that the population register does not have.
    """
    rate, laid, touched = world.traps.unlinked, dict(tables), []
    for name in TABLES:
        if name not in tables or tables[name].empty:
            continue
        frame = tables[name]
        person = frame["person_id"].to_numpy()
        # One draw a person for all the tables: the key that tells rows apart is always 0.
        hit = row_uniform(seed, NAME, person, np.zeros(len(person), np.int64)) < rate
        if hit.any():
            laid[name] = frame.assign(person_id=np.where(hit, -person, person))
            touched.append(count(NAME, name, person[hit]))
    return Laid(laid, tuple(touched))
