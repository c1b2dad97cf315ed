"""Whether a lead makes a second kink where its outcome is measured at the cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._at_cutoff import (
    Change,
    changes_of,
    cutoff_of,
    points_from,
    request_of,
    require_cutoff,
)
from evaluation.checks._power import LEVEL, detectable
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.fit import fit_points
from evaluation.spec.dates import AGE
from evaluation.spec.horizons import parted
from evaluation.spec.options import OptionsModel

TITLE = "Second kink"
ASSUMPTION = "within the bandwidth the outcome bends at the cutoff alone"
SOURCE = (
    "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), with derivative 1 at the cutoff "
    "less the lead"
)
FOUND, NOT_FOUND, REFUSED = "second kink found", "not detected", "refused"
NO_LEAD = (
    "the outcome is measured in the month of its row, and only a lead makes a second kink: ask the "
    "check of outcomes with lead_months or horizons"
)


class Options(OptionsModel):
    """Order and bandwidth of the test.

    Attributes
    ----------
    order
        Order of the local polynomials.
    bandwidth
        Bandwidth in months of age, at most the lead; the lead, which reaches to the cutoff, if not
        given.
    """

    order: int = Field(default=2, ge=1, le=3)
    bandwidth: int | float | None = Field(default=None, gt=0)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where the running variable is no age."""
        del owner
        lines = require_cutoff(spec, where)
        yield from lines
        if not lines and spec.design.running_variable.column != AGE:
            yield (
                f"{where}: speaks of ages a lead below the cutoff, and the running variable is "
                f"{spec.design.running_variable.column!r}; remove it"
            )


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Test for a change of slope at the cutoff less the lead, outcome by outcome.

    Rows L months younger than the cutoff have their outcome measured in the month of release, so
    that a stock L months ahead bends there as well. The window ends where it would reach the
    cutoff. ``second kink found`` where the slope changes at five per cent: bandwidths that reach it
    take two kinks for one, and such are refused at load. Else ``not detected``, with the power.
    """
    return tuple(_judged(case, options, name) for name in case.result.fits)


def _judged(case: Case, options: Any, name: str) -> Verdict:
    outcome = case.spec.outcomes[name if name in case.spec.outcomes else parted(name)[0]]
    lead = outcome.lead or parted(name)[1] or 0
    if not lead:
        return Verdict(name, None, None, REFUSED, NO_LEAD)
    design = cutoff_of(case.spec)
    inference, setting = case.result.setting.inference, case.result.setting
    width = float(min(options.bandwidth or lead, lead))
    request = request_of(
        setting.options,
        inference,
        derivative=1,
        order=options.order,
        h=(width, width),
        b=None,
        cutoff=-float(lead),
        donut=float(design.donut or 1),
    )
    try:
        with one_blas_thread():
            points = points_from(case.data(name), setting.controls, inference)
            found = changes_of(case, (fit_points(points, request),), inference)[0]
    except (DataError, EstimationError) as error:
        return Verdict(name, None, None, REFUSED, "; ".join(error.faults))
    return _verdict(name, found, lead, design.cutoff - lead)


def _verdict(name: str, found: Change, lead: int, at: float) -> Verdict:
    details = (("lead_months", lead), ("cutoff", at), *found.details)
    if found.p_value is None:
        reason = "the change of slope has no positive standard error: widen the sample"
        return Verdict(name, None, None, REFUSED, reason, details=details)
    fired = found.p_value < LEVEL
    reading = (
        f"bandwidths of more than {lead} would take two kinks for one"
        if fired
        else detectable(found.robust_error)
    )
    return Verdict(
        name,
        found.centre / found.robust_error,
        found.p_value,
        FOUND if fired else NOT_FOUND,
        f"change of slope at {at:g}, {lead} below the cutoff: {found.centre:.4g} (standard error "
        f"{found.robust_error:.4g}); {reading}",
        details=details,
    )
