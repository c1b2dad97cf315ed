"""What is asked of every world, and what further is asked of some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from synthetic_worlds.cells import Adoption, AgeDid, Release

Design = AgeDid | Adoption | Release
Policies = tuple[str, str]


@dataclass(frozen=True)
class Question:
    """One estimate and the truth that it is judged by.

    Attributes
    ----------
    name
        Unique in a world: estimator, slash, outcome.
    label
        The estimator in words.
    outcome
        A column of the panel.
    design
        Which rows, and what truth means on them.
    rows
        ``cells``, or ``rows`` where the estimator needs person-months.
    spec, model
        The spec beside this file, and the model in it.
    policies
        The pair whose difference is the truth.
    relative
        Whether the effect on the untreated side is subtracted.
    """

    name: str
    label: str
    outcome: str
    design: Design
    spec: str
    model: str
    policies: Policies
    rows: str = "cells"
    relative: bool = True


BY_LAW: Policies = ("actual", "no_law")
BY_ADOPTION: Policies = ("actual", "no_adoption")
AT_RELEASE: Policies = ("under_duty", "released")
OUTCOMES = ("employed", "sa_received", "sa_exit")


def age_did(name: str, label: str, design: AgeDid, *, relative: bool = True) -> list[Question]:
    """Return an age difference-in-differences on every outcome."""
    return [
        Question(
            f"{name}/{outcome}",
            label,
            outcome,
            design,
            "age_did",
            "main",
            BY_LAW,
            "cells",
            relative,
        )
        for outcome in OUTCOMES
    ]


def adoption(
    name: str, label: str, design: Adoption, model: str, spec: str = "adoption"
) -> list[Question]:
    """Return an estimator of staggered adoption on every outcome."""
    return [
        Question(f"{name}/{outcome}", label, outcome, design, spec, model, BY_ADOPTION)
        for outcome in OUTCOMES
    ]


LAW, EARLY = AgeDid(), AgeDid(late_only=False)
STANDARD: tuple[Question, ...] = (
    *age_did("age_did", "age differences", EARLY),
    *age_did("age_did_law", "age differences, no early adopters", LAW),
    *adoption("group_time", "group-time average", Adoption(), "group_time"),
    *adoption("two_way", "two-way fixed effects", Adoption(), "two_way"),
    Question(
        "release/sa_exit",
        "discontinuity at 30",
        "sa_exit",
        Release(),
        "release_exit",
        "jump",
        AT_RELEASE,
        "rows",
    ),
    Question(
        "release/sa_entry",
        "discontinuity at 30",
        "sa_entry",
        Release(),
        "release_entry",
        "jump",
        AT_RELEASE,
    ),
)

_ON_TREATED = age_did(
    "age_did_treated",
    "age differences, no early adopters; effect on the young",
    LAW,
    relative=False,
)
_LONG = Adoption(first=201001)
_LONG_ADOPTION = (
    *adoption("group_time_2010", "group-time average from 2010", _LONG, "group_time"),
    *adoption("two_way_2010", "two-way fixed effects from 2010", _LONG, "two_way"),
)
_MOVERS = (
    *adoption(
        "group_time_movers", "group-time average, movers kept", Adoption(movers=True), "group_time"
    ),
    *adoption(
        "two_way_movers", "two-way fixed effects, movers kept", Adoption(movers=True), "two_way"
    ),
)
_NEAR = AgeDid(treated_from=336, control_from=361, control_below=385)
EXTRA: Mapping[str, tuple[Question, ...]] = {
    "anticipation": (
        *age_did(
            "age_did_kept", "age differences, announced months kept", replace(LAW, announced=True)
        ),
        *adoption(
            "group_time_ahead",
            "group-time average, two quarters of anticipation",
            Adoption(),
            "group_time",
            "adoption_ahead",
        ),
    ),
    "carry_over": (
        *_ON_TREATED,
        *age_did(
            "age_did_near",
            "age differences, 28-29 against 30-31; effect on the young",
            _NEAR,
            relative=False,
        ),
    ),
    "date_error": tuple(
        adoption(
            "group_time_halves",
            "group-time average by half years",
            Adoption(months=6),
            "group_time",
        )
    ),
    "diverging_trends": _LONG_ADOPTION,
    "dynamic_staggered": _LONG_ADOPTION,
    "one_city": tuple(
        adoption("two_way_unclustered", "two-way, no cluster", Adoption(), "two_way_unclustered")
    ),
    "one_town_2013": tuple(
        adoption("two_way_unclustered", "two-way, no cluster", Adoption(), "two_way_unclustered")
    ),
    "pandemic": tuple(
        age_did("age_did_2021", "age differences to 2021", replace(LAW, last=202112))
    ),
    "register_break_2015": tuple(
        age_did("age_did_2015", "age differences from 2015", replace(LAW, first=201501))
    ),
    "slow_provision": tuple(
        age_did("age_did_2022", "age differences to 2022", replace(LAW, last=202212))
    ),
    "spillover_30_plus": tuple(_ON_TREATED),
    "work_effect": (*_ON_TREATED, *_MOVERS),
}


def questions(world: str) -> tuple[Question, ...]:
    """Return what is asked of ``world``, in the order printed."""
    return (*STANDARD, *EXTRA.get(world, ()))
