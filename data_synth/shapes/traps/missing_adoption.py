"""Municipalities that do not say when they began to set conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from data_synth.shapes.keys import opaque_ids
from data_synth.shapes.traps.touched import Laid, Touched

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "missing_adoption"


def lay(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Take the months, and with them the status, out of some rows of the adoption table.

    A place that already says nothing is not counted. The rate is that of places, and a place is
    drawn by its code: all its rows lose their months together.
    """
    if "adoption" not in tables or tables["adoption"].empty:
        return Laid(tables, ())
    frame = tables["adoption"]
    place = frame["municipality"] if "municipality" in frame else frame["office_id"]
    share = {code: _share(str(code), seed) for code in sorted(place.dropna().unique())}
    drawn = place.map(share).to_numpy(float) < world.traps.missing_adoption
    hit = drawn & (frame["from_ym"].notna() | frame["to_ym"].notna()).to_numpy()
    if not hit.any():
        return Laid(tables, ())
    silent = frame.assign(
        from_ym=frame["from_ym"].mask(hit),
        to_ym=frame["to_ym"].mask(hit),
        status=np.where(hit, "unknown", frame["status"]),
    )
    touched = Touched(NAME, "adoption", 0, int(hit.sum()))
    return Laid({**tables, "adoption": silent}, (touched,))


def _share(code: str, seed: int) -> float:
    return int(opaque_ids([code], seed, NAME)[0], 16) / 2**64
