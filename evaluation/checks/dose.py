"""The dose table: how much of the duty lies on each side of the cutoff, by limit and slope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from evaluation.checks._at_cutoff import require_cutoff
from evaluation.checks._potential_dose import has_potential_dose
from evaluation.checks._realised_dose import realised_dose
from evaluation.checks._stated_dose import TERM, stated_dose
from evaluation.checks.contract import Case, Verdict
from evaluation.spec.options import Column, Evidence, OptionsModel

TITLE = "Dose at the cutoff"
ASSUMPTION = "what changes at the cutoff is the dose that the estimate is read by"
SOURCE = "definition: exposure by age and calendar month, summed over a person's months"

NOT_POTENTIAL = (
    "the potential dose follows from a cutoff in age_months, a reform date and monthly periods, "
    "which this design does not have"
)


class Options(OptionsModel):
    """Columns that hold the realised dose, where the panel has them.

    Attributes
    ----------
    current
        Column of the duty of the row's month, such as ``condition_imposed``; not told if not given.
    past
        Column of the months of duty so far, such as ``duty_months``; not told if not given.
    by_month
        Whether the realised dose is given by calendar month too.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()

    current: Column | None = None
    past: Column | None = None
    by_month: bool = True

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where there is no cutoff, or one column is to be both doses."""
        del owner
        yield from require_cutoff(spec, where)
        if self.past is not None and self.past == self.current:
            yield f"{where}.past: is the column of current too; name the months of duty so far"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """State the dose that age and calendar month allow, then the dose that was realised.

    The potential dose is averaged over the calendar months of the rows inside the bandwidth. The
    realised one is fitted by lines at the bandwidth of the model's first outcome, each limit and
    slope with its standard error; that of an outcome's window is what ``past`` grows by from the
    row to the outcome's month. Verdicts are ``stated``: a dose is neither right nor wrong.

    Raises
    ------
    DataError
        Where the model gives no bandwidth.
    """
    found = realised_dose(case, options.current, options.past, options.by_month)
    if has_potential_dose(case.spec):
        stated = stated_dose(case.spec, case.result.model, found.rows)
    else:
        stated = Verdict("", None, None, "refused", NOT_POTENTIAL, term=TERM)
    return (stated, *found.verdicts)
