"""Canonical table office: what offices are, and which municipalities they serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days, last_days
from data_synth.life.draws import IntArray
from data_synth.life.persons import NEVER
from data_synth.places.layout import Places, make_places
from data_synth.places.offices import AIMS, OPERATORS, PROVISIONS, STRATEGIES
from data_synth.world.schema import World

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "office_id": "office; a row for each municipality served, and for each period",
        "municipality": "four-digit code as of the dates of the row",
        "district": "two-digit district, where a municipality has several offices",
        "valid_from": "first day on which the row holds",
        "valid_to": "last day on which it holds; missing where it goes on",
        "provision": "broad_centre, specialised or none: none before the centre opened",
        "strategy": "turn_at_door, job_centre or work_team",
        "aim": "work, qualification or integration",
        "sanction_regime": "mild or strict",
        "youth_unit": "1 where the office has a unit for the young",
        "refugee_unit": "1 where it has a unit for refugees",
        "operator": "who runs the most used municipal measure: office, other_unit or none",
        "fte": "staff, full-time equivalents",
    }
)

_TOUCH = 1e-9  # districts and pieces that overlap by less only touch


def make_office(world: World) -> pd.DataFrame:
    """Return one row an office, municipality served and period without change."""
    import pandas as pd

    places = make_places(world)
    offices = places.offices
    rows = _rows(places)
    at = np.array([row.office for row in rows])
    closed = np.array([row.last for row in rows])
    end = last_days(np.where(closed == NEVER, 0, closed))
    end[closed == NEVER] = np.datetime64("NaT")
    closed_yet = np.array([not row.open for row in rows])
    provision = np.where(closed_yet, PROVISIONS.index("none"), offices.provision[at])
    return pd.DataFrame(
        {
            "office_id": np.array(offices.ids, dtype=object)[at],
            "municipality": [row.code for row in rows],
            "district": pd.array([row.district for row in rows], dtype="str"),
            "valid_from": first_days(np.array([row.first for row in rows])),
            "valid_to": end,
            "provision": _named(PROVISIONS, provision),
            "strategy": _named(STRATEGIES, offices.strategy[at]),
            "aim": _named(AIMS, offices.aim[at]),
            "sanction_regime": np.where(offices.strict[at], "strict", "mild").astype(object),
            "youth_unit": offices.youth_unit[at].astype(np.int8),
            "refugee_unit": offices.refugee_unit[at].astype(np.int8),
            "operator": _named(OPERATORS, offices.operator[at]),
            "fte": offices.fte[at],
        }
    )


@dataclass(frozen=True)
class _Row:
    office: int
    first: int
    code: str
    open: bool
    last: int
    district: str | None


def _rows(places: Places) -> list[_Row]:
    """Return periods of an office's codes and of its provision, by office and date."""
    found = set()
    upper, unit = places.mergers.bounds, places.mergers.unit
    lower = np.where(np.append(True, unit[1:] != unit[:-1]), unit, np.append(0.0, upper[:-1]))
    for muni in range(len(places.codes)):
        number = int(places.office_count[muni])
        for within in range(number):
            office = int(places.first_office[muni]) + within
            low, high = muni + within / number, muni + (within + 1) / number
            pieces = np.flatnonzero(
                (unit == muni) & (lower < high - _TOUCH) & (upper > low + _TOUCH)
            )
            district = f"{within + 1:02d}" if number > 1 else None
            found.update(_periods(places, office, pieces, district))
    return sorted(found, key=lambda row: (row.office, row.first, row.code))


def _periods(places: Places, office: int, pieces: IntArray, district: str | None) -> list[_Row]:
    """Return the periods in which ``office`` serves a code with the same provision."""
    offices, mergers = places.offices, places.mergers
    start, stop = int(offices.valid_from[office]), int(offices.valid_to[office])
    opened = int(offices.opened[office])
    dates = {int(day) for day in (*mergers.dates, opened) if start < day <= stop and day != NEVER}
    firsts = sorted({start, *dates})
    rows: list[_Row] = []
    for first, after in zip(firsts, [*firsts[1:], None], strict=True):
        last = stop if after is None else after - 1
        is_open = first >= opened
        for code in sorted({mergers.code_at(int(piece), first) for piece in pieces}):
            same = (
                row for row in rows if (row.code, row.open, row.last) == (code, is_open, first - 1)
            )
            before = next(same, None)
            if before is not None:
                rows.remove(before)
            begin = first if before is None else before.first
            rows.append(_Row(office, begin, code, is_open, last, district))
    return rows


def _named(names: tuple[str, ...], index: IntArray) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array(names, dtype=object)[index]
