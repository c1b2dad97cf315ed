"""Sources of rows for which a policy may be used at all."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "sources"
TITLE = "rows come from these sources"


class Limits(Table):
    """Sources, as in ``panel.source``."""

    allowed: tuple[Literal["synthetic", "file", "registers", "sql"], ...] = Field(min_length=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return ", ".join(limits.allowed)


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge everything by where its rows came from."""
    if subject.nature == "file":
        return None
    if subject.source in limits.allowed:
        return subject.ruled(KEY, "pass", f"rows are {subject.source}")
    said = f"rows are from {subject.source!r}, and the policy is for {words(limits)} ones alone"
    return subject.ruled(KEY, "fail", said)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say where the spec's source is none of these."""
    if spec.panel.source in limits.allowed:
        return ()
    return (Foreseen("policy.source", {"source": spec.panel.source, "allowed": words(limits)}),)
