"""Pretend that the cutoff lies elsewhere, and rank the estimate among what that gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evaluation.checks._cutoffs import (
    AGE,
    RULES,
    breaks_of,
    cutoff_design,
    fixed_width,
    judged_models,
    needs_cutoff,
    segments_of,
    width_of,
    with_cutoff,
)
from evaluation.checks._placebos import ranked
from evaluation.checks._reduced_form import placebo_spec
from evaluation.checks._refit import refit_all
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel

TITLE = "Placebo cutoffs"
ASSUMPTION = "the outcome is continuous where no rule changes"
SOURCE = (
    "Imbens and Lemieux (2008), Journal of Econometrics 142(2), section 7.2; ranks, because "
    "windows overlap"
)
# Months of age between placebos; elsewhere so many of them on each side.
EVERY, A_SIDE = 6, 5

Number = int | float


class Options(OptionsModel):
    """Cutoffs, or how far apart they lie and how much room each has.

    Attributes
    ----------
    cutoffs
        Placebo cutoffs, at which and near which no rule changes; evenly spaced ones if not given.
    every
        Distance between placebo cutoffs that are not given, in units of the running variable.
    room
        Least distance of a placebo from either end of its rows; the model's fixed bandwidth, or
        half of the one that its rule chose, if not given.
    """

    cutoffs: tuple[Number, ...] | None = Field(default=None, min_length=1)
    every: Annotated[Number, Field(gt=0)] | None = None
    room: Annotated[Number, Field(gt=0)] | None = None

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every cutoff at which, or near which, a rule changes."""
        yield from needs_cutoff(spec, where)
        if not isinstance(spec.design, RdDesign) or self.cutoffs is None:
            return
        for key in ("every", "room"):
            if getattr(self, key) is not None:
                yield f"{where}.{key}: makes cutoffs, and these are given; remove one of the two"
        if len(set(self.cutoffs)) < len(self.cutoffs):
            yield f"{where}.cutoffs: a cutoff stands twice; give each once"
        widths = [fixed_width(model) for model in judged_models(spec, owner)]
        width = max((one for one in widths if one is not None), default=0.0)
        for cutoff in self.cutoffs:
            for one in breaks_of(spec.design):
                if abs(cutoff - one) < width or cutoff == one:
                    window = "" if cutoff == one else f", whose window of {width:g} holds {one:g}"
                    yield (
                        f"{where}.cutoffs: found {cutoff:g}{window}, {_reason(spec.design, one)}; "
                        "allowed: values at which, and near which, no rule changes"
                    )
                    break


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at cutoffs where no rule changes, from rows among which none does.

    Rows lie on one side of the true cutoff; on ages in months, also on one side of 25, when the
    qualification stipend changes. A donut moves along. Of a fuzzy model the jump of the outcome is
    judged. The verdict is ``violation found`` where a placebo differs from zero (by Bonferroni),
    else ``within the placebo range``, or ``beyond the placebo range`` where the model's p-value is
    smaller than all of theirs; windows overlap, so ranks are no p-values.

    Raises
    ------
    DataError
        For a design without a cutoff, placebos outside the data, and where no placebo has room.
    """
    design = cutoff_design(case.spec)
    if not case.result.fits:
        return ()
    ends = _ends(case, design)
    cutoffs = _given(case, options, ends) if options.cutoffs else _spaced(case, options, ends)
    spec, numbers, before = placebo_spec(case)
    variants = {f"{one:g}": with_cutoff(spec, one) for one in cutoffs}
    found = refit_all(case, variants)
    rules = ", ".join(f"{one:g}" for one in breaks_of(design))
    noun = f"cutoffs (no window holds {rules})"
    return tuple(
        ranked(name, one, found[name], noun, by_p_value=True, before=before)
        for name, one in numbers.items()
    )


def _reason(design: RdDesign, one: float) -> str:
    if one == design.cutoff:
        return "the design's own cutoff"
    return RULES[int(one)]


def _ends(case: Case, design: RdDesign) -> tuple[float, float]:
    """Return the least and largest value of the running variable that the model sees."""
    name = next(iter(case.result.fits))
    running = case.data(name).running
    if running is None:
        raise DataError("cutoffs: the model has no running variable")
    return float(running.min() + design.cutoff), float(running.max() + design.cutoff)


def _given(case: Case, options: Any, ends: tuple[float, float]) -> tuple[float, ...]:
    """Return the cutoffs that were given.

    Raises
    ------
    DataError
        Where one, or its window, reaches beyond the data.
    """
    width = fixed_width(case.result.model) or 0.0
    for one in options.cutoffs:
        if one - width < ends[0] or one + width > ends[1]:
            window = f" with the bandwidth {width:g}" if width else ""
            raise DataError(
                f"cutoffs: {one:g}{window} reaches outside the values that the model sees, "
                f"{ends[0]:g} to {ends[1]:g}: choose others, or widen the sample"
            )
    return tuple(sorted(options.cutoffs))


def _spaced(case: Case, options: Any, ends: tuple[float, float]) -> tuple[float, ...]:
    """Return evenly spaced cutoffs, those of a side counted from the true one.

    Raises
    ------
    DataError
        Where none has room.
    """
    design = cutoff_design(case.spec)
    wanted = options.room or _room(case)
    found: list[float] = []
    for segment in segments_of(design):
        first, last = segment.within(ends)
        room = (last - first) / 4 if wanted is None else wanted
        found += _between(design, options.every, first + room, last - room)
    if not found:
        column = design.running_variable.column
        room = "" if wanted is None else f"{wanted:g} "
        raise DataError(
            f"cutoffs: from {ends[0]:g} to {ends[1]:g} no value of {column!r} has {room}on both "
            "sides without a change of rule: set room, narrow the bandwidth, or widen the sample"
        )
    return tuple(sorted(found))


def _room(case: Case) -> float | None:
    fixed = fixed_width(case.result.model)
    if fixed is not None:
        return fixed
    widths = [width_of(fit) for fit in case.result.fits.values()]
    known = [one for one in widths if one is not None]
    return float(ceil(max(known) / 2)) if known else None


def _between(design: RdDesign, every: float | None, first: float, last: float) -> tuple[float, ...]:
    """Return cutoffs from one value to another, at whole steps from the true one."""
    if last < first:
        return ()
    whole = design.running_variable.discrete
    if every is None and design.running_variable.column == AGE:
        every = EVERY
    if every is None:
        spaced = np.linspace(first, last, A_SIDE)
        return tuple(dict.fromkeys(float(round(one) if whole else one) for one in spaced))
    steps = np.arange(
        ceil((first - design.cutoff) / every - 1e-9),
        np.floor((last - design.cutoff) / every + 1e-9) + 1,
    )
    return tuple(float(design.cutoff + step * every) for step in steps)
