"""Number by number: what is printed, what the bundle gives, and what explains a gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluation.cells.plan import Plan
from evaluation.release.bundle.bounds import Bound, within
from evaluation.release.bundle.contents import Gap, Loss
from evaluation.release.bundle.losses import HISTORIES
from evaluation.release.bundle.numbers import (
    LAYOUTS,
    Key,
    Number,
    numbers_of,
    reasons_of,
    same,
)
from evaluation.release.bundle.recompute import Rows
from evaluation.release.protection import Protection

RECOMPUTED, EXPLAINED = "recomputed", "explained"
NOT_RECOMPUTED, UNEXPLAINED = "not recomputed", "unexplained"
ROUNDED = "printed rounded, as the policy asks"
TRUTH = "the truth comes from coupled runs of the synthetic world, not from cells"
BEYOND = "the cells of the bundle do not carry it"
BEHIND = "stands behind a number that the cells of the bundle do not carry"


Three = tuple[Number | None, Number | None, Number | None]


@dataclass(frozen=True)
class Known:
    """Numbers as the run found them, from the cells inside, and from those released."""

    held: Mapping[Key, Number]
    inside: Mapping[Key, Number]
    outside: Mapping[Key, Number]

    def at(self, key: Key) -> Three:
        """Return the three numbers of one place."""
        return self.held.get(key), self.inside.get(key), self.outside.get(key)


def gaps_of(
    printed: Rows,
    held: Rows,
    exact: Rows,
    released: Rows,
    losses: Mapping[str, tuple[Loss, ...]],
    protection: Protection,
    beyond: Mapping[str, str],
    bounds: Mapping[Key, Bound] | None = None,
) -> tuple[Gap, ...]:
    """Return every printed number with the one recomputed from released cells.

    A gap is explained by what cells have lost, or by rounding, only where the cells as they were
    built give the number that the run found: then nothing else can be its cause.

    Parameters
    ----------
    printed
        Released rows by file.
    held
        The same rows as the run found them, before they were protected.
    exact, released
        Rows recomputed from the cells as they were built, and from those released.
    losses
        What the cells that a model uses have lost, by its id; by ``""`` what any have.
    protection
        Whether the policy rounds printed numbers.
    beyond
        Why a model does not run from cells, by its id.
    bounds
        Between which values numbers of the data must lie, given the released cells.
    """
    known = Known(_all_numbers(held), _all_numbers(exact), _all_numbers(released))
    reasons: dict[Key, str] = {}
    for file, rows in released.items():
        reasons |= reasons_of(file, rows)
    words = {model: f"needs the rows of the panel: {why}" for model, why in beyond.items()}
    found = []
    for file, rows in printed.items():
        for key, one in numbers_of(file, rows).items():
            lost = _lost(losses.get(one.model_id, losses[""]), one.column)
            own = words.get(one.model_id, "") or _reason(key, reasons)
            gap = _gap(one, known.at(key), lost, own, protection)
            found.append(bounded(gap, one, (bounds or {}).get(key), protection, UNEXPLAINED))
    return tuple(found)


def bounded(
    gap: Gap, printed: Number, bound: Bound | None, protection: Protection, otherwise: str
) -> Gap:
    """Return an explained gap with its bound; a number beyond it is not explained.

    Parameters
    ----------
    gap, printed
        The gap, and the number as printed.
    bound
        Of the data's number; ``None`` where there is none.
    protection
        How many digits are printed.
    otherwise
        The verdict on a number beyond its bound.
    """
    if bound is None or gap.verdict != EXPLAINED:
        return gap
    found = replace(gap, low=bound.low, high=bound.high, bound=bound.words)
    if within(bound, printed, protection):
        return found
    return replace(found, verdict=otherwise, explanation="beyond what the cells bound it by")


def losses_by_model(plan: Plan | None, losses: tuple[Loss, ...]) -> dict[str, tuple[Loss, ...]]:
    """Return what the files of cells that a model uses have lost, by its id; ``""`` for all.

    Parameters
    ----------
    plan
        Which model runs from which cells.
    losses
        By file of cells.
    """
    felt = {one.cells: one for one in losses if one.any}
    found = {"": tuple(felt.values())}
    for route in () if plan is None else plan.routes:
        files = dict.fromkeys((route.cells, *route.pairs.values(), HISTORIES))
        found[route.model_id] = tuple(felt[name] for name in files if name in felt)
    return found


def beyond_cells(plan: Plan) -> dict[str, str]:
    """Return why models do not run from cells, by id, those that do left out."""
    return {one.model_id: one.reason for one in plan.routes if one.engine != "cells"}


def _all_numbers(rows: Rows) -> dict[Key, Number]:
    return {
        key: one
        for file, own in rows.items()
        if file in LAYOUTS
        for key, one in numbers_of(file, own).items()
    }


def _gap(printed: Number, known: Three, lost: str, missing: str, protection: Protection) -> Gap:
    held, inside, outside = known
    if outside is None:
        why = lost if inside is not None and lost else missing
        return _row(printed, None, NOT_RECOMPUTED, why)
    if same(printed, outside.value):
        return _row(printed, outside.value, RECOMPUTED, "")
    if held is None or inside is None or not same(held, inside.value):
        return _row(printed, outside.value, UNEXPLAINED, "")
    rounded = not same(printed, held.value)
    moved = not same(inside, outside.value)
    causes = [*([ROUNDED] if rounded else []), *([lost] if moved else [])]
    if (rounded and not protection.rounds) or not all(causes):
        return _row(printed, outside.value, UNEXPLAINED, "")
    return _row(printed, outside.value, EXPLAINED, "; ".join(causes))


def _lost(losses: tuple[Loss, ...], column: str) -> str:
    """Return the losses that a number feels: histories give counts of units, cells the rest."""
    histories = tuple(one for one in losses if one.cells == HISTORIES)
    others = tuple(one for one in losses if one.cells != HISTORIES)
    felt = histories if column == "n_units" else others
    return "; ".join(map(str, felt or losses))


def _reason(key: Key, reasons: Mapping[Key, str]) -> str:
    """Return why a number is not recomputed."""
    if key[0] == "details.csv":
        return TRUTH if key[3] == "truth" else BEHIND
    return reasons.get(key[:-1], "") or BEYOND


def _row(printed: Number, value: float | None, verdict: str, why: str) -> Gap:
    gap = None if value is None else abs(printed.value - value)
    return Gap(
        printed.file, printed.row, printed.column, printed.model_id, printed.place, printed.value,
        value, gap, verdict, why,
    )  # fmt: skip
