"""Codes over time: mergers, new county numbers and a split."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from data_synth.life.months import month_index
from data_synth.places.layout import Places, make_places
from data_synth.world.loader import load_world, world_of
from evaluation.errors import SpecError

YEARS = (2010, 2017, 2018, 2020)


@pytest.fixture(scope="module")
def places() -> Places:
    return make_places(load_world("published_null"))


def january(year: int) -> int:
    return month_index(date(year, 1, 1))


def codes_in(places: Places, year: int) -> np.ndarray[Any, np.dtype[np.str_]]:
    return places.mergers.codes_at(np.arange(len(places.mergers.unit)), january(year))


def test_municipalities_are_as_many_as_norway_had(places: Places) -> None:
    assert [len(set(codes_in(places, year))) for year in YEARS] == [428, 426, 422, 358]


def test_a_change_holds_from_its_month(places: Places) -> None:
    mergers = places.mergers
    for year in YEARS[1:]:
        before, after = january(year) - 1, january(year)
        changed = [
            piece
            for piece in range(len(mergers.unit))
            if mergers.code_at(piece, before) != mergers.code_at(piece, after)
        ]
        assert changed
        assert mergers.code_at(changed[0], after) == mergers.code_at(changed[0], after + 11)


def test_a_code_for_each_piece_and_month_is_the_code_one_by_one(places: Places) -> None:
    pieces = np.array([0, 3, 200, 428])
    months = np.array([[january(2010)], [january(2018) - 1], [january(2018)], [january(2023)]])
    table = places.mergers.codes_at(pieces, months)
    assert table.shape == (4, 4)
    for i, month in enumerate(months[:, 0]):
        for j, piece in enumerate(pieces):
            assert table[i, j] == places.mergers.code_at(int(piece), int(month))


def test_one_whole_county_is_recoded_in_2018_and_most_counties_in_2020(places: Places) -> None:
    old, new, last = (codes_in(places, year) for year in (2017, 2018, 2020))
    counties = {str(code)[:2] for code in old}
    recoded = {c for c in counties if not any(code.startswith(c) for code in new)}
    assert len(recoded) == 2
    of_those = np.array([str(code)[:2] in recoded for code in old])
    assert len({str(code)[:2] for code in new[of_those]}) == 1
    kept = np.array([str(a)[:2] == str(b)[:2] for a, b in zip(new, last, strict=True)])
    assert 0.2 < kept.mean() < 0.5


def test_units_are_the_coarsest_common_grouping(places: Places) -> None:
    """Pieces that ever share a code, linked onwards, are one unit; and units hold no more."""
    mergers = places.mergers
    parent = list(range(len(mergers.unit)))

    def root(piece: int) -> int:
        while parent[piece] != piece:
            piece = parent[piece]
        return piece

    for codes in mergers.codes:
        holder: dict[str, int] = {}
        for piece, code in enumerate(codes.tolist()):
            parent[root(piece)] = root(holder.setdefault(code, piece))
    linked = np.array([root(piece) for piece in range(len(parent))])
    pairs = set(zip(linked.tolist(), mergers.unit.tolist(), strict=True))
    assert len(pairs) == len(set(linked)) == len(places.codes) == 357


def test_the_harmonised_code_is_the_lowest_of_the_last(places: Places) -> None:
    last = codes_in(places, 2023)
    for unit, code in enumerate(places.codes):
        assert code == min(last[places.mergers.unit == unit])


def test_one_municipality_is_divided_between_two_others(places: Places) -> None:
    mergers, first, last = places.mergers, codes_in(places, 2010), codes_in(places, 2020)
    twins = [(i, i + 1) for i in range(len(first) - 1) if first[i] == first[i + 1]]
    assert len(twins) == 1
    (one, other) = twins[0]
    assert last[one] == last[one - 1] != last[other] == last[other + 1]
    assert len({int(mergers.unit[i]) for i in range(one - 1, other + 2)}) == 1
    assert mergers.share[one] / mergers.share[other] == pytest.approx(0.6 / 0.4)


def test_pieces_partition_their_unit_by_share(places: Places) -> None:
    mergers = places.mergers
    total = np.bincount(mergers.unit, weights=mergers.share)
    assert total == pytest.approx(np.ones(357))
    assert (mergers.share * places.share[mergers.unit] > 0).all()
    unit = int(np.argmax(np.bincount(mergers.unit)))
    grid = (np.arange(20_000) + 0.5) / 20_000
    found = mergers.piece_of(np.full(20_000, unit), grid)
    assert (np.diff(found) >= 0).all()
    own = np.flatnonzero(mergers.unit == unit)
    counts = [(found == piece).mean() for piece in own]
    assert counts == pytest.approx(mergers.share[own], abs=1e-4)


def test_the_last_person_of_a_unit_stays_in_it(places: Places) -> None:
    units = np.arange(357)
    for district in (0.0, np.nextafter(1.0, 0.0)):
        found = places.mergers.piece_of(units, np.full(357, district))
        assert (places.mergers.unit[found] == units).all()


def test_without_mergers_codes_still_change_with_counties() -> None:
    none = {"first_share": 0.0, "county_share": 0.0, "large_share": 0.0, "splits": 0}
    made = make_places(
        world_of("plain", {"extends": "published_null", "title": "plain", "mergers": none})
    )
    assert len(made.mergers.unit) == 357
    assert all(len(set(codes)) == 357 for codes in made.mergers.codes)
    assert made.codes == tuple(made.mergers.codes[-1])
    assert (made.mergers.codes[0] != made.mergers.codes[-1]).any()


def test_too_many_municipalities_for_four_digits_is_one_line() -> None:
    many = {"large_share": 0.45, "large_parts": [0.0, 0.0, 0.0, 0.0, 1.0]}
    content = {"municipalities": {"count": 400}, "mergers": many}
    world = world_of("full", {"extends": "published_null", "title": "full", **content})
    with pytest.raises(SpecError, match=r'world "full", municipalities\.count and mergers: \d+'):
        make_places(world)
