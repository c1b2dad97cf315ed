"""What a test at five per cent will find, and how far off what it finds will be, from an error.

Source: Gelman and Carlin (2014), Perspectives on Psychological Science 9(6): type S and type M
errors. Degrees of freedom ``None`` means normal; a number means Student's t, shifted by the effect
in standard errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from evaluation.inference.intervals import critical_value, upper_tail

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Detection:
    """What a two-sided test does at one true effect.

    Attributes
    ----------
    power
        Chance that it rejects an effect of zero.
    type_s
        Chance that a significant estimate has the wrong sign.
    type_m
        Mean size of a significant estimate over that of the effect; infinite at zero.
    """

    power: float
    type_s: float
    type_m: float


def detection(effect: float, std_error: float, df: float | None = None) -> Detection:
    """Return power and the errors of sign and size at a true effect.

    Parameters
    ----------
    effect, std_error
        In the same units, ``std_error`` positive.
    df
        Degrees of freedom; ``None`` means normal.
    """
    cut = critical_value(1.0 - LEVEL / 2.0, df)
    shift = abs(effect) / std_error
    right, wrong = upper_tail(cut - shift, df), upper_tail(cut + shift, df)
    power = right + wrong
    # E|X| over |X| > cut of X = shift + T: the part of T beyond either cut, moved by the shift.
    size = shift * (right - wrong) + _beyond(cut - shift, df) + _beyond(cut + shift, df)
    return Detection(power, wrong / power, size / power / shift if shift > 0 else math.inf)


def _beyond(cut: float, df: float | None) -> float:
    """Return E[T; T > cut] of a normal or Student's t variable: its density times a factor."""
    if df is None:
        return math.exp(-cut * cut / 2.0) / math.sqrt(2.0 * math.pi)
    if df <= 1:
        return math.inf
    log = special.gammaln((df + 1.0) / 2.0) - special.gammaln(df / 2.0)
    log -= 0.5 * math.log(df * math.pi) + (df + 1.0) / 2.0 * math.log1p(cut * cut / df)
    return math.exp(log) * (df + cut * cut) / (df - 1.0)
