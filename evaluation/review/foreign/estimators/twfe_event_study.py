"""An event study by two-way fixed effects, and its sensitivity by HonestDiD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluation.review.foreign.contract import (
    COHORT,
    EVENT,
    PERIOD,
    POST,
    TREATED,
    Case,
    Lines,
)
from evaluation.review.foreign.estimators._regression import in_r, in_stata

LENGTHS = {"month": 1, "quarter": 3, "year": 12}


def stata(case: Case) -> Lines:
    """Return indicators of event times, and reghdfe on them."""
    reference = case.options.reference
    fitted = in_stata(case, ("ad_at_*",), _main(case), _period(case), _inside(case))
    code = (
        *_times(case),
        *case.say.anew("ad_at_*"),
        f"levelsof {EVENT} if {TREATED} == 1{''.join(f' & {one}' for one in _inside(case))}, "
        "local(times)",
        "foreach k of local times {",
        f"    if `k' == {reference} continue",
        '    local at = cond(`k\' < 0, "m" + string(-`k\'), "p" + string(`k\'))',
        f"    generate byte ad_at_`at' = {TREATED} == 1 & {EVENT} == `k'",
        "}",
        *fitted.code,
    )
    return Lines(code, fitted.differs)


def r(case: Case) -> Lines:
    """Return feols on event times, and HonestDiD where the spec asks for sensitivity."""
    times = f"i({EVENT}, {TREATED}, ref = {case.options.reference})"
    fitted = in_r(case, (times,), _main(case), _period(case), _inside(case))
    sensitivity = tuple(_sensitivity(case))
    return Lines((*_times(case), *fitted.code, *sensitivity), fitted.differs)


def _main(case: Case) -> tuple[str, ...]:
    return () if case.unit in case.model.fixed_effects else (TREATED,)


def _period(case: Case) -> tuple[str, ...]:
    return () if case.spec.panel.time in case.model.fixed_effects else (PERIOD,)


def _inside(case: Case) -> tuple[str, ...]:
    """Return the condition on rows where event times beyond the window are dropped."""
    window = case.options.event_window
    if window is None or case.options.event_ends != "drop":
        return ()
    inside = f"{EVENT} >= {window[0]} & {EVENT} <= {window[1]}"
    if case.design.kind == "staggered_did":
        return (f"({TREATED} == 0 | ({inside}))",)
    return (f"({inside})",)


def _times(case: Case) -> Iterator[str]:
    """Yield the lines that make event times, whole bins of them."""
    say, options = case.say, case.options
    period = LENGTHS[case.spec.panel.period or "month"]
    width = 1 if options.event_bin is None else max(LENGTHS[options.event_bin] // period, 1)
    first = COHORT
    if case.design.kind != "staggered_did":
        yield from say.least("ad_reform", PERIOD, f"{POST} == 1")
        first = say.number("ad_reform")
    yield from say.anew(EVENT)
    yield say.make(EVENT, say.floored(f"{PERIOD} - {first}", width))
    if options.event_window is not None and options.event_ends == "bin":
        low, high = options.event_window
        yield say.put(EVENT, str(low), f"{EVENT} < {low}")
        yield say.put(EVENT, str(high), f"{EVENT} > {high}")
    if case.design.kind == "staggered_did":
        yield say.put(EVENT, str(options.reference), f"{TREATED} == 0")


def _sensitivity(case: Case) -> Iterator[str]:
    """Yield the lines of HonestDiD for the checks of this model that ask for it."""
    for check in case.spec.checks:
        if check.kind != "trend_sensitivity" or check.model not in (None, case.model.id):
            continue
        options: Any = check.options
        reference = case.options.reference
        yield "b <- coef(m)"
        yield "V <- vcov(m)"
        yield f'at <- grep("^{EVENT}::", names(b))'
        yield f'k <- as.integer(sub("^{EVENT}::(-?[0-9]+):.*$", "\\\\1", names(b)[at]))'
        yield "at <- at[order(k)]"
        yield "k <- sort(k)"
        if options.earliest is not None:
            yield f"at <- at[k >= {options.earliest}]"
            yield f"k <- k[k >= {options.earliest}]"
        after = f"sum(k > {reference})"
        target = f"HonestDiD::basisVector({after} - sum(k >= 0) + 1, {after})"
        if options.target == "average_post":
            target = f"as.numeric(k[k > {reference}] >= 0) / sum(k >= 0)"
        sizes = f"c({', '.join(str(value) for value in options.values)})"
        common = (
            f"betahat = b[at], sigma = V[at, at], numPrePeriods = sum(k < {reference}), "
            f"numPostPeriods = {after}, l_vec = {target}"
        )
        if options.restriction == "relative_magnitudes":
            yield (
                f"HonestDiD::createSensitivityResults_relativeMagnitudes({common}, "
                f"Mbarvec = {sizes})"
            )
        else:
            yield (
                f'HonestDiD::createSensitivityResults({common}, method = "FLCI", Mvec = {sizes})'
            )
