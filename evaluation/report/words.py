"""Small words that pages, figures and ``explain`` share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from evaluation.spec.filters import Filter
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

MINUS = "\N{MINUS SIGN}"


def outcome_label(spec: Spec, name: str) -> str:
    """Return an outcome's label, else its name with spaces."""
    outcome = spec.outcomes.get(name)
    return (outcome.label if outcome else None) or name.replace("_", " ")


def spaced(name: str) -> str:
    """Return a name with spaces for underscores."""
    return name.replace("_", " ")


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return items as people list them: ``a, b and c``."""
    *before, end = items
    return f"{', '.join(before)} {last} {end}" if before else end


def condition_words(condition: Filter) -> str:
    """Return a filter in words, as in ``age_months at least 300 and below 420``."""
    parts = [WORDS[name](value) for name, value in condition.conditions.items()]
    return f"{condition.column} {listed(parts)}" if parts else condition.column


def value_words(value: Any) -> str:
    """Return a setting's value in words: tables by their set keys, sequences with commas."""
    if isinstance(value, Table):
        return ", ".join(
            f"{spaced(name)} {value_words(getattr(value, name))}"
            for name in type(value).model_fields
            if name in value.model_fields_set
        )
    if isinstance(value, tuple):
        return ", ".join(value_words(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}".replace("-", MINUS) if isinstance(value, float) else _whole(value)
    return spaced(value) if isinstance(value, str) else str(value)


def _whole(value: int) -> str:
    return str(value).replace("-", MINUS)


def _literal(value: Any) -> str:
    """Return a value of a column as it stands: names keep their underscores."""
    if isinstance(value, tuple):
        return listed([_literal(item) for item in value], "or")
    return value if isinstance(value, str) else value_words(value)


WORDS: dict[str, Callable[[Any], str]] = {
    "equals": lambda value: f"equal to {_literal(value)}",
    "not_equals": lambda value: f"not equal to {_literal(value)}",
    "one_of": lambda value: f"one of {_literal(value)}",
    "none_of": lambda value: f"none of {_literal(value)}",
    "at_least": lambda value: f"at least {_literal(value)}",
    "above": lambda value: f"above {_literal(value)}",
    "at_most": lambda value: f"at most {_literal(value)}",
    "below": lambda value: f"below {_literal(value)}",
    "missing": lambda value: "missing" if value else "not missing",
}
