"""The coarsest grouping against one by brute force, and totals under any correspondence."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from evaluation.data.registers.municipalities.correspondence import Row
from evaluation.data.registers.municipalities.klass import from_rows
from evaluation.data.registers.municipalities.shares import shares_between
from evaluation.data.registers.municipalities.spans import codes_at
from tests.data.registers.municipalities.conftest import counts_moved

PIECES, STEPS = 9, 4
START = 2010 * 12
Codes = list[str]


def history(seed: int) -> list[Codes]:
    """Return the code of each piece in each vintage: mergers, splits, swaps, codes used again."""
    rng = np.random.default_rng(seed)
    entity = np.arange(PIECES)
    codes = [f"{i + 1:04d}" for i in range(PIECES)]
    found = [list(codes)]
    for _ in range(STEPS):
        one, other = rng.choice(PIECES, 2, replace=False)
        before = entity.copy()
        if entity[one] != entity[other]:
            entity[entity == entity[other]] = entity[one]
        else:
            entity[one] = entity.max() + 1
        free = [f"{i + 1:04d}" for i in range(2 * PIECES) if f"{i + 1:04d}" not in codes]
        named: dict[int, str] = {}
        for number in np.unique(entity):
            members = np.flatnonzero(entity == number)
            old = {codes[i] for i in members} - set(named.values())
            same = len(set(before[members])) == 1 and rng.random() < 0.6
            named[number] = min(old) if old and (same or rng.random() < 0.6) else ""
        for number in named:
            named[number] = named[number] or free.pop(int(rng.integers(len(free))))
        swap = rng.random() < 0.5 and len(named) > 1
        if swap:
            a, b = rng.choice(list(named), 2, replace=False)
            named[a], named[b] = named[b], named[a]
        codes = [named[number] for number in entity]
        found.append(list(codes))
    return found


def changes(codes: list[Codes], rng: np.random.Generator) -> list[Row]:
    """Return a list of changes, of which some name codes that go on when others join them."""
    rows, named = [], rng.random() < 0.5
    for step, (before, after) in enumerate(pairwise(codes), start=1):
        pairs = sorted(set(zip(before, after, strict=True)))
        for old, new in pairs:
            goes_on = [pair[1] for pair in pairs if pair[0] == old] == [new] and old == new
            joined = sum(pair[1] == new for pair in pairs) > 1
            if not goes_on or (named and (joined or rng.random() < 0.5)):
                rows.append(Row(old, new, START + 12 * step, None))
    return rows


def listing(codes: list[Codes], sizes: np.ndarray) -> list[Row]:
    """Return every classification in the last one, with the shares of persons."""
    rows = []
    for step, now in enumerate(codes):
        for old, new in sorted(set(zip(now, codes[-1], strict=True))):
            here = np.array([code == old for code in now])
            both = here & np.array([code == new for code in codes[-1]])
            share = float(sizes[both].sum() / sizes[here].sum())
            rows.append(Row(old, new, START + 12 * step, share))
    return rows


def groups(codes: list[Codes]) -> list[str]:
    """Return each piece's group: pieces that ever shared a code, known by the lowest last one."""
    label = np.arange(PIECES)
    for _, now in product(range(PIECES), codes):
        for code in set(now):
            here = np.array([one == code for one in now])
            label[here] = label[here].min()
    while True:
        before = label.copy()
        for now in codes:
            for code in set(now):
                here = np.array([one == code for one in now])
                label[np.isin(label, label[here])] = label[here].min()
        if (label == before).all():
            break
    return [min(codes[-1][i] for i in np.flatnonzero(label == one)) for one in label]


@pytest.mark.parametrize("form", ["changes", "listing"])
def test_groups_are_those_of_brute_force(form: str) -> None:
    """In every vintage, for every piece; persons by group are the same in all vintages."""
    used = 0
    for seed in range(60):
        codes, rng = history(seed), np.random.default_rng(seed)
        sizes = rng.integers(1, 100, PIECES)
        rows = changes(codes, rng) if form == "changes" else listing(codes, sizes)
        if not rows:
            continue
        used += 1
        book = from_rows(rows, where="x", own=form == "listing")
        wanted = groups(codes)
        for step, now in enumerate(codes):
            found = codes_at(book, START + 12 * step)
            assert [found.get(code, code) for code in now] == wanted, (seed, step)
    assert used > 50


def test_totals_stay_between_any_two_dates() -> None:
    """Whole numbers where no divided code is crossed, and every share of a code together 1."""
    for seed in range(40):
        codes, rng = history(seed), np.random.default_rng(seed)
        sizes = rng.integers(1, 100, PIECES)
        months = [START + 12 * step for step in range(len(codes))]
        by_code = [
            {code: int(sizes[[one == code for one in now]].sum()) for code in now} for now in codes
        ]
        book = from_rows(listing(codes, sizes), where="x", own=True)
        for (a, start), (b, stop) in product(enumerate(months), repeat=2):
            shares = shares_between(book, start, stop, sizes=by_code[b])
            moved = counts_moved(by_code[a], shares)
            assert sum(moved.values()) == pytest.approx(sizes.sum())
            assert set(moved) <= set(by_code[b])
            if all(len(news) == 1 for news in shares.values()):
                assert sum(moved.values()) == sizes.sum()
