"""Bands of ages that the duty did not touch, as placebo groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import model_validator

from evaluation.errors import DataError
from evaluation.spec.design import DidDesign
from evaluation.spec.filters import Predicate
from evaluation.spec.options import Table
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

AGE = "age_months"
MONTHS = 12
# Other rules change at these ages: the qualification stipend at 25, the duty itself at 30.
OTHER_RULES = (25, 30)
# The first age that was not under the duty for a part of the year before.
UNTOUCHED = 31
# Ages looked at where the panel does not say which it holds.
YOUNGEST, OLDEST = 18, 45
WIDTH, GAP, STEP = 3, 1, 2


class AgePair(Table):
    """Two bands of completed years, ends included: the younger stands for the treated.

    Attributes
    ----------
    treated, control
        First and last completed year of the younger band (``treated``) and of the older one
        (``control``).
    """

    treated: tuple[int, int]
    control: tuple[int, int]

    @model_validator(mode="after")
    def _in_order(self) -> AgePair:
        (low, high), (first, last) = self.treated, self.control
        if not 0 <= low <= high < first <= last:
            raise ValueError("first and last year of each band, the treated one younger")
        return self

    @property
    def label(self) -> str:
        """The bands in words."""
        return f"ages {self.treated[0]}-{self.treated[1]} v {self.control[0]}-{self.control[1]}"

    def crosses(self) -> int | None:
        """Return an age inside the bands at which another rule changes, ``None`` without one."""
        low, high = self.treated[0], self.control[1]
        return next((age for age in OTHER_RULES if low < age <= high), None)


@dataclass(frozen=True)
class Groups:
    """Two groups with their name."""

    label: str
    treated: Predicate
    control: Predicate


def groups_of(design: DidDesign, pair: AgePair) -> Groups:
    """Return the groups of two bands of ages, judged at the moment that the design judges ages."""
    moment = design.treated.assigned_at if design.treated is not None else "period_end"

    def band(ends: tuple[int, int]) -> Predicate:
        return Predicate(
            column=AGE,
            at_least=ends[0] * MONTHS,
            below=(ends[1] + 1) * MONTHS,
            assigned_at=moment,
        )

    return Groups(pair.label, band(pair.treated), band(pair.control))


def on_age(spec: Spec) -> DidDesign:
    """Return the design of a spec whose groups are ages.

    Raises
    ------
    DataError
        Where they are not.
    """
    design = spec.design
    if not isinstance(design, DidDesign) or design.treated is None:
        raise DataError(f"design.kind {design.kind!r}: the check needs groups that are ages")
    if design.treated.column != AGE:
        raise DataError(
            f"design.treated: is a condition on {design.treated.column!r}, so bands of ages are no "
            "placebo of it: give groups"
        )
    return design


def bands(spec: Spec, youngest: int) -> Iterator[AgePair]:
    """Yield pairs of three-year bands, a year apart, in which no rule on age changes.

    Parameters
    ----------
    spec
        Says which ages the panel holds, where it is synthetic.
    youngest
        First age of the treated band.
    """
    held = spec.panel.age_range if isinstance(spec.panel, SyntheticPanel) else None
    first, last = held or (YOUNGEST, OLDEST)
    for low in range(max(first, youngest), last + 1, STEP):
        other = low + WIDTH + GAP
        if other + WIDTH - 1 <= last:
            pair = AgePair(treated=(low, low + WIDTH - 1), control=(other, other + WIDTH - 1))
            if pair.crosses() is None:
                yield pair
