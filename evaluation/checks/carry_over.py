"""Widen the gap in age between treated and controls, and see whether the estimate moves."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from evaluation.checks._ages import on_age
from evaluation.checks._contrast import Contrast, contrast, differences_in_words, effective_of
from evaluation.checks._numbers import NO_NUMBER, number_of
from evaluation.checks._power import against
from evaluation.checks._refit import Refitted, details_of, refit_all, why_none, with_numbers
from evaluation.checks._variants import begins, with_design, with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.filters import Predicate
from evaluation.spec.options import Evidence, OptionsModel
from evaluation.spec.spec import Spec

TITLE = "Carry-over and spillover"
ASSUMPTION = "treatment of one group does not reach the other"
SOURCE = (
    "Clarke (2017), Estimating difference-in-differences in the presence of spillovers, MPRA "
    "81604: drop the controls that lie closest"
)
LEVEL = 0.05
YEAR = 12


class Options(OptionsModel):
    """By how many months the gap in age widens, and on which side.

    Attributes
    ----------
    gaps
        Months by which the gap between treated and controls widens, one fit each.
    side
        ``control`` moves the controls' limit of age up, ``treated`` that of the treated down.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"influence"})

    gaps: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(12, 24), min_length=1)
    side: Literal["control", "treated"] = "control"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model with controls further above the limit of age, or treated further below.

    Those just above 30 were treated at 29, and offices may change what they ask of them too: the
    estimate is then the effect on the treated less that on their controls (``att_relative``), and
    moves as the gap widens. All differences from the model are tested jointly, from the influence
    of every cluster on each fit, else reported without a test. Groups further apart in age may also
    drift apart for other reasons. Verdicts are ``violation found``, ``not detected`` and
    ``not tested``.

    Raises
    ------
    DataError
        For a design whose groups are not ages with a limit to move.
    """
    spec = with_models(case.spec, case.result.model, influence=True)
    begins(spec)
    found = refit_all(case, {_label(spec, gap, options.side): _wider(spec, gap, options.side)
                             for gap in options.gaps})  # fmt: skip
    return tuple(
        _verdict(name, fit, found[name], case.result.model.estimand)
        for name, fit in case.result.fits.items()
    )


def _limit(spec: Spec, side: str) -> tuple[Predicate, str, int]:
    """Return a group, the condition that bounds its gap, and that bound in months."""
    design = on_age(spec)
    if design.control is None:
        raise DataError(
            "design.control: names no ages, so that no gap can widen: give control with at_least"
        )
    group = design.control if side == "control" else design.treated
    names = ("at_least", "above") if side == "control" else ("below", "at_most")
    for name in names:
        bound = getattr(group, name, None)
        if isinstance(bound, int) and group is not None:
            return group, name, bound
    raise DataError(
        f"design.{side}: has no limit of age to move: give it {names[0]} in whole months"
    )


def _wider(spec: Spec, gap: int, side: str) -> Spec:
    group, name, bound = _limit(spec, side)
    moved = group.model_copy(update={name: bound + (gap if side == "control" else -gap)})
    return with_design(spec, **{side: moved})


def _label(spec: Spec, gap: int, side: str) -> str:
    _, name, bound = _limit(spec, side)
    months = bound + (gap if side == "control" else -gap)
    shown = f"{months // YEAR}" if months % YEAR == 0 else f"{months} months"
    return f"{side} {name.replace('_', ' ')} {shown}"


def _verdict(outcome: str, fit: Fit, refitted: tuple[Refitted, ...], estimand: str) -> Verdict:
    base = number_of(fit)
    if base is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    wider = tuple(number for _, number in with_numbers(refitted))
    if not wider:
        return Verdict(
            outcome, None, None, "refused", f"no wider gap can be estimated: {why_none(refitted)}"
        )
    found = contrast(base, wider, effective_of(fit))
    words = "; ".join(f"{label}: {one.estimate:.4g}" for label, one in with_numbers(refitted))
    message = (
        f"estimate {base.estimate:.4g}; {words}; the last differs by "
        f"{differences_in_words(found)}; {_reading(found, base.std_error, estimand)}"
    )
    return Verdict(
        outcome,
        None if found.test is None else found.test.statistic,
        found.p_value,
        _word(found),
        message,
        details=(
            ("differences", len(wider)),
            *((f"difference {label}", float(one))
              for (label, _), one in zip(with_numbers(refitted), found.differences, strict=True)),
            *(() if found.std_errors is None else tuple(
                (f"difference {label}: std_error", float(one))
                for (label, _), one in zip(with_numbers(refitted), found.std_errors, strict=True)
            )),
            *details_of(refitted, "estimate"),
        ),
    )  # fmt: skip


def _word(found: Contrast) -> str:
    if found.p_value is None:
        return "not tested"
    return "violation found" if found.p_value < LEVEL else "not detected"


def _reading(found: Contrast, std_error: float | None, estimand: str) -> str:
    if found.p_value is None:
        return "the fits have no joint variance"
    if found.p_value < LEVEL:
        if estimand == "att_relative":
            return "controls are reached too, or trends differ by age: claim no more than its name"
        return "controls are reached too, or trends differ by age: claim att_relative, not att"
    error = None if found.std_errors is None else float(found.std_errors[-1])
    return against(error, std_error, "one standard error")
