"""Hide further counts, until nothing printed gives back those that are hidden."""

from __future__ import annotations

import numpy as np

from evaluation.release.accounts import Accounts, Places, bounds_of, coefficients, known
from evaluation.release.protection import Protection

# Below this a change of a count in a linear program is none.
NONE = 1e-7


def protected(accounts: Accounts, protection: Protection, primary: Places = frozenset()) -> Places:
    """Return every count to hide: small ones, those named, and those from which they would follow.

    For each count that could be bounded too narrowly, the cheapest other ones are hidden with
    which it could be larger by the width that the policy wants while every sum holds (the linear
    programming heuristic of Kelly, Golden and Assad, 1992); then all is bounded anew.

    Parameters
    ----------
    accounts
        Counts and the sums in which they stand.
    protection
        Which are small, how widely they must stay open, and how others are rounded.
    primary
        Places to hide beside small ones.
    """
    small = accounts.small(protection)
    printed = frozenset(at for at, one in enumerate(accounts.printed) if one)
    hidden = (small | primary) & printed
    guarded, settled = sorted(small | hidden), Places()
    while True:
        narrow = [at for at in guarded if _width(accounts, hidden, protection, at) is not None]
        if not narrow:
            return hidden
        for at in narrow:
            if _width(accounts, hidden, protection, at) is None:
                continue
            more = _cheapest(accounts, hidden, protection, at) or _all_beside(accounts, hidden, at)
            # What stays narrow with everything beside it hidden follows from the sums alone.
            settled |= frozenset() if more else {at}
            hidden |= more
        guarded = sorted((small | hidden) - settled)


def _width(accounts: Accounts, hidden: Places, protection: Protection, at: int) -> float | None:
    """Return how widely a count stays open where that is not enough."""
    low, high = bounds_of(accounts, hidden, protection, at)
    return None if high - low >= protection.needed - NONE else high - low


def _cheapest(accounts: Accounts, hidden: Places, protection: Protection, at: int) -> Places:
    """Return the printed counts that must change where one grows by the width; empty if none do."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    everything = frozenset(range(len(accounts.values)))
    _, sums = accounts.beside((at,), everything)
    places = sorted({place for one in sums for place, _ in one} | {at})
    value = np.array([float(accounts.values[place]) for place in places])
    low, high = known(accounts, hidden, protection)
    own = places.index(at)
    # A change is a free part, inside what is known anyway, and a part that must be paid for.
    free = np.stack([low[places] - value, high[places] - value], axis=1)
    free[own] = (protection.needed, max(protection.needed, free[own, 1]))
    payable = np.array([accounts.printed[place] and place not in hidden for place in places])
    up = np.where(payable, np.inf, 0.0)
    down = np.where(payable, value, 0.0)
    up[own] = down[own] = 0.0
    matrix = coefficients(sums, places)
    cost = np.array([accounts.price[one] if accounts.price else 1.0 for one in places])
    price = cost * (1.0 + np.log1p(value))
    none = np.zeros(len(places))
    made = linprog(
        np.concatenate([none, price, price]),
        A_eq=hstack([matrix, matrix, -matrix]),
        b_eq=np.zeros(len(sums)),
        bounds=[*map(tuple, free), *((0.0, one) for one in up), *((0.0, one) for one in down)],
        method="highs",
    )
    if made.status != 0:
        return frozenset()
    raised, lowered = np.split(made.x[len(places) :], 2)
    moved = (raised + lowered > NONE) & payable
    return frozenset(place for place, one in zip(places, moved, strict=True) if one)


def _all_beside(accounts: Accounts, hidden: Places, at: int) -> Places:
    """Return everything printed that shares sums with a count, step by step."""
    reached, sums = accounts.beside((at,), frozenset(range(len(accounts.values))))
    named = reached | {place for one in sums for place, _ in one}
    return frozenset(place for place in named if accounts.printed[place]) - hidden
