"""Whether another spec says the same: compared in the report, from estimates alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluation.checks.contract import Case, Verdict
from evaluation.spec.names import Id
from evaluation.spec.options import OptionsModel, Table

TITLE = "Concordance with another spec"
ASSUMPTION = "two designs for one question give one answer"
SOURCE = "Hausman (1978), Econometrica 46(6), with the two estimates taken for independent"
LATER = "in the report"


class Against(Table):
    """The other spec and its model.

    Attributes
    ----------
    spec
        Id of the other spec.
    model
        Id of its model.
    """

    spec: Id
    model: Id


class Options(OptionsModel):
    """What to compare with.

    Attributes
    ----------
    against
        The other spec's model; its estimates are found by ``activity-duty report``.
    """

    against: Against

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where a spec is to be compared with itself."""
        del owner
        if self.against.spec == spec.id:
            yield (
                f"{where}.against.spec: {spec.id!r} is this spec; name another, or ask check "
                "'agreement' for models of one spec"
            )


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Say where the comparison is made: a run sees one spec, and a report those of a folder.

    Numbers of one outcome and unit share an axis and are tested, all others, and those of two
    synthetic worlds, stand side by side with the reason; see ``report/concordance.py``. The verdict
    here is ``in the report``.
    """
    other = f"{options.against.spec}, model {options.against.model}"
    message = (
        f"compared with {other} by 'activity-duty report', from the estimates of both specs; a run "
        "sees one spec"
    )
    details = (("against_spec", options.against.spec), ("against_model", options.against.model))
    return tuple(
        Verdict(name, None, None, LATER, message, details=details) for name in case.result.fits
    )
