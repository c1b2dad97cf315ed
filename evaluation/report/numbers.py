"""Numbers as they are printed: the spec's rounding, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.spec.extras import Rounding


@dataclass(frozen=True)
class Numbers:
    """How a spec prints its numbers."""

    rounding: Rounding

    def estimate(self, value: object) -> str:
        """Return an estimate, an error or a bound; a dash for none."""
        if not isinstance(value, int | float):
            return "–"
        return f"{value:.{self.rounding.estimate}f}".replace("-", "\N{MINUS SIGN}")

    def with_error(self, value: object, error: object) -> str:
        """Return a value with its error where that is positive; a dash for none."""
        shown = self.estimate(value)
        certain = not isinstance(error, int | float) or not error > 0
        return shown if certain or shown == "–" else f"{shown} ± {self.estimate(error)}"

    def p_value(self, value: float | None) -> str:
        """Return a p-value, never as zero."""
        if value is None:
            return "–"
        least = 10.0**-self.rounding.p_value
        digits = self.rounding.p_value
        return f"< {least:.{digits}f}" if value < least else f"{value:.{digits}f}"

    def count(self, value: int | None) -> str:
        """Return a count with narrow spaces that lines do not break at."""
        return "–" if value is None else f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
