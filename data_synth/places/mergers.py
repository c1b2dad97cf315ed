"""The municipalities of the first month within the harmonised ones, and their codes over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import Draws, FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.places.codes import county_of_units, make_codes
from data_synth.places.dealing import choose, spread
from data_synth.world.schema import World

_MANY_TIMES = 12  # a merged municipality is at least this many times the smallest
_HALVES = (0.6, 0.4)  # of a municipality divided between two others


@dataclass(frozen=True)
class Mergers:
    """Pieces: parts of harmonised municipalities that had one code at any time.

    They are the municipalities of the first month, but for one divided later: its two pieces
    share a code until then. A unit, or harmonised municipality, is the coarsest common grouping
    of all codes. Arrays of shape ``(p,)``, by unit; within it pieces partition [0, 1) by share.

    Attributes
    ----------
    unit
        Position of the harmonised municipality, ascending.
    share
        Share of the unit's persons.
    dates
        Month indices of changes, ascending, shape ``(k,)``.
    codes
        Four-digit codes, shape ``(k + 1, p)``: row ``i`` holds from ``dates[i - 1]``.
    """

    unit: IntArray
    share: FloatArray
    dates: IntArray
    codes: NDArray[np.str_]

    @cached_property
    def bounds(self) -> FloatArray:
        """Upper end of each piece on the line on which unit i fills [i, i + 1)."""
        upper = np.cumsum(self.share)
        last = np.append(self.unit[1:] != self.unit[:-1], True)
        starts = np.concatenate([[0.0], upper[last][:-1]])
        return np.where(last, self.unit + 1.0, upper - starts[self.unit] + self.unit)

    @cached_property
    def last_piece(self) -> IntArray:
        """Position of each unit's last piece, shape ``(m,)``."""
        return np.flatnonzero(np.append(self.unit[1:] != self.unit[:-1], True))

    def piece_of(self, muni: NDArray[Any], district: FloatArray) -> IntArray:
        """Return the pieces in which persons live, of the broadcast shape.

        Parameters
        ----------
        muni
            Positions of harmonised municipalities.
        district
            The persons' uniform numbers.
        """
        units = np.asarray(muni, dtype=np.int64)
        found = np.searchsorted(self.bounds, units + district, side="right")
        return np.minimum(found, self.last_piece[units])  # the sum may round up to the next unit

    def code_at(self, piece: int, month: int) -> str:
        """Return the code of ``piece`` in the month with index ``month``."""
        return str(self.codes[int(np.searchsorted(self.dates, month, side="right")), piece])

    def codes_at(self, piece: NDArray[Any], month: NDArray[Any] | int) -> NDArray[np.str_]:
        """Return the codes of pieces in months, of the broadcast shape."""
        period = np.searchsorted(self.dates, month, side="right")
        return np.asarray(self.codes[period, piece])


def make_mergers(world: World, share: FloatArray) -> Mergers:
    """Divide harmonised municipalities, in the order of their codes, into pieces.

    Raises
    ------
    SpecError
        If there are more municipalities in a county than codes.
    """
    given = world.mergers
    period, parts = _merged(world, share)
    unit = np.repeat(np.arange(len(share)), parts)
    within = Draws(world.municipalities.seed, np.arange(len(unit))).uniform("mergers/share")
    weight = 0.3 + within
    split = np.flatnonzero(period == _SPLIT)
    entity = np.arange(len(unit))
    halves = np.searchsorted(unit, split) + 1  # pieces of a split: taker, half, half, taker
    entity[halves + 1] = halves
    weight[halves + 1] = weight[halves] * _HALVES[1]
    weight[halves] *= _HALVES[0]
    total = np.bincount(unit, weights=weight)
    dates = np.array([month_index(day) for day in (given.first, given.county, given.large)])
    entities = np.repeat(entity[None], len(dates) + 1, axis=0)
    biggest = _biggest(unit, weight, len(share))
    for row in range(1, len(entities)):
        joined = (period[unit] >= 0) & (period[unit] < row)
        entities[row] = np.where(joined, biggest[unit], entities[row])
    entities[-1, halves], entities[-1, halves + 1] = halves - 1, halves + 2
    codes = make_codes(county_of_units(len(share)), unit, entities, world.name)
    return Mergers(unit=unit, share=weight / total[unit], dates=dates, codes=codes)


_NONE, _SPLIT = -1, 3


def _merged(world: World, share: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the date (0, 1, 2; or a split, or none) and number of pieces of each unit."""
    given, known = world.mergers, world.municipalities
    draws = Draws(known.seed, np.arange(len(share)))
    floor = _MANY_TIMES * known.smallest / known.residents
    able = (share >= floor) & (np.arange(len(share)) != int(np.argmax(share)))
    order = np.argsort(np.where(able, draws.uniform("mergers"), 2.0), kind="stable")
    order = order[: int(able.sum())]
    period = np.full(len(share), _NONE)
    parts = np.ones(len(share), dtype=np.int64)
    shares = (given.first_share, given.county_share, given.large_share)
    numbers = [round(part * len(share)) for part in shares]
    numbers.insert(2, given.splits)  # before the many, which may not leave any
    dealt, taken = (0, 1, _SPLIT, 2), 0
    for kind, number in zip(dealt, numbers, strict=True):
        period[order[taken : taken + number]] = kind
        taken += number
    large = np.flatnonzero(period == 2)
    parts[period == 0], parts[period == 1] = given.first_parts, given.county_parts
    parts[period == _SPLIT] = 4
    if len(large):
        even = spread(draws.uniform("mergers/parts")[large])
        parts[large] = 2 + choose(even, given.large_parts)
    return period, parts


def _biggest(unit: IntArray, weight: FloatArray, count: int) -> IntArray:
    """Return the position of each unit's biggest piece."""
    order = np.lexsort((-weight, unit))
    return order[np.searchsorted(unit[order], np.arange(count))]
