"""Formats of files: some carry more than they show."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field, StringConstraints

from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "formats"
TITLE = "files are of a format that may leave"
Ending = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")]


class Limits(Table):
    """Endings that may leave, all where none is given, and those that may not."""

    allowed: tuple[Ending, ...] = ()
    blocked: tuple[Ending, ...] = Field(default=())

    def lets(self, ending: str) -> bool:
        """Whether files of an ending may leave."""
        return ending not in self.blocked and (not self.allowed or ending in self.allowed)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    parts = [
        ", ".join(limits.allowed),
        f"not {', '.join(limits.blocked)}" if limits.blocked else "",
    ]
    return "; ".join(filter(None, parts))


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge files by the ending of their name."""
    if subject.nature != "file":
        return None
    ending = PurePosixPath(subject.artefact).suffix.removeprefix(".").lower()
    if limits.lets(ending):
        return subject.ruled(KEY, "pass", f".{ending} may leave")
    said = f".{ending} may not leave (allowed: {', '.join(limits.allowed) or 'any other'})"
    return subject.ruled(KEY, "fail", said)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the formats of figures that may not leave."""
    del spec
    kept = [one for one in ("png", "svg", "pdf") if not limits.lets(one)]
    return (Foreseen("policy.formats", {"formats": ", ".join(kept)}),) if kept else ()
