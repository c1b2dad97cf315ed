"""What a bundle is made of, and the names of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluation.cells.gathered import Gathered
from evaluation.release.protection import Protection
from evaluation.spec.spec import Spec

SCHEMA_VERSION = 1
KIND = "activity-duty bundle"
MANIFEST, SPEC, POLICY = "manifest.json", "spec.toml", "policy.toml"
CELLS, PRINTED = "cells", "printed"
GAPS, LOST = "gaps.csv", "lost.csv"
# Key of the manifest: which files of cells are coarser than the spec asks for.
COARSER = "coarser"
README, AVAILABILITY, PACKAGE = "README.md", "DATA_AVAILABILITY.md", "datapackage.json"


@dataclass(frozen=True)
class Contents:
    """Everything that a bundle is written from.

    Attributes
    ----------
    spec
        What was asked.
    printed
        Result files exactly as they are released, by name: ``estimates.csv``, ``checks.csv``, ...
    held
        The same files as the run wrote them, before they were protected; they never leave.
    inside
        The cells as they were built; ``None`` where no model runs from any.
    released
        The same cells as they may leave.
    protection
        How the policy hides and rounds counts.
    policy, policy_text
        Name of the policy, and its file.
    manifest
        The manifest as it is released.
    words
        How each file of cells was protected, in words, by name: ``cells_1``.
    instead
        Which files hold coarser cells than the spec asks for, and what was taken together.
    """

    spec: Spec
    printed: Mapping[str, str]
    held: Mapping[str, str]
    inside: Gathered | None
    released: Gathered | None
    protection: Protection
    policy: str
    policy_text: str
    manifest: Mapping[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """One row of ``lost.csv``: what disclosure control took from one file of cells.

    ``made`` and ``released`` are numbers of cells, ``changed`` that of released cells whose counts
    or sums are other than those inside.
    """

    cells: str
    made: int
    released: int
    changed: int
    words: str

    @property
    def any(self) -> bool:
        """Whether anything was taken or changed."""
        return self.released < self.made or self.changed > 0

    def __str__(self) -> str:
        """Return the loss in words."""
        said = []
        if self.released < self.made:
            said.append(f"{self.made - self.released:,} of {self.made:,} cells suppressed")
        if self.changed:
            said.append(f"{self.changed:,} rounded or merged")
        told = f" ({self.words})" if self.words else ""
        return f"{self.cells}: {', '.join(said) or 'whole'}{told}"


@dataclass(frozen=True, slots=True)
class Gap:
    """One row of ``gaps.csv``: a printed number, the one recomputed from the bundle, and the gap.

    ``low`` and ``high`` are between which values the number of the data must lie, given the
    released cells, by the argument ``bound``; empty where none bounds it. ``verdict`` is
    ``recomputed``, ``explained``, ``not recomputed`` or ``unexplained``;
    ``explanation`` says by what, or why not.
    """

    file: str
    row: int
    column: str
    model_id: str
    place: str
    printed: float
    recomputed: float | None
    gap: float | None
    verdict: str
    explanation: str
    low: float | None = None
    high: float | None = None
    bound: str = ""
