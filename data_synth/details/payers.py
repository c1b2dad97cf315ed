"""The municipality that pays, as registers write it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import IntArray
from data_synth.life.lives import Lives


def payer_codes(lives: Lives, row: IntArray, at: IntArray) -> NDArray[Any]:
    """Return the four-digit codes, as of each month, of the municipalities that persons live in.

    Parameters
    ----------
    row, at
        Rows and persons, shape ``(k,)``.
    """
    mergers = lives.places.mergers
    piece = mergers.piece_of(lives.muni[row, at], lives.persons.district[at])
    return np.asarray(mergers.codes_at(piece, lives.first + row))
