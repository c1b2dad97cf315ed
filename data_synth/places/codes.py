"""Four-digit codes of municipalities, none of which a Norwegian municipality has had."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import IntArray
from evaluation.errors import SpecError

# Counties of the first month, by the county that they belong to at last. As in Norway some keep
# their number, two become one at the second change, the others get new numbers at the last.
_OLD = (
    *("03", "09", "11", "14"),
    *("16", "17"),
    *("01", "02", "04", "05", "06", "07", "08", "10", "12", "13", "19", "20"),
)
_NEW = (
    *("03", "09", "11", "14"),
    *("35", "35"),
    *("36", "36", "37", "37", "41", "41", "43", "43", "44", "44", "45", "45"),
)
_RECODED = (4, 5)  # at the second change
_OLD_FROM = 67  # first number within a county whose two digits are a Norwegian county's
_NEW_FROM = 1
_LAST = 98


def county_of_units(count: int) -> IntArray:
    """Return the position of the county of the first month of each of ``count`` units."""
    return np.arange(count) * len(_OLD) // count


def make_codes(
    county: IntArray, unit: IntArray, entities: IntArray, world: str
) -> NDArray[np.str_]:
    """Return the codes of pieces in each period, shape ``(4, p)``.

    A merged municipality keeps the number of its biggest part, unless its county gets a new one.

    Parameters
    ----------
    county
        Of each unit, shape ``(m,)``.
    unit
        Of each piece, ascending, shape ``(p,)``.
    entities
        Municipality of each piece in each period, named by a piece, shape ``(4, p)``.
    world
        Name of the world, for messages.

    Raises
    ------
    SpecError
        If a county has more municipalities than codes.
    """
    home = _home_counties(county, unit)
    old, new = np.array(_OLD)[home], np.array(_NEW)[home]
    recoded, kept = np.isin(home, _RECODED), old == new
    own = _numbered(old, entities[0], _OLD_FROM, world)
    second = _numbered(np.where(recoded, new, ""), entities[2], _NEW_FROM, world)
    last = _numbered(np.where(kept | recoded, "", new), entities[3], _NEW_FROM, world)
    at_second = np.where(recoded, second, own)
    at_last = np.where(kept | recoded, at_second, last)
    return np.stack(
        [own[entities[0]], own[entities[1]], at_second[entities[2]], at_last[entities[3]]]
    )


def _home_counties(county: IntArray, unit: IntArray) -> IntArray:
    """Return each piece's county: every second piece of a unit lies across the county border."""
    home = county[unit]
    first = np.searchsorted(unit, unit)
    across = (np.arange(len(unit)) - first) % 2 == 1
    new = np.array(_NEW)
    sister = np.array(
        [
            next((j for j in range(len(_NEW)) if new[j] == new[i] and j != i), i)
            for i in range(len(_NEW))
        ]
    )
    return np.where(across, sister[home], home)


def _numbered(
    county: NDArray[np.str_], entity: IntArray, start: int, world: str
) -> NDArray[np.str_]:
    """Return codes that count upwards in each county from ``start``; "" for other pieces."""
    codes = np.full(len(county), "", dtype="<U4")
    named = np.unique(entity)
    for number in np.unique(county[named]):
        if not number:
            continue
        members = named[county[named] == number]
        if start + len(members) - 1 > _LAST:
            raise SpecError(
                f'world "{world}", municipalities.count and mergers: {len(members)} municipalities '
                f"in one county; allowed: at most {_LAST - start + 1}; lower count or shares merged"
            )
        codes[members] = [f"{number}{start + i:02d}" for i in range(len(members))]
    return codes
