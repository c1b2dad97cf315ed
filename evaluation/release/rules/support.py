"""The smallest group that identifies a number: what a count of all rows does not show.

One person who alone has a dummy leaves the rows and the residual degrees of freedom as large as
they were; the coefficient is that person's outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Place, Subject
from evaluation.results import Ruling
from evaluation.spec.design import RdDesign
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "support"
TITLE = "the smallest group that identifies a number has at least so many units"
PLACES: dict[Place, str] = {
    "coefficient": "coefficient",
    "event_time": "event time",
    "group_time": "ATT(g,t) cell",
    "side": "side of the cutoff within the bandwidth",
    "level": "level",
}
# Estimands whose numbers each rest on a group of their own.
OF_ESTIMANDS: dict[str, Place] = {"att_by_event_time": "event_time", "att_gt": "group_time"}


class Limits(Table):
    """Units in the smallest group, by what it identifies; rows and clusters of any."""

    coefficient: int = Field(ge=1)
    event_time: int = Field(ge=1)
    group_time: int = Field(ge=1)
    side: int = Field(ge=1)
    level: int = Field(ge=1)
    rows: int | None = Field(default=None, ge=1)
    clusters: int | None = Field(default=None, ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words, places with one limit together."""
    by_limit = groupby(PLACES, key=lambda place: getattr(limits, place))
    parts = [
        f"{least} units a {', '.join(PLACES[place] for place in places)}"
        for least, places in by_limit
    ]
    parts += [
        f"{least} {what}"
        for what, least in (("rows", limits.rows), ("clusters", limits.clusters))
        if least
    ]
    return "; ".join(parts)


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge estimates, and whatever else is known to rest on a smallest group."""
    known = any(name.startswith("support_") for name in subject.measured)
    if not subject.is_number or not (known or subject.nature == "estimate"):
        return None
    place = PLACES[subject.place]
    needed = (
        ("support_units", getattr(limits, subject.place), f"units in the smallest {place}"),
        ("support_rows", limits.rows, f"rows in the smallest {place}"),
        ("support_clusters", limits.clusters, f"clusters in the smallest {place}"),
    )
    return at_least(subject, KEY, needed)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the models whose numbers each rest on a group of their own."""
    return tuple(_foreseen(spec, limits))


def _foreseen(spec: Spec, limits: Limits) -> Iterator[Foreseen]:
    by_place: dict[Place, list[str]] = {}
    for model in spec.models:
        place = OF_ESTIMANDS.get(model.estimand)
        if place is None:
            place = "side" if isinstance(spec.design, RdDesign) else "coefficient"
        by_place.setdefault(place, []).append(model.id)
    if spec.heterogeneity:
        levels = (name for one in spec.heterogeneity for name in one.models)
        by_place["level"] = list(dict.fromkeys(levels))
    for place, models in by_place.items():
        least = getattr(limits, place)
        yield Foreseen(f"policy.support.{place}", {"models": ", ".join(models), "least": least})
