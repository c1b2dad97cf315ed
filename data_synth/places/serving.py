"""Which office serves a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from data_synth.places.layout import Places


def office_of(places: Places, muni: NDArray[Any], district: NDArray[np.float64]) -> NDArray[Any]:
    """Return the positions in ``places.offices`` of the offices that serve persons.

    Parameters
    ----------
    places
        From ``make_places``.
    muni
        Positions of harmonised municipalities, any shape that broadcasts with ``district``.
    district
        The persons' uniform numbers: the offices of a municipality share [0, 1) evenly.

    Returns
    -------
    numpy.ndarray
        Integers of the broadcast shape.
    """
    within = (district * places.office_count[muni]).astype(np.int64)
    return np.asarray(places.first_office[muni] + within)
