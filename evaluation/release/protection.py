"""How a policy protects counts: which are too small, how far hidden ones stay open, rounding."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evaluation.release.policy import Policy
from evaluation.release.rules import count, rounding

# Significant digits of numbers that are no counts, where counts are rounded: a quotient of counts
# with all its digits gives back the counts.
DIGITS = 4


@dataclass(frozen=True)
class Protection:
    """What a policy says of counts.

    Attributes
    ----------
    minimum
        Smallest count of persons, or of rows, that may be printed; 0 hides nothing.
    zeros
        Whether a count of zero is disclosive as well.
    width
        Nobody may bound a hidden count more narrowly than this: largest less smallest value that
        everything printed allows. ``None`` for ``minimum``.
    base
        Printed counts are rounded to multiples of it, after small ones are hidden; 1 for not.
    midpoint
        Whether counts are rounded to the middle of their interval (for 6: 3, 9, 15, ...) in place
        of to the nearest multiple.
    digits
        Significant digits of printed numbers that are no counts; 0 for all.
    """

    minimum: int = 0
    zeros: bool = False
    width: int | None = None
    base: int = 1
    midpoint: bool = False
    digits: int = 0

    @property
    def needed(self) -> int:
        """Width of the interval in which a hidden count must stay."""
        return self.minimum if self.width is None else self.width

    @property
    def rounds(self) -> bool:
        """Whether printed counts are rounded."""
        return self.base > 1

    def small(self, count: float) -> bool:
        """Return whether a count may not be printed."""
        return 0 < count < self.minimum or (self.zeros and self.minimum > 0 and count == 0)

    def rounded(self, count: int) -> int:
        """Return a count as it is printed; zero stays zero.

        With ``midpoint`` the count c becomes b ceil(c / b) - floor(b / 2), as OpenSAFELY's
        midpoint 6 rounding does.
        """
        if not self.rounds or count == 0:
            return count
        if self.midpoint:
            return self.base * math.ceil(count / self.base) - self.base // 2
        return self.base * math.floor(count / self.base + 0.5)

    def interval(self, printed: int) -> tuple[int, int]:
        """Return the smallest and the largest count that is printed so."""
        up = (self.base + 1) // 2 - 1
        if not self.rounds:
            return printed, printed
        if self.midpoint:
            low = printed - (self.base - 1 - self.base // 2)
            return (0, 0) if printed == 0 else (low, low + self.base - 1)
        return max(0, printed - self.base // 2), printed + up

    def significant(self, value: float) -> float:
        """Return a number that is no count as it is printed."""
        if not self.digits or not math.isfinite(value):
            return value
        return float(f"{value:.{self.digits}g}")


def protection_of(policy: Policy) -> Protection:
    """Return how a policy protects counts; without its rule on counts nothing is hidden."""
    least = policy.limits_of(count.Limits)
    rounds = policy.limits_of(rounding.Limits)
    return Protection(
        minimum=0 if least is None else least.smallest,
        zeros=least is not None and least.zeros == "disclosive",
        base=1 if rounds is None else rounds.base,
        midpoint=rounds is not None and rounds.to == "midpoint",
        digits=0 if rounds is None else DIGITS,
    )
