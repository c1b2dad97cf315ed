"""Where units have a row in each group that a design compares: treated, after the reform, third."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import Plan
from evaluation.data.model_data import IntArray
from evaluation.data.moments import SeenByRole

SEEN, PATTERNS, UNITS = "ad_seen_", "ad_patterns", "ad_units"


def seen_by_role(
    plan: Plan,
    facts: UnitFacts,
    kinds: IntArray,
    flags: Mapping[str, pd.Series],
    shift: float,
) -> SeenByRole | None:
    """Return where units have a row in each group, ``None`` where histories do not tell.

    Parameters
    ----------
    plan, facts
        How time is counted, and the histories.
    kinds
        Positions in ``facts.patterns`` of the rows that a model uses.
    flags
        Value of every kind of row, by role.
    shift
        What is added to a place to make it one of the model's axis: less the cutoff.
    """
    if facts.histories.empty or not len(kinds):
        return None
    values = np.array([flags[role].to_numpy(np.float64)[kinds] for role in flags])
    values = values.reshape(len(flags), len(kinds)).T
    if np.isnan(values).any():
        return None
    groups, at = np.unique(values, axis=0, return_inverse=True)
    at = at.reshape(-1)
    own = [kinds[at == group] for group in range(len(groups))]
    units = facts.histories[UNITS].to_numpy(np.int64)
    placed = [words_of(facts, one) for one in own]
    if all(words is not None for words in placed):
        months = plan.calendar.months if plan.calendar is not None and facts.axis is None else 1
        return SeenByRole(
            tuple(flags), groups, tuple(words for words in placed if words is not None), units,
            facts.origin + shift, "period" if facts.axis is None else "running", max(months, 1),
        )  # fmt: skip
    if PATTERNS not in facts.histories:
        return None
    bits = facts.histories[PATTERNS].to_numpy(np.int64)
    words = tuple(((bits & _mask(one)) != 0).astype(np.int64)[:, None] for one in own)
    return SeenByRole(tuple(flags), groups, words, units, 0.0, None)


def words_of(facts: UnitFacts, kinds: IntArray) -> IntArray | None:
    """Return when every history has a row of some kinds, ``None`` where words do not part these.

    Parameters
    ----------
    facts
        Histories with ``ad_seen_<kind>_<word>``; or with ``ad_seen_<word>``, which tell if every
        row of the units concerned is of these kinds.
    kinds
        Positions in ``facts.patterns``.
    """
    histories = facts.histories
    columns = len(histories.columns)
    parted = sum(f"{SEEN}{kind}_0" in histories for kind in range(len(facts.patterns)))
    if parted and parted == len(facts.patterns):
        count = sum(f"{SEEN}0_{word}" in histories for word in range(columns))
        words = np.zeros((len(histories), count), dtype=np.int64)
        for kind in kinds:
            names = [f"{SEEN}{kind}_{word}" for word in range(count)]
            words |= histories[names].to_numpy(np.int64)
        return words
    if f"{SEEN}0" not in histories or PATTERNS not in histories:
        return None
    chosen, own = _mask(kinds), histories[PATTERNS].to_numpy(np.int64)
    if (((own & chosen) != 0) & ((own & ~chosen) != 0)).any():
        return None
    count = sum(f"{SEEN}{word}" in histories for word in range(columns))
    words = histories[[f"{SEEN}{word}" for word in range(count)]].to_numpy(np.int64)
    return np.where(((own & chosen) != 0)[:, None], words, 0)


def _mask(kinds: IntArray) -> np.int64:
    return np.int64(sum(1 << int(kind) for kind in kinds))
