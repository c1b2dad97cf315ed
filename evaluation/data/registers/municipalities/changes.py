"""Lists of changes, as Statistics Norway publishes them, made into classifications."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.data.registers.municipalities.correspondence import (
    Correspondence,
    Row,
    Shares,
    Vintage,
)
from evaluation.errors import DataError

_Step = dict[str, dict[str, float | None]]


def of_changes(rows: Sequence[Row]) -> Correspondence:
    """Return the correspondence of dated changes: each old code becomes its new ones that month.

    A code that changes no more stays what it is. A code that others join goes on beside them,
    unless it became others in that same month: so two codes may be swapped, and a code that was
    given up may come back later as another municipality.
    """
    months = sorted({row.month for row in rows if row.month is not None})
    changed = [_outcomes([row for row in rows if row.month == month]) for month in months]
    alive = _first_codes(changed)
    codes, steps = [alive], []
    for change in changed:
        step: _Step = {code: change.get(code, {code: 1.0}) for code in codes[-1]}
        steps.append(step)
        codes.append({new for news in (*step.values(), *change.values()) for new in news})
    into: Shares = {code: {code: 1.0} for code in codes[-1]}
    vintages = [Vintage(months[-1], into)]
    starts = [0, *months[:-1]]
    for start, step in zip(reversed(starts), reversed(steps), strict=True):
        into = {code: follow(news, into) for code, news in step.items()}
        vintages.append(Vintage(start, into))
    return Correspondence(tuple(reversed(vintages)), complete=False, steps=tuple(steps))


def of_undated(rows: Sequence[Row]) -> Correspondence:
    """Return the correspondence of rows without dates: old codes and new ones, in any month.

    Raises
    ------
    DataError
        If a code stands for two places: then dates are needed.
    """
    outcomes = _outcomes(rows)
    into: _Step = {new: {new: 1.0} for news in outcomes.values() for new in news}
    twice = sum(code in into and set(news) != {code} for code, news in outcomes.items())
    if twice:
        raise DataError(
            f"correspondence: {twice} codes are both old and new, so it takes dates to tell which "
            "is meant; add a column changeOccurred or validFrom (YYYY-MM-DD)"
        )
    return Correspondence((Vintage(0, {**into, **outcomes}),), complete=False, dated=False)


def follow(news: dict[str, float | None], further: Shares) -> dict[str, float | None]:
    """Return what codes with these shares are after a further step."""
    found: dict[str, float | None] = {}
    for code, share in news.items():
        for last, part in further[code].items():
            before = found.get(last, 0.0)
            unknown = share is None or part is None or before is None
            found[last] = None if unknown else (before or 0.0) + (share or 0.0) * (part or 0.0)
    if len(found) == 1:  # all of it, whatever the shares on the way
        return dict.fromkeys(found, 1.0)
    return found


def _outcomes(rows: Sequence[Row]) -> _Step:
    found: _Step = {}
    for row in rows:
        found.setdefault(row.old, {})[row.new] = row.share
    return {
        code: news if len(news) > 1 else dict.fromkeys(news, 1.0) for code, news in found.items()
    }


def _first_codes(changed: Sequence[_Step]) -> set[str]:
    """Return the codes in force before the first change, as far as changes tell.

    Where the list names codes that go on when others join them, a new code that it does not name
    so began that day. Where it names none, a new code may have existed before, and is taken for one
    that others joined.
    """
    named = any(set(news) == {code} for change in changed for code, news in change.items())
    first: set[str] = set()
    gone: set[str] = set()
    for change in changed:
        news = {new for outcomes in change.values() for new in outcomes}
        known = set(change) if named else set(change) | news
        began = {new for new in news if new not in change} if named else set()
        first |= known - gone
        gone |= (set(change) - news) | began  # what began later is not among the first
    return first
