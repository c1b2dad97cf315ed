"""One specification of a universe with what it gave for one outcome."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from evaluation.cells.assignment import Assignment, NotAssigned
from evaluation.data.model_data import FloatArray
from evaluation.results import Counts, Specification


@dataclass(frozen=True)
class Specified:
    """A specification as its row, with what a joint test needs of it.

    Attributes
    ----------
    row
        The row of ``specifications.csv``.
    assignment
        Who is treated when by cluster, or why there is none; ``None`` where no check asks.
    counts
        What stands behind its number.
    """

    row: Specification
    assignment: Assignment | NotAssigned | None = field(default=None, repr=False)
    counts: Counts = field(default_factory=dict, repr=False)


class Pool:
    """Arrays that several assignments share, each held once: most differ in a part alone."""

    def __init__(self) -> None:
        self._held: dict[tuple[tuple[int, ...], bytes], FloatArray] = {}

    def sharing(
        self, assignment: Assignment | NotAssigned | None
    ) -> Assignment | NotAssigned | None:
        """Return the same assignment, its arrays those of an earlier one where they are equal."""
        if not isinstance(assignment, Assignment):
            return assignment
        return replace(
            assignment,
            weight=self._once(assignment.weight),
            y=self._once(assignment.y),
            controls=self._once(assignment.controls),
            scatter=self._once(assignment.scatter),
        )

    def _once(self, array: FloatArray) -> FloatArray:
        digest = hashlib.sha256(array.tobytes()).digest()
        return self._held.setdefault((array.shape, digest), array)
