"""What the codes of one date are in the codes of another, with their shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isclose

from evaluation.data.registers.municipalities.changes import follow
from evaluation.data.registers.municipalities.correspondence import Correspondence, Shares
from evaluation.errors import DataError

_NEAR = 1e-9


def shares_between(
    correspondence: Correspondence,
    start: int,
    stop: int,
    sizes: Mapping[str, float] | None = None,
) -> Shares:
    """Return what the codes in force in a month are in the codes of another month.

    Forward to the last classification, and along changes known one by one, the shares are those of
    the correspondence. Elsewhere a code goes whole to the only one that can hold it; where several
    can, in proportion to ``sizes``.

    Parameters
    ----------
    correspondence
        Every classification.
    start, stop
        Months, 12 × year + month - 1; ``stop`` may be the earlier one.
    sizes
        Persons by code of ``stop``; nobody lives under codes that are not among them.

    Returns
    -------
    Mapping
        Shares of a code sum to 1; ``None`` where neither the correspondence nor sizes tell.

    Raises
    ------
    DataError
        If the correspondence has no dates.
    """
    if not correspondence.dated:
        raise DataError(
            "municipalities: the correspondence does not say when codes changed; add a column "
            'changeOccurred (YYYY-MM-DD), or use to = "coarsest"'
        )
    old, new = correspondence.at(start), correspondence.at(stop)
    vintages = correspondence.vintages
    if old == new:
        return {code: {code: 1.0} for code in vintages[old].into}
    if new == len(vintages) - 1:
        return vintages[old].into
    if correspondence.steps is not None and old < new:
        return _along(correspondence.steps[old:new])
    if correspondence.steps is not None:
        return _back(_along(correspondence.steps[new:old]), sizes)
    return _over_last(correspondence, old, new, sizes)


def _along(steps: Iterable[Shares]) -> Shares:
    first, *further = steps
    found: Shares = first
    for step in further:
        found = {code: follow(dict(news), step) for code, news in found.items()}
    return found


def _back(forward: Shares, sizes: Mapping[str, float] | None) -> Shares:
    """Return, of what codes became, which of them each later code came from."""
    parts: dict[str, dict[str, float | None]] = {}
    for code, news in forward.items():
        for new, share in news.items():
            parts.setdefault(new, {})[code] = _size(sizes, code, share)
    return {new: _in_proportion({}, _peopled(parts[new]), 1.0) for new in parts}


def _peopled(parts: Mapping[str, float | None]) -> Mapping[str, float | None]:
    """Return the parts that somebody may live in; all where nobody is known to."""
    return {code: part for code, part in parts.items() if part != 0} or parts


def _over_last(
    correspondence: Correspondence, old: int, new: int, sizes: Mapping[str, float] | None
) -> Shares:
    """Return shares that only the last classification links: by the parts of its codes."""
    low, high = sorted((old, new))
    kept = _kept(correspondence, low, high)
    into = correspondence.vintages[new].into
    holders: dict[str, list[str]] = {}
    for code, news in into.items():
        for last in news:
            holders.setdefault(last, []).append(code)
    found: dict[str, dict[str, float | None]] = {}
    for code, lasts in correspondence.vintages[old].into.items():
        if old < new and code in kept:
            found[code] = {kept[code]: 1.0}
            continue
        shares: dict[str, float | None] = {}
        for last, share in lasts.items():
            able = holders.get(last, [])
            if new < old:  # what is known to lie in another code lies in no second one
                able = [one for one in able if kept.get(one, code) == code] or able
            parts = {one: _size(sizes, one, into[one][last]) for one in able}
            _in_proportion(shares, parts, share)
        found[code] = shares if len(shares) > 1 else dict.fromkeys(shares, 1.0)
    return found


def _in_proportion(
    found: dict[str, float | None], parts: Mapping[str, float | None], share: float | None
) -> dict[str, float | None]:
    """Add a share to ``found``, divided in proportion to ``parts``; ``None`` where unknown."""
    total = sum(part or 0.0 for part in parts.values())
    told = share is not None and (
        len(parts) == 1 or (total > 0 and all(part is not None for part in parts.values()))
    )
    for code, part in parts.items():
        before = found.get(code, 0.0)
        within = 1.0 if len(parts) == 1 else (part or 0.0) / total if total else 0.0
        added = (share or 0.0) * within
        found[code] = before + added if told and before is not None else None
    return found


def _kept(correspondence: Correspondence, old: int, new: int) -> dict[str, str]:
    """Return codes of an earlier vintage that lie whole in one code of a later one.

    They keep their code with the same fate in every vintage between, or alone share the same fate
    in several parts.
    """
    between = [vintage.into for vintage in correspondence.vintages[old : new + 1]]
    before, after = between[0], between[-1]
    kept = {
        code: code
        for code, fate in before.items()
        if all(code in into and _same(fate, into[code]) for into in between)
    }
    taken = set(kept.values())
    for code, fate in before.items():
        if code in kept or len(fate) == 1:
            continue
        twins = [other for other, its in after.items() if _same(fate, its)]
        alike = [other for other, its in before.items() if _same(fate, its)]
        if len(twins) == 1 and len(alike) == 1 and twins[0] not in taken:
            kept[code] = twins[0]
    return kept


def _same(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    if one.keys() != other.keys():
        return False
    pairs = ((share, other[code]) for code, share in one.items())
    return all(
        a is b or (a is not None and b is not None and isclose(a, b, abs_tol=_NEAR))
        for a, b in pairs
    )


def _size(sizes: Mapping[str, float] | None, code: str, share: float | None) -> float | None:
    return None if sizes is None or share is None else sizes.get(code, 0.0) * share
