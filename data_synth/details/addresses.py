"""Registered addresses: municipality codes as they were at the time, and districts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.lives import Lives, Shorts
from data_synth.places.serving import office_of


@dataclass(frozen=True)
class Addresses:
    """Where persons live, whether or not they are in the data.

    Attributes
    ----------
    codes
        Four-digit codes of municipalities at any time, ascending, shape ``(c,)``.
    code
        Position in ``codes``, as of the month, shape ``(months, n)``.
    district
        Number from 1 of the district of the largest municipality, 0 elsewhere; as ``code``.
    """

    codes: NDArray[np.str_]
    code: Shorts
    district: Shorts


def make_addresses(lives: Lives) -> Addresses:
    """Return codes and districts month by month; codes change with moves and with mergers."""
    places, district = lives.places, lives.persons.district
    months = lives.first + np.arange(lives.months)
    codes, position = np.unique(places.mergers.codes, return_inverse=True)
    position = position.reshape(places.mergers.codes.shape)
    period = np.searchsorted(places.mergers.dates, months, side="right")
    number = np.zeros(lives.muni.shape, dtype=np.int16)
    row, at = np.nonzero(lives.muni == int(np.argmax(places.share)))
    here = lives.muni[row, at]
    number[row, at] = 1 + office_of(places, here, district[at]) - places.first_office[here]
    piece = places.mergers.piece_of(lives.muni, district)
    return Addresses(
        codes=codes,
        code=position[period[:, None], piece].astype(np.int16),
        district=number,
    )
