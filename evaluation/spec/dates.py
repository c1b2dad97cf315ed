"""Columns that are read at another month than that of their row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from evaluation.spec.spec import Spec

Start = Literal["entry", "decision"]
AGE = "age_months"
BIRTH_MONTH = "birth_ym"
# Months within which nobody looks further: as far as there are data.
FAR = 600
PREDICATES = ("treated", "control", "third")
# What the beginning of a spell is read from: what marks it, and what marks the months in it.
START_COLUMNS: dict[str, tuple[str, ...]] = {
    "entry": ("sa_entry", "sa_exit"),
    "decision": ("condition_imposed",),
}


@dataclass(frozen=True, slots=True)
class Dated:
    """One column at its date.

    Attributes
    ----------
    column
        Column of the panel.
    lead
        Months from the row to the value.
    change
        Months before the value's date at which the value is that it is compared with; 0 for none.
    at_age
        Age in months of the person at the value's date, in place of a lead.
    start
        The value at the beginning of the row's spell, in place of a lead: ``entry`` to receipt,
        or the ``decision`` on the condition in force.
    """

    column: str
    lead: int = 0
    change: int = 0
    at_age: int | None = None
    start: Start | None = None

    @property
    def name(self) -> str:
        """Name under which the values stand beside the panel's own columns."""
        if self.start is not None:
            return f"{self.column}_at_{self.start}"
        if self.at_age is not None:
            return f"{self.column}_at_age_{self.at_age}"
        lead = f"_lead_{self.lead}" if self.lead else ""
        return f"{self.column}{lead}" + (f"_change_{self.change}" if self.change else "")

    @property
    def moved(self) -> bool:
        """Whether any row holds another value than the column's own."""
        return self.name != self.column

    @property
    def sources(self) -> tuple[str, ...]:
        """Columns that the values are made of, beside unit and time."""
        further = (AGE,) if self.at_age is not None else ()
        return (self.column, *further, *(START_COLUMNS[self.start] if self.start else ()))


def dated_columns(spec: Spec) -> dict[str, Dated]:
    """Return the columns that a spec reads at another month, by the key path that names each."""
    return {where: one for where, one in _named(spec) if one.moved}


def _named(spec: Spec) -> Iterator[tuple[str, Dated]]:
    for name, outcome in spec.outcomes.items():
        yield f"outcomes.{name}.column", outcome.dated
    for key in PREDICATES:
        predicate = getattr(spec.design, key, None)
        moment = getattr(predicate, "assigned_at", None)
        if predicate is not None and moment in START_COLUMNS:
            yield f"design.{key}.column", Dated(predicate.column, start=moment)


def reach(spec: Spec) -> tuple[int, int]:
    """Return how many months before and after its rows a spec reads, both at least zero."""
    back, ahead = 0, 0
    for one in dated_columns(spec).values():
        far = FAR if one.at_age is not None else 0
        back = max(back, one.change - one.lead, far, FAR if one.start is not None else 0)
        ahead = max(ahead, one.lead, far)
    return back, ahead
