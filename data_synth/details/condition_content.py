"""What conditions ask for: kinds, and hours a week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data_synth.details.keyed import uniform_at
from data_synth.life.content import activity_hours
from data_synth.life.lives import Bytes, Lives, Shorts
from data_synth.life.months import month_index
from data_synth.life.persons import Group
from data_synth.places.serving import office_of

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "04": "school",
        "06": "jobseeker",
        "07": "job_offer",
        "08": "guidance",
        "10": "other_rights",
        "14": "health",
        "15": "other",
        "16": "work_training",
        "17": "course",
        "18": "assets",
        "19": "digital_plan",
        "20": "language",
    }
)
"""Codes of KOSTRA 11F, and the parameters of ``[content]`` with their probabilities."""

_NARROW = ("16", "17")  # the narrow sense of a condition: work training or a course
_ANY = "08"  # what is asked of those whom nothing else is asked of: a guidance meeting


@dataclass(frozen=True)
class ConditionContent:
    """Conditions in force, recipients' or of those who leave; shape ``(months, n)``.

    Attributes
    ----------
    kinds
        Bit i set where the i-th code of ``KINDS`` holds; 0 without a condition.
    hours
        Hours a week of activity, 0 without a condition.
    """

    kinds: Shorts
    hours: NDArray[np.float32]


def condition_content(lives: Lives) -> ConditionContent:
    """Return kinds and hours of conditions; kinds last for a calendar year."""
    row, at = np.nonzero(lives.condition)
    month = lives.first + row
    given, persons = lives.world.content, lives.persons
    possible = {
        "19": month >= month_index(given.digital_plan_from),
        "20": persons.group[at] != Group.NORWAY,
    }
    mask = np.zeros(len(row), dtype=np.int16)
    for bit, (code, name) in enumerate(KINDS.items()):
        u = uniform_at(lives.draws, f"content/{code}", month // 12, at)
        holds = (u < getattr(given, name)) & possible.get(code, True)
        mask |= holds.astype(np.int16) << bit
    mask[mask == 0] = 1 << list(KINDS).index(_ANY)
    kinds = np.zeros(lives.condition.shape, dtype=np.int16)
    hours = np.zeros(lives.condition.shape, dtype=np.float32)
    office = office_of(lives.places, lives.muni[row, at], persons.district[at])
    kinds[row, at] = mask
    hours[row, at] = activity_hours(lives.places.offices.hours[office], persons.effort[at])
    return ConditionContent(kinds, hours)


def is_narrow(content: ConditionContent) -> Bytes:
    """Return 1 where a condition asks for work training or a course, shape ``(months, n)``."""
    mask = sum(1 << list(KINDS).index(code) for code in _NARROW)
    return np.asarray((content.kinds & mask) != 0).astype(np.int8)
