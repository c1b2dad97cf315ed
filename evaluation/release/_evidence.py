"""Evidence by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evaluation.results import Evidence

Measured = dict[str, float | int]
# Of several numbers the larger share is the worse one, of everything else the smaller count.
SHARES = frozenset({"largest_share", "two_largest_share"})


@dataclass(frozen=True)
class Known:
    """What is known behind the numbers of a run.

    Attributes
    ----------
    places
        Evidence by artefact, row and column; a value that is missing is left out.
    """

    places: Mapping[str, Mapping[int, Mapping[str, Measured]]] = field(default_factory=dict)

    def behind(self, artefact: str, row: int, column: str = "") -> Measured:
        """Return what is known of one number: of its own, then of its row."""
        columns = self.places.get(artefact, {}).get(row, {})
        return {**columns.get("", {}), **columns.get(column, {})}

    def columns(self, artefact: str, row: int) -> tuple[str, ...]:
        """Return the columns of a row that have evidence of their own."""
        return tuple(name for name in self.places.get(artefact, {}).get(row, {}) if name)

    def rows(self, artefact: str) -> tuple[int, ...]:
        """Return the rows of an artefact that have evidence, sorted."""
        return tuple(sorted(self.places.get(artefact, {})))


def known_of(evidence: Iterable[Evidence]) -> Known:
    """Return evidence by place; of several values of one statistic the worst one counts."""
    places: dict[str, dict[int, dict[str, Measured]]] = {}
    for one in evidence:
        if one.value is None:
            continue
        rows = places.setdefault(one.artefact, {}).setdefault(one.row, {})
        measured = rows.setdefault(one.column, {})
        before = measured.get(one.statistic, one.value)
        measured[one.statistic] = worse(one.statistic, before, one.value)
    return Known(places)


def worst_of(several: Iterable[Measured]) -> Measured:
    """Return what all of several numbers have evidence of, each at its worst."""
    found = list(several)
    shared = set.intersection(*(set(one) for one in found)) if found else set()
    return {name: _worst(name, [one[name] for one in found]) for name in sorted(shared)}


def worse(statistic: str, first: float | int, second: float | int) -> float | int:
    """Return the worse of two values of a statistic."""
    return _worst(statistic, [first, second])


def _worst(statistic: str, values: list[float | int]) -> float | int:
    return max(values) if statistic in SHARES else min(values)
