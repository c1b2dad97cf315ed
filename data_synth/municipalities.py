"""Municipalities of a world: sizes, codes, adoption; the same for every seed and run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from data_synth.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.months import month_index
from data_synth.policies import STATUSES
from data_synth.world import World

_COUNTY_SIZE = 33  # codes 0101..0133, 0201..: four digits, with leading zeros to be kept


@dataclass(frozen=True)
class Municipalities:
    """Arrays of shape ``(count,)`` in the order of the codes.

    Attributes
    ----------
    codes
        Four-digit codes, ascending.
    share
        Share of the persons.
    status
        Index into ``STATUSES``.
    adopted
        Month index of adoption as it happened.
    low_prior_use
        Whether conditions were rare before the municipality's own adoption.
    employment, education, receipt
        Fixed factors on finding work, on enrolling and on entering social assistance.
    """

    codes: tuple[str, ...]
    share: FloatArray
    status: IntArray
    adopted: IntArray
    low_prior_use: BoolArray
    employment: FloatArray
    education: FloatArray
    receipt: FloatArray


@lru_cache(maxsize=8)
def make_municipalities(world: World) -> Municipalities:
    """Lay out the municipalities of ``world``; the persons' draws play no part."""
    given, adoption = world.municipalities, world.adoption
    draws = Draws(given.seed, 0, given.count)
    share = _sizes(given.count, given.largest_share, given.log_size_sd)
    at_law = 1.0 - adoption.before_share - adoption.after_share
    status = _deal(share, np.array([adoption.before_share, at_law, adoption.after_share]))
    before = np.arange(
        month_index(adoption.before_first),
        month_index(adoption.before_last) + 1,
        adoption.every_months,
    )
    adopted = np.array([0, month_index(adoption.law), month_index(adoption.after)])[status]
    low_use = np.zeros(given.count, dtype=np.bool_)
    early = status == STATUSES.index("before")
    shuffled = before[np.argsort(Draws(given.seed, 0, len(before)).uniform("dates"))]
    # Square roots, so that a date with a large municipality still has several others.
    adopted[early] = shuffled[_deal(np.sqrt(share[early]), np.ones(len(before)) / len(before))]
    low_shares = (adoption.low_prior_use_before, adoption.low_prior_use_others)
    for rows, low in zip((early, ~early), low_shares, strict=True):
        low_use[rows] = _deal(share[rows], np.array([1.0 - low, low])) == 1
    order = np.argsort(draws.uniform("codes"))  # so that a code says nothing of size or adoption
    return Municipalities(
        codes=tuple(
            f"{i // _COUNTY_SIZE + 1:02d}{i % _COUNTY_SIZE + 1:02d}" for i in range(given.count)
        ),
        share=share[order],
        status=status[order],
        adopted=adopted[order],
        low_prior_use=low_use[order],
        employment=np.exp(given.employment_sd * draws.normal("employment")),
        education=np.exp(given.education_sd * draws.normal("education")),
        receipt=np.exp(given.receipt_sd * draws.normal("receipt")),
    )


def _sizes(count: int, largest: float, log_sd: float) -> FloatArray:
    """Return shares in falling order: the largest as given, the others log-normal quantiles."""
    normal = NormalDist()
    ranks = [(count - 1 - i - 0.5) / (count - 1) for i in range(count - 1)]
    others = np.exp(log_sd * np.array([normal.inv_cdf(rank) for rank in ranks]))
    return np.concatenate([[largest], (1.0 - largest) * others / others.sum()])


def _deal(share: FloatArray, target: FloatArray) -> NDArray[np.int64]:
    """Deal municipalities, in falling size, to the kind that lags its target most.

    So kinds reach their targets in persons, and, as small municipalities are many, in number.
    """
    got = np.zeros(len(target))
    dealt = np.empty(len(share), dtype=np.int64)
    for i, size in enumerate(share):
        kind = int(np.argmax(target * (got.sum() + size) - got))
        got[kind] += size
        dealt[i] = kind
    return dealt
