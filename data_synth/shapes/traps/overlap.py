"""Spells that overlap: the last month of a spell is there a second time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from data_synth.shapes.declared.registers import REGISTERS, Kind
from data_synth.shapes.traps.spans import spans_of
from data_synth.shapes.traps.touched import Laid, count, row_uniform

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "overlap"
TABLES = ("sa_spell", "benefit_spell", "jobseeker_spell", "measure_spell")


def lay(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Add a record of its last month after some spells of two months or more.

    What the spells of a person cover together stays as it was.
    """
    rate, laid, touched = world.traps.overlap, dict(tables), []
    for name in TABLES:
        if name not in tables or tables[name].empty:
            continue
        frame = tables[name]
        spans, person = spans_of(name, frame), frame["person_id"].to_numpy()
        drawn = row_uniform(seed, f"overlap/{name}", person, spans.start) < rate
        hit = np.flatnonzero(drawn & spans.ended & (spans.end > spans.start))
        if len(hit):
            laid[name] = _with_last_months(name, frame, hit)
            touched.append(count(NAME, name, person[hit]))
    return Laid(laid, tuple(touched))


def _with_last_months(name: str, frame: pd.DataFrame, hit: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    declared = REGISTERS[name]
    start, end = declared.spell or ("", "")
    added = frame.iloc[hit]
    if declared.columns[start] is Kind.MONTH:
        added = added.assign(**{start: added[end].astype(frame[start].dtype)})
    else:
        first = pd.to_datetime(added[end]).dt.to_period("M").dt.start_time
        added = added.assign(**{start: first.astype(frame[start].dtype)})
    after = np.concatenate([np.arange(len(frame)), hit])
    order = np.argsort(after, kind="stable")
    return pd.concat([frame, added], ignore_index=True).iloc[order].reset_index(drop=True)
