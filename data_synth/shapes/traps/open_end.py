"""Spells that ended, but whose end was never recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data_synth.shapes.declared.registers import REGISTERS, OpenEnd
from data_synth.shapes.traps.spans import spans_of
from data_synth.shapes.traps.touched import Laid, count, row_uniform

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "open_end"


def lay(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Take away the end of some spells, in tables where a missing end does not mean ongoing.

    Where it does, spells that still run have no end to begin with, so a reader finds missing
    ends of both meanings.
    """
    rate, laid, touched = world.traps.open_end, dict(tables), []
    for name, frame in tables.items():
        declared = REGISTERS[name]
        if declared.spell is None or declared.open_end is not OpenEnd.DROP or frame.empty:
            continue
        spans, person = spans_of(name, frame), frame["person_id"].to_numpy()
        hit = spans.ended & (row_uniform(seed, f"open_end/{name}", person, spans.start) < rate)
        if hit.any():
            end = declared.spell[1]
            laid[name] = frame.assign(**{end: frame[end].mask(hit)})
            touched.append(count(NAME, name, person[hit]))
    return Laid(laid, tuple(touched))
