"""What a model is asked to do beyond its estimator: one line, from the keys that were set."""

from __future__ import annotations

from evaluation.report.words import condition_words, outcome_label, spaced, value_words
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


def model_words(spec: Spec, model: Model) -> str:
    """Return a model's outcomes, filters and options in words."""
    outcomes = ", ".join(outcome_label(spec, name) for name in spec.outcomes_of(model))
    parts = [f"outcomes {outcomes}"]
    parts += [f"rows with {condition_words(keep)}" for keep in model.keep]
    options = model.options
    parts += [
        f"{spaced(name)} {value_words(getattr(options, name))}"
        for name in type(options).model_fields
        if name in options.model_fields_set
    ]
    return "; ".join(parts)
