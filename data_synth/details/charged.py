"""Months with a criminal charge."""

from __future__ import annotations

import numpy as np

from data_synth.details.charges import TYPES, Charges
from data_synth.life.lives import Bytes


def charged(
    charges: Charges, shape: tuple[int, ...], kind: str = "", *, weekend: bool = False
) -> Bytes:
    """Return 1 in months with a charge, of the shape given.

    Parameters
    ----------
    charges
        Of the lives.
    shape
        ``(months, n)`` of the lives.
    kind
        One of ``TYPES``; empty for any.
    weekend
        Whether offences of Saturdays and Sundays alone count.
    """
    counted = np.ones(len(charges.row), dtype=np.bool_)
    if kind:
        counted &= charges.kind == TYPES.index(kind)
    if weekend:
        counted &= charges.weekend
    found = np.zeros(shape, dtype=np.int8)
    found[charges.row[counted], charges.person[counted]] = 1
    return found
