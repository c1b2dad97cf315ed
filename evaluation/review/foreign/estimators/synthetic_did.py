"""Synthetic difference-in-differences: sdid, and the R package synthdid."""

from __future__ import annotations

from evaluation.review.foreign.contract import DOSE, PERIOD, Case, Lines

WEIGHTS = "weights are uniform here; sdid and synthdid fit them"


def stata(case: Case) -> Lines:
    """Return sdid with placebo errors."""
    unit = case.say.name(str(case.unit))
    line = f"sdid {case.y} {unit} {PERIOD} {DOSE}, vce(placebo) reps(200) seed(1)"
    return Lines((line,), (*_differs(case), "errors of placebos are drawn there, exact here"))


def r(case: Case) -> Lines:
    """Return synthdid_estimate."""
    say, unit = case.say, str(case.unit)
    code = (
        f's <- synthdid::panel.matrices(d[, c({say.text(unit)}, "{PERIOD}", '
        f'{say.text(case.outcome.measured)}, "{DOSE}")])',
        "synthdid::synthdid_estimate(s$Y, s$N0, s$T0)",
    )
    return Lines(code, tuple(_differs(case)))


def _differs(case: Case) -> tuple[str, ...]:
    options = case.options
    exact = ("solver = 'exact' goes on to the optimum, where they stop a little above",)
    found = exact if options.solver == "exact" else ()
    uniform = "uniform" in (options.unit_weights, options.time_weights)
    return (*found, *((WEIGHTS,) if uniform else ()))
