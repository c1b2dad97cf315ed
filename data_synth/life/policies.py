"""The policies that can be simulated on the same persons with the same draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

STATUSES: tuple[str, str, str] = ("before", "at_law", "after")


@dataclass(frozen=True, slots=True)
class Policy:
    """Where the duty holds.

    Attributes
    ----------
    description
        One line.
    adopting
        Adoption statuses whose municipalities ever demand activity.
    this_month
        Where given, each month is recorded as if the duty had this share in it (where it is in
        force at all), while lives go on as they did: what the current month's rule does at once.
    programme
        Whether the qualification programme opens.
    """

    description: str
    adopting: frozenset[str]
    this_month: float | None = None
    programme: bool = True


POLICY_TABLE: Mapping[str, Policy] = MappingProxyType(
    {
        "actual": Policy("what happened: local adoption, then the law", frozenset(STATUSES)),
        "no_law": Policy(
            "the law never comes: only municipalities that adopted before it have the duty",
            frozenset({"before"}),
        ),
        "no_adoption": Policy("no municipality ever has the duty", frozenset()),
        "under_duty": Policy(
            "as actual until the month before, and this month under the duty whatever the age",
            frozenset(STATUSES),
            this_month=1.0,
        ),
        "released": Policy(
            "as actual until the month before, and this month free of the duty whatever the age",
            frozenset(STATUSES),
            this_month=0.0,
        ),
        "no_programme": Policy(
            "as actual, but the qualification programme never opens",
            frozenset(STATUSES),
            programme=False,
        ),
    }
)

POLICIES: Mapping[str, str] = MappingProxyType(
    {name: policy.description for name, policy in POLICY_TABLE.items()}
)
