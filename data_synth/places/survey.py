"""What a survey of offices hears of the adoption of conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, Draws, IntArray
from data_synth.life.months import month_index
from data_synth.life.persons import NEVER
from data_synth.life.policies import STATUSES
from data_synth.places.dealing import spread
from data_synth.world.schema import World

REPORTED = (*STATUSES, "unknown")
DEFINITIONS = ("narrow", "wide")
_BEFORE, _AT_LAW, _AFTER = range(len(STATUSES))


@dataclass(frozen=True)
class Survey:
    """Arrays of shape ``(m,)``.

    Attributes
    ----------
    recorded
        Month index of adoption, wide definition, as records have it.
    status
        Index into ``REPORTED``.
    definition
        Index into ``DEFINITIONS``: by which the office answered.
    earliest, latest
        Month indices of the answered interval; ``NEVER`` where unknown.
    """

    recorded: IntArray
    status: NDArray[np.int8]
    definition: NDArray[np.int8]
    earliest: IntArray
    latest: IntArray


def ask_offices(
    world: World,
    first_office: IntArray,
    office_count: IntArray,
    adopted: IntArray,
    narrow: IntArray,
) -> Survey:
    """Ask the offices of municipalities that adopted at these month indices.

    One answer suffices for a municipality; municipalities that share an office share its silence.
    Wrong records of a date keep its side of the law.
    """
    given, law = world.adoption, month_index(world.adoption.law)
    count = len(adopted)
    draws = Draws(world.municipalities.seed, np.arange(count))
    recorded = _recorded(world, adopted, law, draws)
    by_narrow = spread(draws.uniform("survey/definition")) < given.narrow_answers
    delayed = np.minimum(recorded + narrow - adopted, np.maximum(recorded, law))
    date = np.where(by_narrow, delayed, recorded)
    status = np.where(date < law, _BEFORE, np.where(date == law, _AT_LAW, _AFTER))
    half = draws.uniform("survey/interval") < given.half_year
    length = np.where(half, 6, 12)
    earliest = date // length * length
    latest = earliest + length - 1
    earliest = np.where(status == _AFTER, np.maximum(earliest, law + 1), earliest)
    latest = np.where(status == _BEFORE, np.minimum(latest, law - 1), latest)
    at_law = status == _AT_LAW
    earliest, latest = np.where(at_law, law, earliest), np.where(at_law, law, latest)
    silent = ~_answered(world, first_office, office_count)
    undated = ~at_law & (draws.uniform("survey/undated") < given.undated)
    return Survey(
        recorded=recorded,
        status=np.where(silent, REPORTED.index("unknown"), status).astype(np.int8),
        definition=np.where(by_narrow, 0, 1).astype(np.int8),
        earliest=np.where(silent | undated, NEVER, earliest),
        latest=np.where(silent | undated, NEVER, latest),
    )


def _answered(world: World, first: IntArray, offices: IntArray) -> BoolArray:
    count = int((first + offices).max())
    draws = Draws(world.municipalities.seed, np.arange(count))
    answers = spread(draws.uniform("survey/answered")) < world.adoption.answered
    up_to = np.concatenate([[0], np.cumsum(answers)])
    return np.asarray(up_to[first + offices] > up_to[first])


def _recorded(world: World, adopted: IntArray, law: int, draws: Draws) -> IntArray:
    """Return dates of which some are off by one month or more, on the side of the law they had."""
    longest = world.recording.adoption_error_months
    share = world.recording.adoption_error_share
    wrong = (adopted != law) & (draws.uniform("survey/wrong") < share) & (longest > 0)
    off = 1 + np.floor(draws.uniform("survey/months_off") * longest).astype(np.int64)
    off = np.minimum(off, max(longest, 1))
    later = draws.uniform("survey/later") < 0.5
    moved = adopted + np.where(later, off, -off)
    crosses = (moved >= law) != (adopted >= law)
    crosses |= moved == law
    moved = np.where(crosses, adopted + np.where(later, -off, off), moved)
    # No record is older than the data: it would make always-treated of early adopters.
    return np.where(wrong, np.maximum(moved, month_index(world.time.first)), adopted)
