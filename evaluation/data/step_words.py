"""How the flow of a sample names its steps."""

from __future__ import annotations

from evaluation.spec.filters import Filter
from evaluation.spec.names import Interval


def interval_words(interval: Interval) -> str:
    """Return an interval as the flow shows it: ``2013-01-01 to 2019-12-31``."""
    return f"{interval[0]} to {interval[1]}"


def filter_words(condition: Filter) -> str:
    """Return a filter as the flow shows it: ``age_months at least 300 and below 420``."""
    words = [
        f"{name.replace('_', ' ')} {_shown(value)}" for name, value in condition.conditions.items()
    ]
    return f"{condition.column} {' and '.join(words)}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
