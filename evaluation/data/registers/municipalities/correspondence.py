"""Which municipalities each classification has, and what became of them by the last one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Shares = Mapping[str, Mapping[str, float | None]]
"""By code the codes that it became, each with its share; ``None`` where nobody said the share."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """Codes in force from one month until the next vintage.

    Attributes
    ----------
    first
        Month, 12 × year + month - 1. The first vintage holds for all months before, too.
    into
        Codes of the last classification that each became.
    """

    first: int
    into: Shares


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Every classification in the order of time.

    Attributes
    ----------
    vintages
        At least one; the last one's codes become themselves.
    complete
        Whether every code is listed. A list of changes alone does not know the others, which stay
        what they are.
    steps
        What codes of each vintage became in the next, where changes are known one by one; else
        ``None``.
    dated
        Whether it is known when codes changed; where it is not, one vintage holds old and new.
    """

    vintages: tuple[Vintage, ...]
    complete: bool
    steps: tuple[Shares, ...] | None = None
    dated: bool = True

    def at(self, month: int) -> int:
        """Return the position of the vintage in force in a month."""
        starts = [vintage.first for vintage in self.vintages]
        return max(bisect_right(starts, month) - 1, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a correspondence: a code, what it became, from when, and by which share.

    ``month`` is ``None`` where the file has no dates, ``share`` where it has no weights.
    """

    old: str
    new: str
    month: int | None
    share: float | None


def lists_classifications(rows: Sequence[Row]) -> bool:
    """Return whether rows list classifications, each in the last one, rather than changes.

    Then those of the latest month name every new code as itself; a change alters something.
    """
    latest = max(row.month or 0 for row in rows)
    last = {row.new: row.old for row in rows if (row.month or 0) == latest}
    still = all(row.old == row.new for row in rows if (row.month or 0) == latest)
    return still and {row.new for row in rows} == set(last)


def of_listing(rows: Sequence[Row]) -> Correspondence:
    """Return the correspondence of classifications listed code by code, each in the last one."""
    found: dict[int, dict[str, dict[str, float | None]]] = {}
    for row in rows:
        found.setdefault(row.month or 0, {}).setdefault(row.old, {})[row.new] = row.share
    for vintage in found.values():
        for code, news in vintage.items():
            if len(news) == 1:
                vintage[code] = dict.fromkeys(news, 1.0)
    vintages = tuple(Vintage(month, found[month]) for month in sorted(found))
    return Correspondence(vintages, complete=True)
