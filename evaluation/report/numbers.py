"""Numbers as they are printed: the spec's rounding and language, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluation.report.language import DEFAULT, Language, language_of
from evaluation.spec.extras import Rounding


@dataclass(frozen=True)
class Numbers:
    """How a spec prints its numbers."""

    rounding: Rounding
    words: Language = field(default_factory=lambda: language_of(DEFAULT))

    def estimate(self, value: object) -> str:
        """Return an estimate, an error or a bound; a dash for none."""
        return self.words.number(value, self.rounding.estimate)

    def interval(self, low: object, high: object) -> str:
        """Return both ends of an interval."""
        return self.words.interval(low, high, self.rounding.estimate)

    def with_error(self, value: object, error: object) -> str:
        """Return a value with its error where that is positive; a dash for none."""
        shown = self.estimate(value)
        certain = not isinstance(error, int | float) or not error > 0
        if certain or not isinstance(value, int | float):
            return shown
        return self.words.text("numbers.with_error", value=shown, error=self.estimate(error))

    def p_value(self, value: float | None) -> str:
        """Return a p-value, never as zero."""
        return self.words.p_value(value, self.rounding.p_value)

    def count(self, value: int | None) -> str:
        """Return a count with narrow spaces that lines do not break at."""
        return self.words.count(value)
