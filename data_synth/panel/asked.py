"""What may be asked of a world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data_synth.life.months import month_index, ym_of
from data_synth.life.plan import MOST_PERSONS
from data_synth.life.policies import POLICIES
from data_synth.panel.columns import COLUMNS
from data_synth.world.schema import World
from data_synth.world.suggest import nearest
from evaluation.errors import DataError, SpecError


def check_asked(
    world: World,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str,
    columns: Sequence[str],
    ages: tuple[int, int] | None = None,
) -> None:
    """Refuse what ``world`` does not offer, every fault at once.

    Raises
    ------
    SpecError
        For a number of persons, seed, window, ages or policy.
    DataError
        For a column that does not exist.
    """
    faults: list[str] = []
    if persons < 1:
        faults.append(f"persons: found {persons}; allowed: at least 1")
    if persons > MOST_PERSONS:
        faults.append(f"persons: found {persons}; allowed: at most {MOST_PERSONS}")
    if seed < 0:
        faults.append(f"seed: found {seed}; allowed: at least 0")
    if window[0] > window[1]:
        faults.append(f"window: found {window[0]} to {window[1]}; allowed: first not after last")
    first, last = month_index(world.time.first), month_index(world.time.last)
    if any(not first <= month_index(end) <= last for end in window):
        faults.append(
            f'window: found {window[0]} to {window[1]}; world "{world.name}" offers months '
            f"{ym_of(first)} to {ym_of(last)}"
        )
    faults += _ages(world, ages)
    if policy not in POLICIES:
        faults.append(
            f'policy: found "{policy}"; allowed: {", ".join(POLICIES)}{nearest(policy, POLICIES)}'
        )
    if faults:
        raise SpecError(*faults)
    unknown = [
        f'column "{name}": not in the synthetic panel; allowed: {", ".join(COLUMNS)}'
        f"{nearest(name, COLUMNS)}"
        for name in columns
        if name not in COLUMNS
    ]
    if unknown:
        raise DataError(*unknown)


def _ages(world: World, ages: tuple[int, int] | None) -> list[str]:
    if ages is None:
        return []
    if ages[0] > ages[1]:
        return [f"ages: found {ages[0]} to {ages[1]}; allowed: first not after last"]
    youngest, oldest = world.ages.youngest, world.ages.oldest
    if ages[0] < youngest or ages[1] > oldest:
        return [
            f'ages: found {ages[0]} to {ages[1]}; world "{world.name}" offers ages '
            f"{youngest} to {oldest}"
        ]
    return []
