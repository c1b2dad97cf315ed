"""What stands behind a verdict: the fits of its model, and those that a check makes on the way."""

from __future__ import annotations

from collections.abc import Callable

from evaluation.checks.contract import ModelResult, Verdict
from evaluation.estimators._support.least import least, sure_units
from evaluation.results import Counts
from evaluation.spec.spec import Spec

# A detail of this name says that a verdict rests on estimates without one cluster.
LEFT_OUT = "leave_one_out_low"


class Watched:
    """Refits as it is told, and keeps what stands behind every number that came of it.

    Parameters
    ----------
    refit
        Estimates the models of another spec on the same input.
    unit
        The panel's unit; specs made on the way need not name it.
    """

    def __init__(self, refit: Callable[[Spec], tuple[ModelResult, ...]], unit: str | None) -> None:
        self._unit = unit
        self._refit = refit
        self._seen: list[tuple[str, Counts]] = []

    def __call__(self, variant: Spec) -> tuple[ModelResult, ...]:
        """Return what every model of a spec gives."""
        results = self._refit(variant)
        for result in results:
            for name, fit in result.fits.items():
                self._seen.append((name, least(sure_units(one, self._unit) for one in fit.support)))
        return results

    def behind(self, result: ModelResult, verdict: Verdict) -> Counts:
        """Return the least that stands behind one verdict of a check.

        Parameters
        ----------
        result
            The model that was judged.
        verdict
            On which outcome; without one, on all of them.
        """
        own = [fit for name, fit in result.fits.items() if verdict.outcome in ("", name)]
        same = [counts for name, counts in self._seen if name == verdict.outcome]
        # A check of other columns, such as covariates, never asks for the outcome itself.
        refitted = same or [counts for _, counts in self._seen]
        found = dict(least([*(least(fit.support) for fit in own), *refitted]))
        if any(name == LEFT_OUT for name, _ in verdict.details):
            found |= least([fit.left_out for fit in own])
        return found
