"""The stock from one month of age to the next, to the person.

With S the persons in the stock at age a, E and X those who entered and left it in that month,

    S(a) - S(a - 1) = E(a) - X(a) + came(a) - left(a - 1),

where ``came`` is the stock that persons without a row at a - 1 bring with them (arrivals, a return,
the window's start: their stock at a less what they entered and plus what they left that month) and
``left`` is the stock at a - 1 of persons without a row at a (deaths, departures, the window's end).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._flow.followed import STOCK, Followed, several_rows


@dataclass(frozen=True)
class Names:
    """The columns of the flows: into the stock, out of it, and out of it by destination."""

    entry: str
    exit: str
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """Persons counted over the months of age whose month before lies inside the bandwidth too.

    Attributes
    ----------
    steps
        How many such months.
    change
        Sum of S(a) - S(a - 1).
    entries, exits, came, left
        As above.
    unbalanced
        Person-months seen in both months whose stock changes without a flow that says so, or does
        not change where one says it does.
    apart
        Person-months whose exit is not the sum of exits by destination.
    """

    steps: int
    change: int
    entries: int
    exits: int
    came: int
    left: int
    unbalanced: int
    apart: int

    @property
    def residual(self) -> int:
        """What the two sides of the identity differ by."""
        return self.change - self.entries + self.exits - self.came + self.left


def account_of_rows(
    outcome: str,
    names: Names,
    variables: tuple[str, ...],
    values: FloatArray,
    unit: IntArray,
    x: FloatArray,
) -> Account:
    """Count from rows.

    Parameters
    ----------
    outcome
        For messages.
    names
        Of the flows.
    variables
        Names of what ``values`` holds, ``one`` first.
    values
        Shape ``(V, n)``, missing flows as 0.
    unit, x
        Unit and age less the cutoff of every row, each of shape ``(n,)``.

    Raises
    ------
    DataError
        Where a person has two rows at one age, or the stock or a flow is neither 0 nor 1.
    """
    order = np.lexsort((x, unit))
    unit, x, values = unit[order], x[order], values[:, order]
    stock, entry, left_it, rest = _counted(outcome, names, variables, values)
    same = unit[1:] == unit[:-1]
    if (same & (x[1:] == x[:-1])).any():
        raise several_rows(outcome)
    follows = np.concatenate([[False], same & (x[1:] == x[:-1] + 1)])
    followed = np.concatenate([follows[1:], [False]])
    points = np.unique(x)
    later = np.isin(x, points[1:][np.diff(points) == 1])
    earlier = np.isin(x, points[:-1][np.diff(points) == 1])
    before = np.concatenate([[0], stock[:-1]])
    brought = (stock - entry + left_it)[later & ~follows]
    return Account(
        steps=int(np.sum(np.diff(points) == 1)),
        change=int(stock[later].sum() - stock[earlier].sum()),
        entries=int(entry[later].sum()),
        exits=int(left_it[later].sum()),
        came=int(brought.sum()),
        left=int(stock[earlier & ~followed].sum()),
        unbalanced=int(np.sum((stock - before - entry + left_it)[follows] != 0)),
        apart=int(np.sum(rest != 0)),
    )


def _counted(
    outcome: str, names: Names, variables: tuple[str, ...], values: FloatArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return stock, entries, exits, and exits less those by destination, as whole numbers."""
    named = {STOCK: STOCK, "entry": names.entry, "exit": names.exit}
    for name in dict.fromkeys((*named.values(), *names.destinations)):
        if not np.isin(values[variables.index(name)], (0.0, 1.0)).all():
            raise not_counted(outcome, name)
    whole = {name: values[variables.index(name)].astype(np.int64) for name in variables}
    rest = np.zeros(values.shape[1], dtype=np.int64)
    if names.destinations:
        rest = whole[names.exit] - sum(whole[name] for name in names.destinations)
    return whole[STOCK], whole[names.entry], whole[names.exit], rest


def account_of_pairs(names: Names, followed: Followed) -> Account:
    """Count from pair cells.

    Values of 0 and 1 are their own squares, so that who balances shows in products of two: the
    square of what a person's month does not balance by is the sum of such products.

    Parameters
    ----------
    names
        Of the flows.
    followed
        Persons at P months, with pairs.

    Raises
    ------
    DataError
        Where the stock or a flow is neither 0 nor 1.
    NeedsRows
        Where somebody enters without being in the stock then, leaves while in it, or has several
        destinations: then products of two do not tell who balances.
    """
    if followed.pairs is None:
        raise TypeError("pair cells are asked for")
    whole = np.rint(followed.pairs)
    y, e, x = (followed.place(name) for name in (STOCK, names.entry, names.exit))
    parts = [followed.place(name) for name in names.destinations]
    here = np.arange(len(followed.x))

    def now(first: int, second: int) -> FloatArray:
        """Return the sum of products at the same month, shape ``(P,)``."""
        found: FloatArray = whole[first, second, here, here]
        return found

    for at in dict.fromkeys((y, e, x, *parts)):
        if not np.array_equal(followed.pairs[at, at, here, here], now(0, at)):
            raise not_counted(followed.outcome, followed.names[at])
    crossed = [(a, b) for i, a in enumerate(parts) for b in parts[:i]]
    impossible = (now(e, e) - now(y, e)).sum() + now(y, x).sum() + now(e, x).sum()
    if impossible or any(now(a, b).sum() for a, b in crossed):
        raise NeedsRows(
            "flows contradict the stock, and only rows tell whose months do not balance"
        )
    late = np.flatnonzero(np.diff(followed.x) == 1) + 1
    early = late - 1

    def both(first: int, second: int) -> float:
        """Return the sum of products of a value now and one the month before."""
        return float(whole[first, second, late, early].sum())

    def of_seen(at: int) -> float:
        """Return the sum of a value over those with a row the month before."""
        return both(at, 0)

    def total(at: int, months: IntArray) -> float:
        return float(now(0, at)[months].sum())

    before = float(whole[0, y, late, early].sum())
    squares = of_seen(y) + before + of_seen(e) + of_seen(x) - 2 * both(y, y) - 2 * of_seen(e)
    squares += 2 * both(e, y) - 2 * both(x, y)
    apart = 0.0
    if parts:
        # Destinations exclude one another, so that their sum is its own square too.
        apart = now(x, x).sum() + sum(now(a, a).sum() - 2 * now(a, x).sum() for a in parts)
    brought = [total(at, late) - of_seen(at) for at in (y, e, x)]
    return Account(
        steps=len(late),
        change=int(total(y, late) - total(y, early)),
        entries=int(total(e, late)),
        exits=int(total(x, late)),
        came=int(brought[0] - brought[1] + brought[2]),
        left=int(total(y, early) - before),
        unbalanced=int(squares),
        apart=int(apart),
    )


def not_counted(outcome: str, name: str) -> DataError:
    """Return the refusal of a stock or flow that is neither 0 nor 1."""
    shown = "the outcome" if name == STOCK else f"column {name!r}"
    return DataError(
        f"outcome {outcome}: {shown} holds other values than 0 and 1, and flows are counted by "
        "person: use indicators of being in the stock, entering it and leaving it"
    )
