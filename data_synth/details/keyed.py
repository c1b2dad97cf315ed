"""Keyed draws at scattered person-months."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import Draws, FloatArray


def uniform_at(draws: Draws, purpose: str, keys: NDArray[Any], at: NDArray[Any]) -> FloatArray:
    """Return each person's uniform number for ``purpose`` and the key of its own row.

    Parameters
    ----------
    keys
        Integers, shape ``(k,)``: months, years or whatever a draw lasts.
    at
        Positions of the persons, shape ``(k,)``.

    Returns
    -------
    numpy.ndarray
        Numbers in [0, 1), shape ``(k,)``.
    """
    numbers = np.empty(len(keys))
    if not len(keys):
        return numbers
    order = None
    if (np.diff(keys) < 0).any():
        order = np.argsort(keys, kind="stable")
        keys, at = keys[order], at[order]
    bounds = [0, *(np.nonzero(np.diff(keys))[0] + 1).tolist(), len(keys)]
    for start, stop in pairwise(bounds):
        into = slice(start, stop) if order is None else order[start:stop]
        numbers[into] = draws.uniform(purpose, int(keys[start]), at[start:stop])
    return numbers
