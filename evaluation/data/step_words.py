"""How the flow of a sample names its steps."""

from __future__ import annotations

import re

from evaluation.spec.filters import Filter
from evaluation.spec.names import Interval

AVERAGING = re.compile(r"(?:dates|months) to (?:months|quarters|years)|rows grouped by .+")


def averages(step: str) -> bool:
    """Whether a step of the flow makes fewer rows by averaging them, and leaves none out."""
    return AVERAGING.fullmatch(step) is not None


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
