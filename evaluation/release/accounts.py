"""Counts that add up, and how narrowly printed ones bound those that are hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.release.protection import Protection

Places = frozenset[int]
# A sum of counts, each with its coefficient, that is zero.
Sum = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Accounts:
    """Counts of one release and the sums in which they stand.

    Attributes
    ----------
    values
        Every count, shape ``(n,)``.
    printed
        Whether the release would print it, ``(n,)``; others only follow from printed ones, such
        as how many persons a step of the sample takes out.
    sums
        Places of counts with coefficients, whose sum is zero.
    price
        What hiding each costs, ``(n,)``; empty for one each.
    """

    values: tuple[int, ...]
    printed: tuple[bool, ...]
    sums: tuple[Sum, ...]
    price: tuple[float, ...] = ()

    def small(self, protection: Protection) -> Places:
        """Return the places of counts that nobody may learn."""
        # That a step takes nobody out says nothing about anybody.
        return frozenset(
            at
            for at, (value, printed) in enumerate(zip(self.values, self.printed, strict=True))
            if protection.small(value) and (printed or value > 0)
        )

    def beside(self, places: Iterable[int], open_: Places) -> tuple[Places, tuple[Sum, ...]]:
        """Return open counts that share sums with ``places``, step by step, and these sums.

        Parameters
        ----------
        places
            Where to begin.
        open_
            Counts whose value is not known: only they carry on from one sum to the next.
        """
        reached, used = set(places), set[int]()
        holding: dict[int, list[int]] = {}
        for at, one in enumerate(self.sums):
            for place, _ in one:
                holding.setdefault(place, []).append(at)
        waiting = list(reached)
        while waiting:
            for at in holding.get(waiting.pop(), ()):
                if at in used:
                    continue
                used.add(at)
                fresh = {place for place, _ in self.sums[at] if place in open_} - reached
                reached |= fresh
                waiting.extend(fresh)
        return frozenset(reached), tuple(self.sums[at] for at in sorted(used))


def bounds_of(
    accounts: Accounts, hidden: Places, protection: Protection, place: int
) -> tuple[float, float]:
    """Return the smallest and largest value of a count that everything printed allows.

    Two linear programs over all counts that are not negative, add up, and are printed as they are.
    What is bounded so is bounded no more narrowly by whole numbers alone than by any numbers.

    Parameters
    ----------
    accounts
        Counts and sums.
    hidden
        Places that the release leaves out.
    protection
        How it rounds.
    place
        Which count.
    """
    from scipy.optimize import linprog

    low, high = known(accounts, hidden, protection)
    open_ = frozenset(int(one) for one in np.flatnonzero(high > low))
    if place not in open_:
        return float(low[place]), float(high[place])
    _, sums = accounts.beside((place,), open_)
    places = sorted({at for one in sums for at, _ in one} | {place})
    matrix = coefficients(sums, places)
    cost = np.array([float(at == place) for at in places])
    limits = np.stack([low[places], high[places]], axis=1)
    found = []
    for sign in (1.0, -1.0):
        made = linprog(
            sign * cost, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=limits, method="highs"
        )
        # Status 3: nothing bounds it. The true counts satisfy everything, so there is a solution.
        found.append(sign * float(made.fun) if made.status == 0 else -sign * np.inf)
    return found[0], found[1]


def known(
    accounts: Accounts, hidden: Places, protection: Protection
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return between which values each count lies for who reads it, shapes ``(n,)``."""
    low = np.zeros(len(accounts.values))
    high = np.full(len(accounts.values), np.inf)
    for at, (value, printed) in enumerate(zip(accounts.values, accounts.printed, strict=True)):
        if printed and at not in hidden:
            low[at], high[at] = protection.interval(protection.rounded(value))
    return low, high


def coefficients(sums: tuple[Sum, ...], places: list[int]) -> Any:
    """Return the sums as a sparse matrix, one column for each of ``places``."""
    from scipy.sparse import csr_array

    column = {place: at for at, place in enumerate(places)}
    entries = [(at, column[place], float(c)) for at, one in enumerate(sums) for place, c in one]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((values, (rows, columns)), shape=(len(sums), len(places)))
