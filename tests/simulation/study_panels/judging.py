"""What replications say of every line, and whether it is what it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.diagnose.verdicts import SMALL, Judged, verdict_of
from evaluation.inference.simulation_errors import band, mean_of
from study_panels.asked import Asked
from study_panels.drawing import LEVEL, Found

# Largest mean error where draws are resampled, in standard errors.
SMALL_RESAMPLING = 0.2
# Share of draws in which what breaks a design must be found, chosen beforehand.
RATE = 0.80
# Largest share of draws that may give no number; beyond it a line fails.
MISSING = 0.05
COVERED = frozenset({"coverage", "coverage_at_least"})
TRUE = ("truth", "truth_error")
HOLDS, UNDECIDED, OVER = "holds", "undecided", "over_covers"


@dataclass(frozen=True)
class Line:
    """One line over all its draws.

    Attributes
    ----------
    key, study, world, persons, expected
        Where it stands, and what it should show.
    replications, missing
        Draws, and those that gave no number.
    truth, truth_error
        Of the superpopulation.
    error, half
        Mean error in mean standard errors, and half its 95 % Monte Carlo interval.
    ratio
        Mean standard error over the spread of estimates.
    share
        Of draws whose interval holds the truth, or that reject, find or refuse.
    verdict
        ``holds``, ``undecided`` where more draws would be needed to say so, or what is wrong.
    reason
        The most frequent reason for giving no number.
    """

    key: str
    study: str
    world: str
    persons: int
    expected: str
    replications: int
    missing: int = 0
    truth: float | None = None
    truth_error: float | None = None
    error: float | None = None
    half: float | None = None
    ratio: float | None = None
    share: float | None = None
    verdict: str = ""
    reason: str = ""

    @property
    def fails(self) -> bool:
        """Whether it shows something else than it should."""
        return self.verdict not in (HOLDS, UNDECIDED)


def line_of(
    one: Asked, world: str, found: Sequence[Found], lines: int, truths: Sequence[Found] = ()
) -> Line:
    """Return one line.

    Parameters
    ----------
    one, world
        What was asked, and the name of the world that was drawn.
    found
        What every draw gave.
    lines
        Of the whole table, for the adjustment of bands.
    truths
        What large draws say, where there is anything to be covered.
    """
    given = [draw for draw in found if "refused" not in draw]
    reasons = [str(draw["refused"]) for draw in found if "refused" in draw]
    own = {
        "key": one.key, "study": one.study, "world": world, "persons": one.persons,
        "expected": one.expected, "replications": len(found), "missing": len(reasons),
        "reason": max(sorted(set(reasons)), key=reasons.count) if reasons else "",
    }  # fmt: skip
    if len(reasons) > MISSING * len(found) or not given:
        return Line(**own, verdict="no number")
    known = {} if one.expected not in COVERED else {"truths": truths}
    return Line(**{**own, **JUDGES[one.expected](one, given, lines, **known)})


def _covers(
    one: Asked, found: Sequence[Found], lines: int, truths: Sequence[Found]
) -> Mapping[str, object]:
    names = ("centre", "centre_error", "low", "high")
    values = np.array([[_number(draw[name]) for name in names] for draw in found])
    centre, error, low, high = values.T
    scale = float(np.mean(error))
    known = np.array([[_number(draw.get(name)) for name in TRUE] for draw in truths])
    if not known.size or np.isnan(known).any():
        return {"verdict": "no truth"}
    truth = float(np.mean(known[:, 0]))
    # Draws are independent: the error of their mean.
    truth_error = float(np.sqrt(np.sum(known[:, 1] ** 2))) / len(known)
    if not scale > 0 or math.isnan(scale):
        return {"truth": truth, "verdict": "no standard error"}
    bias = mean_of((centre - truth) / scale, truth_error / scale)
    covered = float(np.mean((low <= truth) & (truth <= high)))
    # An interval that counts a largest bias is centred at what may be biased.
    cautious = all(bool(draw["cautious"]) for draw in found)
    small = SMALL_RESAMPLING if one.trial.resampling else SMALL
    said = verdict_of(Judged(len(found), lines, bias, covered, cautious, small))
    if one.expected == "coverage_at_least" and said == OVER:
        said = HOLDS
    spread = float(np.std(centre - truth, ddof=1)) if len(found) > 1 else 0.0
    return {
        "truth": truth,
        "truth_error": truth_error,
        "error": bias.value,
        "half": 1.96 * bias.error,
        "ratio": scale / spread if spread > 0 else None,
        "share": covered,
        "verdict": said.replace("_", " "),
    }


def _seldom(one: Asked, found: Sequence[Found], lines: int) -> Mapping[str, object]:
    """Judge a test by its size: at its level, or more seldom."""
    del one
    share = float(np.mean([bool(draw["rejects"]) for draw in found]))
    high = band(len(found), lines, LEVEL)[1]
    return {"share": share, "verdict": HOLDS if share <= high else "rejects too often"}


def _often(one: Asked, found: Sequence[Found], lines: int) -> Mapping[str, object]:
    del one, lines
    share = float(np.mean([bool(draw["rejects"]) for draw in found]))
    return {"share": share, "verdict": HOLDS if share >= RATE else "found too seldom"}


def _ranks(one: Asked, found: Sequence[Found], lines: int) -> Mapping[str, object]:
    # A rank over a count may be the level itself.
    at_most = [_number(draw["p_value"]) <= one.trial.level + 1e-12 for draw in found]
    share, high = float(np.mean(at_most)), band(len(found), lines, one.trial.level)[1]
    return {"share": share, "verdict": HOLDS if share <= high else "rejects too often"}


def _always(one: Asked, found: Sequence[Found], lines: int) -> Mapping[str, object]:
    del one, lines
    share = float(np.mean([bool(draw["refuses"]) for draw in found]))
    return {"share": share, "verdict": HOLDS if share == 1.0 else "estimates"}


JUDGES: Mapping[str, Callable[..., Mapping[str, object]]] = {
    "coverage": _covers,
    "coverage_at_least": _covers,
    "placebo_size": _ranks,
    "refuses": _always,
    "null": _seldom,
    "found": _often,
}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
