"""Leave out more and more values around the cutoff, and see whether the estimate moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from evaluation.checks._cutoffs import (
    LEAST_POINTS,
    cutoff_design,
    fixed_width,
    judged_models,
    needs_cutoff,
    width_of,
    with_donut,
)
from evaluation.checks._grid import (
    SENSITIVE,
    STABLE,
    grid_details,
    interval_in_words,
    moves_of,
    refit_outcome,
)
from evaluation.checks._numbers import NO_NUMBER, number_of
from evaluation.checks._refit import Refitted, why_none, with_numbers
from evaluation.checks._variants import with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.options import OptionsModel

TITLE = "Donut"
ASSUMPTION = "nothing but the rule sets apart those nearest the cutoff"
SOURCE = "Barreca, Lindo and Waddell (2016), Economic Inquiry 54(1): donut regressions"
# Without any given, this many; and no more than a third of the bandwidth is left out.
MOST, PART = 6, 3


class Options(OptionsModel):
    """Values around the cutoff that are left out.

    Attributes
    ----------
    donuts
        Donuts, as ``design.donut`` has them: rows nearer the cutoff than this are left out, one fit
        each; if not given up to six, from the design's own on, as far as a third of the bandwidth.
    """

    donuts: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(default=None, min_length=1)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every donut that leaves a model no rows."""
        yield from needs_cutoff(spec, where)
        if len(set(self.donuts or ())) < len(self.donuts or ()):
            yield f"{where}.donuts: a donut stands twice; give each once"
        for model in judged_models(spec, owner):
            fixed = fixed_width(model)
            wide = [one for one in self.donuts or () if fixed is not None and one >= fixed]
            if wide:
                yield (
                    f"{where}.donuts: found {wide[0]}; allowed: less than {fixed:g}, the bandwidth "
                    f"of model {model.id!r}, within which no row would be left"
                )


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model again without the values next to the cutoff.

    A rule for the bandwidth chooses again for every donut. The verdict is ``sensitive`` where the
    estimate at the widest donut lies outside the model's interval and the model's estimate outside
    that of the donut, else ``stable``. The wider the donut, the farther the line is drawn on: its
    bias grows too.

    Raises
    ------
    DataError
        For a design without a cutoff, and where no donut fits into the bandwidth.
    """
    spec = with_models(case.spec, case.result.model)
    found = []
    for name, fit in case.result.fits.items():
        donuts = options.donuts or _donuts(case, fit)
        variants = {str(one): with_donut(spec, one) for one in sorted(donuts)}
        found.append(_verdict(name, fit, refit_outcome(case, name, variants)))
    return tuple(found)


def _donuts(case: Case, fit: Fit) -> tuple[int, ...]:
    """Return donuts from the design's own on, as many as a third of the bandwidth has room for."""
    design = cutoff_design(case.spec)
    width = width_of(fit)
    first = (design.donut or 0) + 1
    last = first + MOST - 1 if width is None else min(first + MOST - 1, int(width // PART))
    if last < first or (width is not None and width - first < LEAST_POINTS):
        raise DataError(
            f"donuts: a bandwidth of {width:.3g} has no room for a donut beyond {first - 1}: widen "
            "it, or give donuts"
        )
    return tuple(range(first, last + 1))


def _verdict(outcome: str, fit: Fit, refitted: tuple[Refitted, ...]) -> Verdict:
    base = number_of(fit)
    if base is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    numbers = tuple(with_numbers(refitted))
    if not numbers:
        return Verdict(
            outcome, None, None, "refused", f"no donut can be estimated: {why_none(refitted)}"
        )
    label, widest = numbers[-1]
    last = tuple(one for one in refitted if one.label == label)
    moves = moves_of(base, last)
    words = "; ".join(f"{donut}: {one.estimate:.4g}" for donut, one in numbers)
    gone = [one.label for one in refitted if one.number is None]
    words += f" (none at {', '.join(gone)}: see details)" if gone else ""
    lies = {
        SENSITIVE: "the model's estimate and that of the widest donut lie outside each other's "
        "interval: those nearest the cutoff carry it, or the line is drawn on too far",
        STABLE: "the widest donut agrees with the model within their intervals",
    }[moves.verdict]
    return Verdict(
        outcome,
        widest.estimate,
        None,
        moves.verdict,
        f"estimate {interval_in_words(base)}; by donut {words}; at {label} "
        f"{interval_in_words(widest)}; {lies}",
        details=(
            ("donuts", len(numbers)),
            ("donuts_refused", len(refitted) - len(numbers)),
            ("largest_distance_in_standard_errors", moves_of(base, refitted).largest),
            *grid_details(refitted, "donut"),
        ),
    )
