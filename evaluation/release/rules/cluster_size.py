"""Clusters with an effect of their own: 300 municipality dummies, or one person's.

A dummy for one person leaves that person out; beside the same model without it, the two samples
differ by one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruled, Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "cluster_size"
TITLE = "a cluster with a coefficient or effect of its own has at least so many units"


class Limits(Table):
    """Units in the smallest such cluster.

    ``absorbed`` is the verdict where the model absorbs effects of small clusters and prints none of
    them; dummies among its controls fail.
    """

    units: int = Field(ge=1)
    absorbed: Literal["pass", "review", "fail"] = "fail"


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.units} units" + (
        "" if limits.absorbed == "fail" else f"; {limits.absorbed} where effects are absorbed"
    )


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge numbers for which the size of the smallest such cluster is known."""
    if not subject.is_number or not any(
        name.startswith("smallest_cluster") for name in subject.measured
    ):
        return None
    what = "units in the smallest cluster with an effect of its own"
    found = at_least(subject, KEY, (("smallest_cluster", limits.units, what),))
    if found is None or found.verdict == "pass" or not subject.absorbs:
        return found
    verdict: Ruled = found.verdict if limits.absorbed == "fail" else limits.absorbed
    return replace(found, verdict=verdict, message=f"{found.message}; absorbed, not printed")


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say nothing: how large clusters are is in the data."""
    del spec, limits
    return ()
