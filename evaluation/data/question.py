"""What is asked of two coupled runs: which cells of which outcome on which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from evaluation.spec.dates import Dated
from evaluation.spec.filters import Filter

Weights = Literal["person", "municipality"]
Kind = Literal["sums", "values"]


@dataclass(frozen=True, slots=True)
class Question:
    """Which cells are wanted.

    Attributes
    ----------
    column
        The outcome's column, under the name that it has at its date.
    transform
        The outcome's own.
    dated
        When the outcome is measured; ``None`` for its row's own month.
    keep, periods
        How the model narrows the rows.
    by
        Column whose values are kept apart; ``None`` for none.
    paired
        Column summed over the same rows beside the outcome: a first stage, or an instrument.
    times
        Column that ``paired`` is multiplied by; ``None`` for none.
    weights
        ``person``: the panel's own, which count persons where rows are groups.
        ``municipality``: every row counts once.
    kind
        ``sums`` of the outcome, or how often each of its ``values`` is taken by treated rows
        after the reform.
    """

    column: str
    transform: Literal["log"] | None = None
    dated: Dated | None = None
    keep: tuple[Filter, ...] = ()
    periods: str = "all"
    by: str | None = None
    paired: str | None = None
    times: str | None = None
    weights: Weights = "person"
    kind: Kind = "sums"

    def as_tables(self) -> Mapping[str, Any]:
        """Return the question as plain tables, from which its digest is taken."""
        return {**asdict(self), "keep": [one.model_dump() for one in self.keep]}
