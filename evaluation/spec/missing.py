"""What a design may lack, in a closed list of words, each with what would be enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from evaluation.errors import InsufficientDesign

Missing = Literal[
    "comparison group",
    "time before",
    "time after",
    "untreated units",
    "donors",
    "other side of the cutoff",
    "individual outcomes",
    "dates",
    "outcome without the project",
]
# What is lacking where nothing is seen on one side of the reform.
TIMES: dict[str, Missing] = {"before": "time before", "after": "time after"}
MISSING: tuple[Missing, ...] = get_args(Missing)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is absent, and what would be enough; each one clause, without a colon or semicolon."""

    absent: str
    enough: str


# Texts of [message] in the language files, word for word: that is how they are said in others.
LACKS: dict[Missing, Lack] = {
    "comparison group": Lack(
        "no comparison group",
        "enough would be persons or places without the project, followed over the same months",
    ),
    "time before": Lack(
        "no time before the reform",
        "enough would be the same outcomes for a year or more before it, of those it reached "
        "and of others",
    ),
    "time after": Lack(
        "no time after the reform",
        "enough would be the same outcomes from the months after it",
    ),
    "untreated units": Lack(
        "no unit that is untreated while others are treated",
        "enough would be units that adopt later or never, seen in the same periods",
    ),
    "donors": Lack(
        "no donors",
        "enough would be two other units seen in every period and without a project of their own, "
        "and nineteen for a placebo rank of 0.05",
    ),
    "other side of the cutoff": Lack(
        "no rows on the other side of the cutoff",
        "enough would be rows on both sides, with outcomes measured alike",
    ),
    "individual outcomes": Lack(
        "no outcomes of individuals",
        "enough would be what became of each participant, and of each person compared with, "
        "month by month",
    ),
    "dates": Lack(
        "no dates",
        "enough would be the month in which the project began, and the month in which each "
        "person entered it",
    ),
    "outcome without the project": Lack(
        "no outcome without the project",
        "enough would be outcomes of others over the same months, since a forecast is what "
        "somebody expected",
    ),
}


def reason_of(missing: Iterable[Missing]) -> str:
    """Return what is absent and what would be enough, one clause each."""
    return "; ".join(f"{LACKS[one].absent}: {LACKS[one].enough}" for one in missing)


def lacking(where: str, sentence: str, *missing: Missing) -> InsufficientDesign:
    """Return the refusal to estimate that a design without a comparison ends in.

    Parameters
    ----------
    where
        Key of the spec, or outcome, that the sentence is about.
    sentence
        What the data show, without values.
    missing
        What the design lacks.
    """
    reason = f"{sentence}; {reason_of(missing)}"
    return InsufficientDesign(f"{where}: {reason}", reason=reason, missing=missing)
