"""What a model is asked to do beyond its estimator: one line, from the keys that were set."""

from __future__ import annotations

from typing import Any

from evaluation.report.language import Language, language_of
from evaluation.report.words import condition_words, keyword, outcome_label, value_words
from evaluation.spec.model import Model
from evaluation.spec.options import ColumnName
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_values


def model_words(spec: Spec, model: Model) -> str:
    """Return a model's outcomes, filters and options in words."""
    words = language_of(spec.lang)
    outcomes = ", ".join(outcome_label(spec, name) for name in spec.outcomes_of(model))
    parts = [words.text("model.outcomes", outcomes=outcomes)]
    parts += [
        words.text("filter.rows_with", condition=condition_words(keep, words))
        for keep in model.keep
    ]
    options = model.options
    names = {column for _, column in marked_values(options, ColumnName)}
    parts += [
        f"{keyword(name, words)} {_words(getattr(options, name), names, words)}"
        for name in type(options).model_fields
        if name in options.model_fields_set
    ]
    return "; ".join(parts)


def _words(value: Any, columns: set[str], words: Language) -> str:
    """Return an option's value in words, columns by the name that they have in the data."""
    if isinstance(value, tuple) and value and all(one in columns for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) and value in columns else value_words(value, words)
