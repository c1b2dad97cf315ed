"""What ``cells.json`` may say beside the cells when they leave."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.cells.gather import facts_of
from evaluation.cells.gathered import Gathered, UnitFacts
from evaluation.cells.origin import reading_digest
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.store.kept import Facts
from evaluation.release.protection import Protection
from evaluation.spec.spec import Spec

UNITS = "ad_units"


def protects(protection: Protection) -> bool:
    """Whether a policy hides or rounds anything."""
    return protection.minimum > 0 or protection.rounds


def without_histories(gathered: Gathered, protection: Protection) -> Gathered:
    """Return cells without histories of units wherever one has too few units.

    Which units are seen when is nearly unique by unit: rows cannot be left out of it one by one,
    as the counts that remain would be those of other samples.

    Parameters
    ----------
    gathered
        Cells that are to leave.
    protection
        How the policy hides counts.
    """
    units = gathered.units
    if units is None or not protects(protection) or not len(units.histories.columns):
        return gathered
    counts = units.histories[UNITS].to_numpy()
    if not protection.rounds and not any(protection.small(int(one)) for one in counts):
        return gathered
    known = replace(units, histories=pd.DataFrame(), patterns=(), flow=())
    return replace(gathered, units=known)


def released_facts(spec: Spec, gathered: Gathered, protection: Protection) -> Facts:
    """Return what is said beside cells that leave.

    Bounds of an amount are single persons' values: they stay for keys, as released cells have
    them, and for columns of 0 and 1. The flow is released in the manifest, under its own rules.

    Parameters
    ----------
    spec
        What was asked.
    gathered
        The cells as they leave.
    protection
        How the policy hides counts.
    """
    facts = replace(facts_of(gathered, reading_digest(spec)), spec=spec.id)
    if not protects(protection):
        return facts
    columns = {name: _column(name, one, gathered) for name, one in facts.columns.items()}
    varying = {name: _count(count, protection) for name, count in facts.varying.items()}
    return replace(facts, columns=columns, varying=varying, flow=())


def _column(name: str, known: ColumnFacts, gathered: Gathered) -> ColumnFacts:
    nulls = 0 if known.nulls == 0 else None
    if known.low is not None and known.high is not None and 0 <= known.low <= known.high <= 1:
        return replace(known, nulls=nulls)
    frames = [one.frame[name] for one in gathered.tables.values() if name in one.made.key]
    if not frames or known.low is None or any(one.empty for one in frames):
        return replace(known, low=None, high=None, nulls=nulls)
    low, high = min(one.min() for one in frames), max(one.max() for one in frames)
    return replace(known, low=int(low), high=int(high), nulls=nulls)


def _count(count: int, protection: Protection) -> int:
    """Return a count as it may be said: none stays none, and some stay some."""
    return max(protection.rounded(count), protection.minimum) if count else 0


def histories_of(units: UnitFacts | None) -> int:
    """Return how many histories of units are at hand."""
    return 0 if units is None else len(units.histories)
