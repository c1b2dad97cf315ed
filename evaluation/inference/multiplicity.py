"""P-values adjusted for the hypotheses that are tested together.

Sources: Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini and Hochberg (1995),
Journal of the Royal Statistical Society B 57(1); Romano and Wolf (2005), Econometrica 73(4), and
(2016), Statistics and Probability Letters 113.
"""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray

# Draws this close to a ratio are ties.
TIE = 1e-9


def holm(p_values: FloatArray) -> FloatArray:
    """Return p-values adjusted by Holm's step-down: the family-wise error holds under dependence.

    Parameters
    ----------
    p_values
        Raw, shape ``(m,)``.
    """
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(count, 0, -1) * p_values[order]
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Return p-values adjusted by Benjamini and Hochberg's step-up: the false discovery rate.

    It holds for independent statistics, and for those that depend positively.

    Parameters
    ----------
    p_values
        Raw, shape ``(m,)``.
    """
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    steps = count / np.arange(1, count + 1) * p_values[order]
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def romano_wolf(ratios: FloatArray, draws: FloatArray) -> FloatArray:
    """Return p-values adjusted by Romano and Wolf's step-down over studentised draws.

    The largest ratio is compared with the largest of every draw, the next with the largest among
    those that are left, and so on; p-values never fall on the way (2016).

    Parameters
    ----------
    ratios
        Estimates over their standard errors, shape ``(m,)``.
    draws
        Ratios of every draw, centred on zero, shape ``(B, m)``: column for column the same numbers.
    """
    size, drawn = np.abs(ratios), np.abs(draws)
    order = np.argsort(-size, kind="stable")
    # Column k holds the largest among the k-th and all smaller ratios.
    largest = np.maximum.accumulate(drawn[:, order[::-1]], axis=1)[:, ::-1]
    beyond = 1 + np.count_nonzero(largest >= size[order] * (1.0 - TIE), axis=0)
    adjusted = np.empty(len(ratios))
    adjusted[order] = np.maximum.accumulate(beyond / (len(draws) + 1))
    return adjusted
