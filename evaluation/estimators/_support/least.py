"""What stands behind a number that is made of several others: the least that any of them has."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.results import Counts, Statistic

# Unknown for one of several numbers is unknown for all of them together.
ALWAYS: tuple[Statistic, ...] = (
    "rows", "units", "clusters", "support_rows", "support_units", "support_clusters",
)  # fmt: skip
SHARES: tuple[Statistic, ...] = ("largest_share", "two_largest_share")
SURELY: dict[Statistic, Statistic] = {
    "units": "units_at_least",
    "support_units": "support_units_at_least",
    "smallest_cluster": "smallest_cluster_at_least",
    "difference_units": "difference_units_at_least",
}

SURE: dict[Statistic, Statistic] = {
    "period_rows": "units_at_least", "support_period_rows": "support_units_at_least",
}  # fmt: skip


def sure_units(counts: Counts, unit: str | None) -> Counts:
    """Return counts with the units that are sure where a spec made on the way names none.

    Parameters
    ----------
    counts
        What stands behind a number of such a spec.
    unit
        The unit of the panel, which has one row a period; ``None`` where it has none.
    """
    if unit is None:
        return counts
    return {SURE.get(name, name): value for name, value in counts.items()}


def least(counts: Iterable[Counts]) -> dict[Statistic, float | int]:
    """Return the smallest of every count, and the largest of every share.

    A count that some lack is left out where every number has one; where some are known to be so
    many at least, so is the result.

    Parameters
    ----------
    counts
        What stands behind each number.
    """
    several = tuple(counts)
    names = dict.fromkeys(name for one in several for name in one)
    found: dict[Statistic, float | int] = {}
    for name in names:
        if name in SURELY.values():
            continue
        values = [one[name] for one in several if name in one]
        surely = SURELY.get(name)
        bounds = [] if surely is None else [one[surely] for one in several if surely in one]
        if name in ALWAYS and len(values) + len(bounds) < len(several):
            continue
        if name in SHARES:
            found[name] = max(values)
        elif surely is not None and bounds and min(bounds) <= min(values):
            found[surely] = min(bounds)
        else:
            found[name] = min(values)
    for name, surely in SURELY.items():
        bounds = [one[surely] for one in several if surely in one]
        if name in names or not bounds:
            continue
        if name not in ALWAYS or len(bounds) == len(several):
            found[surely] = min(bounds)
    return found
