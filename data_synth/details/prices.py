"""Kroner of one year in the prices of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import IntArray
from data_synth.world.schema import World


def real_terms(world: World, nok: NDArray[np.int32], months: IntArray) -> NDArray[np.float32]:
    """Return kroner of 2015, by the consumer price index of the year (2015 = 100).

    Parameters
    ----------
    nok
        Nominal kroner, any shape.
    months
        Month indices, of that shape.
    """
    years, index = zip(*world.prices.cpi, strict=True)
    by_year = np.interp(np.arange(int(years[-1]) + 1), years, index)
    level = by_year[np.minimum(months // 12, int(years[-1]))]
    return np.asarray(nok * (100.0 / level), dtype=np.float32)
