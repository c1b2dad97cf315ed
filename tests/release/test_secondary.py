"""Secondary suppression: bounds against every table that is possible, equations, rounding."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from evaluation.release.accounts import Accounts, bounds_of
from evaluation.release.equations import unsolvable
from evaluation.release.protection import Protection
from evaluation.release.secondary import protected

ROUNDINGS = [
    Protection(base=3),
    Protection(base=5),
    Protection(base=10),
    Protection(base=6, midpoint=True),
    Protection(base=7, midpoint=True),
]


def table(counts: list[list[int]]) -> Accounts:
    """Return a table with its margins: cells by row, then totals by row, by column, of all."""
    values = np.array(counts)
    high, wide = values.shape
    margins = [*values.sum(axis=1), *values.sum(axis=0), values.sum()]
    row, column, last = high * wide, high * wide + high, high * wide + high + wide
    sums = [(*((i * wide + j, 1) for j in range(wide)), (row + i, -1)) for i in range(high)]
    sums += [(*((i * wide + j, 1) for i in range(high)), (column + j, -1)) for j in range(wide)]
    sums.append((*((row + i, 1) for i in range(high)), (last, -1)))
    every = tuple(int(one) for one in (*values.ravel(), *margins))
    return Accounts(every, (True,) * len(every), tuple(sums))


def possible(accounts: Accounts, hidden: frozenset[int], most: int) -> dict[int, tuple[int, int]]:
    """Return the range of every hidden count over all whole numbers that add up."""
    order = sorted(hidden)
    found = []
    for values in itertools.product(range(most + 1), repeat=len(order)):
        told = dict(zip(order, values, strict=True))
        if all(
            sum(c * told.get(at, accounts.values[at]) for at, c in one) == 0
            for one in accounts.sums
        ):
            found.append(values)
    spread = np.array(found)
    return {at: (spread[:, i].min(), spread[:, i].max()) for i, at in enumerate(order)}


def test_bounds_are_those_of_all_possible_tables() -> None:
    accounts = table([[1, 6, 9], [5, 2, 8], [7, 9, 9]])
    hidden = frozenset({0, 1, 3, 4})
    every = possible(accounts, hidden, 16)
    for at, ends in every.items():
        assert bounds_of(accounts, hidden, Protection(), at) == pytest.approx(ends)


@pytest.mark.parametrize("seed", range(3))
def test_no_hidden_count_stays_narrow(seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 12, (4, 4)).tolist()
    accounts, protection = table(counts), Protection(minimum=3)
    primary = accounts.small(protection)
    hidden = protected(accounts, protection)
    assert primary <= hidden
    for at in hidden:
        low, high = bounds_of(accounts, hidden, protection, at)
        assert high - low >= protection.needed - 1e-6
        assert low - 1e-6 <= accounts.values[at] <= high + 1e-6
    narrow = [np.subtract(*bounds_of(accounts, primary, protection, at)[::-1]) for at in primary]
    assert len(hidden) > len(primary) or min(narrow) >= protection.needed


def test_the_cheapest_counts_go() -> None:
    """One small count in a row of three: the smaller of the others goes, not the total."""
    accounts = Accounts((2, 40, 900, 942), (True,) * 4, (((0, 1), (1, 1), (2, 1), (3, -1)),))
    assert protected(accounts, Protection(minimum=3)) == {0, 1}


def test_a_count_that_nobody_prints_is_guarded() -> None:
    """Two persons leave between two steps: one of the steps goes."""
    accounts = Accounts((4945, 4943, 2), (True, True, False), (((0, 1), (1, -1), (2, -1)),))
    assert len(protected(accounts, Protection(minimum=3))) == 1
    assert not protected(accounts, Protection(minimum=2))


@pytest.mark.parametrize("protection", ROUNDINGS)
def test_a_rounded_count_tells_its_interval_and_no_more(protection: Protection) -> None:
    for printed in {protection.rounded(count) for count in range(1, 60)}:
        counts = [count for count in range(100) if protection.rounded(count) == printed]
        assert protection.interval(printed) == (counts[0], counts[-1])


def test_midpoints_of_six_are_those_of_its_rule() -> None:
    rounds = Protection(base=6, midpoint=True)
    assert [rounds.rounded(one) for one in (0, 1, 6, 7, 12, 13)] == [0, 3, 3, 9, 9, 15]


def test_an_effect_that_follows_from_its_sum_takes_another_with_it() -> None:
    """Total of three parts; the second part is hidden, and so goes the part on fewest rows."""
    identity = ((0, 1.0), (1, -1.0), (2, -1.0), (3, -1.0))
    assert unsolvable([identity], frozenset({2}), [9, 7, 1, 5]) == {2, 3}
    assert unsolvable([identity], frozenset({1, 2}), [9, 7, 1, 5]) == {1, 2}
    # A second equation gives both back: one more number must go.
    other = ((1, 1.0), (2, 2.0))
    assert len(unsolvable([identity, other], frozenset({1, 2}), [9, 7, 1, 5])) == 3
