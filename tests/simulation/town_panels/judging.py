"""From replications to lines: bias, coverage, and shares, against what they should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from town_panels.reads import Numbers
from town_panels.world import (
    ALWAYS,
    BIASED,
    CAUTIOUS,
    COVERS,
    DETECTS,
    HOLDS,
    SIZE,
    UNDER,
    Asked,
    World,
)

CONFIDENCE = 0.95
# Share of panels in which a planted violation must be found, chosen beforehand.
RATE = 0.80
Panel = Mapping[str, Numbers]


@dataclass(frozen=True)
class Line:
    """One number over all panels of a world.

    Attributes
    ----------
    world, name, expected
        Where it stands, and what it should show.
    replications
        How many panels.
    truth
        Of estimates and intervals.
    error, half
        Mean error in mean standard errors, and half its 95 % Monte Carlo interval.
    ratio
        Mean standard error over the spread of estimates.
    share
        Of panels whose interval holds the truth, or whose test rejects or check speaks.
    length
        Median length of the interval over that of the oracle.
    missing
        In how many panels no interval or test was given.
    held
        Whether it shows what it should.
    """

    world: str
    name: str
    expected: str
    replications: int
    truth: float | None = None
    error: float | None = None
    half: float | None = None
    ratio: float | None = None
    share: float | None = None
    length: float | None = None
    missing: int = 0
    held: bool = False


def lines_of(name: str, world: World, found: Sequence[Panel], lines: int) -> list[Line]:
    """Return one line for every number that is asked of a world.

    Parameters
    ----------
    name, world
        The world.
    found
        What every panel gave.
    lines
        Of the whole table, for the adjustment of bands.
    """
    return [_line(name, world, one, found, lines) for one in world.asked] if found else []


def _line(name: str, world: World, one: Asked, found: Sequence[Panel], lines: int) -> Line:
    values = np.array([result[one.name] for result in found], dtype=float)
    if one.truth is None:
        share, missing = _share(one, values[:, 0]), int(np.isnan(values[:, 0]).sum())
        inside = SHARES[one.expected](share, band(len(values), lines, one.level or 0.0))
        return Line(
            name, one.name, one.expected, len(values), share=share, missing=missing,
            held=inside and missing == 0,
        )  # fmt: skip
    error, scale = values[:, 0] - one.truth, values[:, 1].mean()
    covered = float(np.mean((values[:, 2] <= one.truth) & (one.truth <= values[:, 3])))
    half = 1.96 * error.std(ddof=1) / np.sqrt(len(values))
    judged = _Judged(
        error.mean() / scale, half / scale, covered, band(len(values), lines, CONFIDENCE),
        world.small,
    )  # fmt: skip
    known = not np.isnan(values[:, 1]).all()
    missing = int(np.isnan(values[:, 2:]).any(axis=1).sum())
    return Line(
        name,
        one.name,
        one.expected,
        len(values),
        truth=one.truth,
        error=judged.error if known else None,
        half=judged.half if known else None,
        ratio=float(scale / error.std(ddof=1)) if known else None,
        share=covered,
        length=_length(values, one, found),
        missing=missing,
        held=INTERVALS[one.expected](judged) and missing == 0,
    )


def _share(one: Asked, values: np.ndarray) -> float:
    if one.expected != SIZE:
        return float(np.mean(values > 0.5))
    # A rank over a count may be the level itself.
    return float(np.mean(values <= (one.level or 0.0) + 1e-12))


def _length(values: np.ndarray, one: Asked, found: Sequence[Panel]) -> float | None:
    if one.oracle is None:
        return None
    other = np.array([result[one.oracle] for result in found], dtype=float)
    own, best = (np.median(each[:, 3] - each[:, 2]) for each in (values, other))
    return float(own / best)


@dataclass(frozen=True)
class _Judged:
    """Mean error and its half interval in standard errors, coverage, its band, largest bias."""

    error: float
    half: float
    covered: float
    band: tuple[float, float]
    small: float

    @property
    def unbiased(self) -> bool:
        return abs(self.error) + self.half <= self.small


INTERVALS: Mapping[str, Callable[[_Judged], bool]] = {
    COVERS: lambda one: one.unbiased and one.band[0] <= one.covered <= one.band[1],
    HOLDS: lambda one: one.covered >= one.band[0],
    UNDER: lambda one: one.covered < one.band[0],
    BIASED: lambda one: abs(one.error) - one.half > one.small,
}
SHARES: Mapping[str, Callable[[float, tuple[float, float]], bool]] = {
    SIZE: lambda share, band: band[0] <= share <= band[1],
    CAUTIOUS: lambda share, band: share <= band[1],
    DETECTS: lambda share, _: share >= RATE,
    ALWAYS: lambda share, _: share == 1.0,
}


def band(count: int, lines: int, share: float) -> tuple[float, float]:
    """Return between which shares of panels a right method lies, over all lines of a table.

    Parameters
    ----------
    count
        Replications.
    lines
        Of the table: the band is Bonferroni-adjusted, 95 % over all of them.
    share
        What is right.
    """
    from scipy import stats

    tail = (1.0 - CONFIDENCE) / lines / 2.0
    ends = stats.binom.ppf([tail, 1.0 - tail], count, share) / count
    return float(ends[0]), float(ends[1])
