"""``itt``: the effect of the offer over how much of it there is, as the instrument counts it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.coupled import INSTRUMENT_PAIRS
from evaluation.data.functionals._means import ratio_of_effects
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did"})
CELLS: Kind = "sums"
PAIRED = True


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    instrument = getattr(case.spec.design, "instrument", None)
    if instrument is None:
        return "no instrument is named: give design.instrument"
    if instrument.column not in INSTRUMENT_PAIRS:
        return (
            f"instrument {instrument.column!r} stands for no policy that can be simulated "
            f"(those that do: {', '.join(INSTRUMENT_PAIRS)})"
        )
    return ""


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the coupled effect on the outcome over that on the instrument.

    Over all rows: those without the offer add nothing to either.
    """
    del case
    yield Key("itt"), ratio_of_effects(cells, np.ones(len(cells)))
