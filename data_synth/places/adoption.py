"""When municipalities adopted conditions, as it happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.life.policies import STATUSES
from data_synth.places.dealing import deal, spread
from data_synth.world.places import Adoption
from data_synth.world.schema import World


@dataclass(frozen=True)
class TrueAdoption:
    """Arrays of shape ``(count,)`` in falling size.

    Attributes
    ----------
    status
        Index into ``STATUSES``.
    adopted, narrow
        Month indices of adoption by the wide definition, any condition, and by the narrow, work
        practice or a course: never earlier, and at most at the law where that comes later.
    low_prior_use
        Whether conditions were rare before the municipality's own adoption.
    """

    status: IntArray
    adopted: IntArray
    narrow: IntArray
    low_prior_use: BoolArray


def make_adoption(world: World, share: FloatArray) -> TrueAdoption:
    """Deal adoption to municipalities of falling ``share``."""
    given, seed = world.adoption, world.municipalities.seed
    at_law = 1.0 - given.before_share - given.after_share
    status = deal(share, np.array([given.before_share, at_law, given.after_share]))
    adopted = np.array([0, month_index(given.law), month_index(given.after)])[status]
    early = status == STATUSES.index("before")
    dates = np.arange(
        month_index(given.before_first), month_index(given.before_last) + 1, given.every_months
    )
    shuffled = dates[np.argsort(Draws(seed, np.arange(len(dates))).uniform("dates"))]
    # Square roots, so that a date with a large municipality still has several others.
    adopted[early] = shuffled[deal(np.sqrt(share[early]), np.ones(len(dates)) / len(dates))]
    if given.single is not None:
        one = min(given.single_rank, len(share)) - 1
        status[one], adopted[one] = STATUSES.index("before"), month_index(given.single)
        early[one] = True
    low_use = np.zeros(len(share), dtype=np.bool_)
    low_shares = (given.low_prior_use_before, given.low_prior_use_others)
    for rows, low in zip((early, ~early), low_shares, strict=True):
        low_use[rows] = deal(share[rows], np.array([1.0 - low, low])) == 1
    draws = Draws(seed, np.arange(len(share)))
    return TrueAdoption(status, adopted, _narrow(given, adopted, early, draws), low_use)


def _narrow(given: Adoption, adopted: IntArray, early: BoolArray, draws: Draws) -> IntArray:
    later = np.zeros(len(adopted), dtype=np.bool_)
    if early.any():
        later[early] = spread(draws.uniform("narrow/later")[early]) < given.narrow_later
    delay = 1 + np.floor(draws.uniform("narrow/months") * given.narrow_months).astype(np.int64)
    limit = np.maximum(adopted, month_index(given.law))
    months = np.minimum(delay, given.narrow_months)
    return np.where(later, np.minimum(adopted + months, limit), adopted)
