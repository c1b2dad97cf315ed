"""The potential dose of a model as one row of ``checks.csv``: it stands with every result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from evaluation.checks._potential_dose import (
    HALF,
    Dose,
    averaged,
    current_dose,
    has_potential_dose,
    months_since_reform,
    past_dose,
    window_dose,
)
from evaluation.checks.contract import ModelResult, Verdict
from evaluation.spec.evidence import checks_of
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

DOSE = "dose"
STATED = "stated"
TERM = "potential"
Details = list[tuple[str, float | int | str | bool | None]]


def dose_verdicts(spec: Spec, results: tuple[ModelResult, ...]) -> Iterator[tuple[str, Verdict]]:
    """Yield the potential dose of every model at a cutoff in age whose spec does not ask for it.

    Parameters
    ----------
    spec
        What was asked.
    results
        What its models gave.

    Yields
    ------
    tuple of str and Verdict
        Id of the model; ``stated``, every calendar month of the window counting alike.
    """
    if not has_potential_dose(spec):
        return
    for result in results:
        if all(check.kind != DOSE for check in checks_of(spec, result.model)):
            yield result.model.id, stated_dose(spec, result.model, {})


def stated_dose(spec: Spec, model: Model, rows: Mapping[str, int]) -> Verdict:
    """Return the potential dose of a model, averaged over calendar months.

    Parameters
    ----------
    spec, model
        A spec of which ``has_potential_dose`` is true.
    rows
        Rows inside the bandwidth by calendar month; where there are none, every month of the
        window counts alike.
    """
    side: str = getattr(spec.design, "treated_side", "below")
    months = months_since_reform(spec, model)
    weights = np.array([float(rows.get(label, 0)) for label in months])
    by_rows = bool(weights.sum() > 0)
    details: Details = [
        ("months", len(months)),
        ("months_weighted_by", "rows within the bandwidth" if by_rows else "one each"),
        ("share_of_the_cutoff_month", HALF),
    ]
    if not months:
        words = "without panel.window there are no calendar months to average over"
        return Verdict("", None, None, STATED, words, term=TERM, details=tuple(details))
    parts = []
    for name, (noun, dose) in _doses(spec, model, side).items():
        doses = tuple(dose(one) for one in months.values())
        mean = averaged(doses, weights if by_rows else np.ones(len(months)))
        details += _details(name, mean)
        parts.append(f"{noun} {_words(mean)}")
        if name == "past_duty":
            parts[-1] += f" (treated side {_range(tuple(months), doses)})"
            for label, one in zip(months, doses, strict=True):
                details += _details(f"{name} {label}", one)
    message = (
        "treated side against the other at the cutoff, slope a month of age in brackets: "
        f"{'; '.join(parts)}; the month of the cutoff counts half"
    )
    return Verdict("", None, None, STATED, message, term=TERM, details=tuple(details))


def _doses(spec: Spec, model: Model, side: str) -> dict[str, tuple[str, Callable[[int], Dose]]]:
    """Return every dose by its name in details, in words and by months since the reform."""
    found: dict[str, tuple[str, Callable[[int], Dose]]] = {
        "current_duty": ("duty in the row's month", current_dose),
        "past_duty": ("past duty months", partial(past_dose, treated_side=side)),
    }
    outcomes = [spec.outcomes[name] for name in spec.outcomes_of(model)]
    for lead in sorted({one.lead for one in outcomes if one.at_age is None}):
        until = "the row's month" if lead == 0 else f"{lead} months later"
        found[f"window_duty_{lead}"] = (
            f"duty months to the outcome, {until},",
            partial(window_dose, lead=lead, treated_side=side),
        )
    return found


def _details(name: str, dose: Dose) -> Details:
    return [
        (f"{name}: {key} {place}", float(value))
        for key in ("limit", "slope")
        for place, value in zip(("treated", "untreated"), getattr(dose, key), strict=True)
    ]


def _words(dose: Dose) -> str:
    one, other = (
        f"{limit:.4g} [{slope:+.3g}]" if slope else f"{limit:.4g} [0]"
        for limit, slope in zip(dose.limit, dose.slope, strict=True)
    )
    return f"{one} against {other}"


def _range(labels: tuple[str, ...], doses: tuple[Dose, ...]) -> str:
    return f"{doses[0].limit[0]:g} in {labels[0]}, {doses[-1].limit[0]:g} in {labels[-1]}"
