"""How the persons of a run fall into birth years, and birth years into chunks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.life.persons import COHORT_STEP
from data_synth.world.schema import World

CHUNK = 8_192  # arrays of this length stay in the processor's cache
MOST_PERSONS = 40_000_000  # more, and a birth year might hold more ranks than numbers allow
_GOLDEN = 0.6180339887498949
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Persons of one birth year, or of several whole small ones.

    Attributes
    ----------
    birth_year, first_rank, born
        Ranks ``first_rank`` to ``first_rank + born - 1`` of the first birth year.
    further
        Persons of each birth year that follows, from rank 0.
    """

    birth_year: int
    first_rank: int
    born: int
    further: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Number of persons."""
        return self.born + sum(self.further)

    @property
    def births(self) -> tuple[tuple[int, int], ...]:
        """Birth years with their numbers of persons."""
        counts = (self.born, *self.further)
        return tuple((self.birth_year + k, count) for k, count in enumerate(counts))

    @property
    def numbers(self) -> IntArray:
        """Numbers of the persons, ascending, shape ``(count,)``."""
        starts = [self.first_rank, *[0] * len(self.further)]
        ranges = [
            np.arange(start, start + count, dtype=np.int64) + year * COHORT_STEP
            for start, (year, count) in zip(starts, self.births, strict=True)
        ]
        return np.concatenate(ranges)


def plan_chunks(
    world: World,
    persons: int,
    ages: tuple[int, int] | None = None,
    window: tuple[int, int] | None = None,
) -> tuple[Chunk, ...]:
    """Cut ``persons`` persons of the whole world into chunks, oldest birth year first.

    A birth year too large for a chunk is cut, and small ones share a chunk: lives are the same
    either way.

    A person's birth year depends on its place among the persons alone, so that the first ``k``
    persons are the same whatever their number.

    Parameters
    ----------
    ages
        Completed years, inclusive: only birth years that are of these ages some time in ``window``.
    window
        First and last month index; all that the world offers by default.
    """
    years, counts = _counts(world, persons)
    born = births(world, ages, window)
    chunks: list[Chunk] = []
    for year, count in zip(years.tolist(), counts.tolist(), strict=True):
        if not born[0] // 12 <= year <= born[1] // 12:
            continue
        if chunks and chunks[-1].count + count <= CHUNK:
            chunks[-1] = replace(chunks[-1], further=(*chunks[-1].further, count))
            continue
        for start in range(0, max(count, 1), CHUNK):
            chunks.append(Chunk(year, start, min(CHUNK, count - start)))
    return tuple(chunk for chunk in chunks if chunk.count)


def births(
    world: World, ages: tuple[int, int] | None = None, window: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Return the first and last birth month of those who are of ``ages`` in ``window``."""
    youngest, oldest = ages or (world.ages.youngest, world.ages.oldest)
    first, last = window or (month_index(world.time.first), month_index(world.time.last))
    return first - (oldest + 1) * 12 + 1, last - youngest * 12


@lru_cache(maxsize=8)
def _counts(world: World, persons: int) -> tuple[IntArray, IntArray]:
    first, last = births(world)
    years = np.arange(first // 12, last // 12 + 1)
    bounds = np.cumsum(cohort_shares(world, years))
    counts = np.zeros(len(years), dtype=np.int64)
    for start in range(0, persons, _BLOCK):
        of = np.arange(start, min(start + _BLOCK, persons), dtype=np.float64)
        place = (of + 0.5) * _GOLDEN
        year = np.searchsorted(bounds[:-1], place - np.floor(place), side="right")
        counts += np.bincount(year, minlength=len(years))
    return years, counts


def cohort_shares(world: World, years: IntArray) -> FloatArray:
    """Return the share of all persons born in each year, shape ``(years,)``."""
    at, size = zip(*world.cohorts.size, strict=True)
    sizes = np.interp(years, at, size)
    return np.asarray(sizes / sizes.sum())
