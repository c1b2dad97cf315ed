"""Who can still be followed through the registers."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import BoolArray
from data_synth.life.lives import Lives, Status


def linked(lives: Lives) -> BoolArray:
    """Return whether the person has not been lost so far, shape ``(months, n)``.

    Of the lost nothing more is known: not even that they emigrate or die.
    """
    return ~np.logical_or.accumulate(lives.status == Status.LOST, axis=0)
