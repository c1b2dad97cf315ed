"""``list``: what there is to name in a spec."""

from __future__ import annotations

from collections.abc import Callable

import data_synth
from evaluation.checks import registry as checks
from evaluation.commands.shown import text_table
from evaluation.commands.studies import catalogue_of_studies
from evaluation.errors import UsageError
from evaluation.estimators import registry as estimators
from evaluation.spec.faults import nearest
from evaluation.spec.policy_files import policy_names

LATER = "not available yet"


def _estimators() -> str:
    rows = [
        (name, one.TITLE, ", ".join(sorted(one.DESIGNS)))
        for name in estimators.estimator_names()
        for one in (estimators.estimator(name),)
    ]
    rows += [(name, LATER, "") for name in sorted(estimators.PLANNED)]
    return text_table(["estimator", "method", "designs"], rows)


def _checks() -> str:
    rows = [
        (name, one.TITLE, one.ASSUMPTION)
        for name in checks.check_names()
        for one in (checks.check(name),)
    ]
    rows += [(name, LATER, "") for name in sorted(checks.PLANNED)]
    return text_table(["check", "test", "speaks to"], rows)


def _worlds() -> str:
    rows = [(world.name, world.title) for world in data_synth.list_worlds()]
    return text_table(["world", "what happens in it"], rows)


def _policies() -> str:
    from evaluation.release.policy import policy_of

    policies = (policy_of(name) for name in policy_names())
    rows = [(one.name, one.head.title, ", ".join(one.limits)) for one in policies]
    return text_table(["policy", "whose", "rules"], rows)


LISTS: dict[str, Callable[[], str]] = {
    "estimators": _estimators,
    "checks": _checks,
    "worlds": _worlds,
    "policies": _policies,
    "studies": catalogue_of_studies,
}


def catalogue_of(kind: str) -> str:
    """Return one list as text.

    Raises
    ------
    UsageError
        For a kind that is none of the lists.
    """
    if kind not in LISTS:
        raise UsageError(
            f"list: no list {kind!r}{nearest(kind, LISTS)} (there are: {', '.join(LISTS)})"
        )
    return LISTS[kind]()
