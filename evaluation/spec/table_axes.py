"""What the columns, rows and panels of a table name: models, outcomes, statistics or places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec
from evaluation.spec.table_layout import PLACES, STATISTICS, ColumnLayout

Axis = Literal["model", "outcome", "statistic", "place"]


@dataclass(frozen=True, slots=True)
class Key:
    """One thing named by a column, a row or a panel."""

    axis: Axis
    name: str
    label: str | None = None
    group: str = ""


def names_of(spec: Spec) -> Mapping[Axis, tuple[str, ...]]:
    """Return what may be named; where a name is of two axes the first is meant."""
    return {
        "model": tuple(model.id for model in spec.models),
        "outcome": tuple(dict.fromkeys(parted(name)[0] for name in spec.outcomes)),
        "statistic": STATISTICS,
        "place": PLACES,
    }


def key_of(spec: Spec, entry: str | ColumnLayout, axes: Iterable[Axis]) -> Key | None:
    """Return what an entry names among some axes, ``None`` where it names none of them."""
    if isinstance(entry, ColumnLayout):
        named: dict[Axis, str | None] = {
            "model": entry.model,
            "outcome": entry.outcome,
            "statistic": entry.statistic,
        }
        chosen = [(axis, name) for axis, name in named.items() if name is not None]
        if len(chosen) != 1:
            return None
        axis, name = chosen[0]
        known = axis in axes and name in names_of(spec)[axis]
        return Key(axis, name, entry.label, entry.group or "") if known else None
    known_names = names_of(spec)
    return next((Key(axis, entry) for axis in axes if entry in known_names[axis]), None)
