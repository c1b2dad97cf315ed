"""Kinds of simulated figures: what is counted chunk by chunk, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from data_synth.facts.seen import Seen
from data_synth.facts.tally import Estimate, Pair, Tally
from data_synth.world.schema import World

# Residents aged 16 to 67 on 1 January 2023, of 5,488,988 of all ages: Statistics Norway, table
# 07459, summed over municipalities.
RESIDENTS = 3_673_305
OF_ALL_AGES = 5_488_988
PERCENT = 100.0
PER_1000 = 1000.0

Flags = NDArray[Any]


class Kind(Protocol):
    """How a simulated figure comes about."""

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Return what each person of a chunk adds; as many pairs for every chunk of a world."""
        ...

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Return what the sums over all persons come to."""
        ...


@dataclass(frozen=True)
class Ratio:
    """Top over bottom, in a unit, less a number: 1 makes a ratio of months a growth."""

    pair: Callable[[Seen], Pair]
    unit: float = 1.0
    less: float = 0.0

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Count the one ratio."""
        return (self.pair(seen),)

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Divide."""
        ratio = tallies[0].ratio()
        if ratio.value is None:
            return ratio
        return Estimate(ratio.value - self.less, ratio.error).times(self.unit)


@dataclass(frozen=True)
class National:
    """Persons in Norway: those counted, for each simulated resident at the end of 2022."""

    flags: Callable[[Seen], Flags]

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Count persons beside residents."""
        return ((self.flags(seen), seen.residents),)

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Scale to the residents of Norway."""
        return tallies[0].ratio().times(RESIDENTS)


@dataclass(frozen=True)
class Relative:
    """One ratio over another, in a unit."""

    one: Callable[[Seen], Pair]
    other: Callable[[Seen], Pair]
    unit: float = 1.0

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Count both."""
        return self.one(seen), self.other(seen)

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Divide one by the other."""
        return _over(tallies[0].ratio(), tallies[1].ratio()).times(self.unit)


@dataclass(frozen=True)
class Spread:
    """The highest of many ratios over the lowest."""

    among: Callable[[Seen], Sequence[Pair]]

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Count all of them."""
        return self.among(seen)

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Find the extremes, as they are found in published tables: chance widens them."""
        ratios = [ratio for tally in tallies if (ratio := tally.ratio()).value is not None]
        if not ratios:
            return Estimate(None)
        ratios.sort(key=lambda ratio: ratio.value or 0.0)
        return _over(ratios[-1], ratios[0])


@dataclass(frozen=True)
class Settled:
    """What a world settles before any person is drawn; none where it has nothing to count."""

    value: Callable[[World], float | None]

    def pairs(self, seen: Seen) -> Sequence[Pair]:
        """Count nobody."""
        return ()

    def estimate(self, world: World, tallies: Sequence[Tally]) -> Estimate:
        """Read it off the world."""
        value = self.value(world)
        return Estimate(None) if value is None else Estimate(value, 0.0)


def mean_of(values: NDArray[Any], unit: float = 1.0) -> float | None:
    """Return the mean in a unit, or none of nothing."""
    return unit * float(values.mean()) if len(values) else None


def _over(one: Estimate, other: Estimate) -> Estimate:
    """Divide independent estimates; the error by the delta method."""
    if one.value is None or one.error is None or not other.value or other.error is None:
        return Estimate(None)
    ratio = one.value / other.value
    return Estimate(ratio, float(np.hypot(one.error, ratio * other.error)) / other.value)
