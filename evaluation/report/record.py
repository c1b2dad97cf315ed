"""Everything one run found: what a page, a table and a manifest are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from evaluation.data.panel import FlowStep
from evaluation.report.blinded import folder_of, is_blind
from evaluation.report.language import Language, language_of
from evaluation.report.locked import exploratory_in, frozen_on
from evaluation.report.numbers import Numbers
from evaluation.report.point_table import PointTable
from evaluation.report.software import Software
from evaluation.results import (
    Check,
    Detail,
    Diagnosis,
    Estimate,
    Evidence,
    JoinCoverage,
    Specification,
    WorthRow,
)
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Record:
    """One run of one spec.

    Attributes
    ----------
    spec
        What was asked.
    estimates, details, checks
        The result rows, in spec order.
    flow
        Sample flow.
    inputs
        Digest of every input by a printable name.
    observed
        Points that needed the rows or cells of the run, by name.
    seconds
        Time by stage; stands in the manifest only, never in a result file.
    notes
        What a reader must know beside the estimates, such as selected samples.
    cells
        How cells came: ``built``, ``reused``, ``given``, or ``none``.
    coverage
        How far joined files cover the panel.
    panel_report
        What was found of a delivery of registers, as CSV; empty for other sources.
    software
        With which it was made.
    specifications
        What every specification of a declared universe gives, in its order.
    diagnoses
        What ``diagnose`` found of this very design in synthetic worlds.
    worth
        What effects are worth, item by item and summed.
    evidence
        Counts behind the numbers, for whoever decides what may leave.
    """

    spec: Spec
    estimates: tuple[Estimate, ...]
    details: tuple[Detail, ...]
    checks: tuple[Check, ...]
    flow: tuple[FlowStep, ...]
    inputs: Mapping[str, str]
    observed: Mapping[str, PointTable] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    cells: str = "none"
    coverage: tuple[JoinCoverage, ...] = ()
    panel_report: str = ""
    software: Software = field(default_factory=Software)
    specifications: tuple[Specification, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    worth: tuple[WorthRow, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def words(self) -> Language:
        """The language that the spec asks its pages to be in."""
        return language_of(self.spec.lang)

    @property
    def numbers(self) -> Numbers:
        """How the spec prints its numbers."""
        return Numbers(self.spec.rounding, self.words)

    @cached_property
    def blind(self) -> bool:
        """Whether rows were permuted, so that no number is a result; see ``spec/blinding.py``."""
        return is_blind(self.details)

    @property
    def folder(self) -> str:
        """Name of the folder of its outputs."""
        return folder_of(self.spec.id, blind=self.blind)

    @cached_property
    def exploratory(self) -> Mapping[str, str]:
        """Models that were not frozen as they are, each with the reason; see ``spec/lock.py``."""
        return exploratory_in(self.details)

    @cached_property
    def frozen_on(self) -> str:
        """Day on which the spec was frozen, as ``2026-01-31``; empty where it was not."""
        return frozen_on(self.details)

    @property
    def status(self) -> str:
        """``ok``, ``warned``, ``incomplete`` where some models give nothing, or ``failed``.

        ``insufficient`` where none gives a number and some design lacks what an answer needs.
        """
        states = {row.status for row in self.estimates}
        usable = states & {"ok", "warned"}
        if not usable:
            return "insufficient" if "insufficient" in states else "failed"
        if states - {"ok", "warned"}:
            return "incomplete"
        return "warned" if "warned" in states else "ok"

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What the design lacks, words of ``spec/missing.py``; none where every model is fitted."""
        found = (str(row.value).split(", ") for row in self.details if row.name == "missing")
        return tuple(dict.fromkeys(word for words in found for word in words))

    def detail(self, model_id: str, outcome: str, name: str, term: str = "") -> object | None:
        """Return the value of one detail, ``None`` where there is none."""
        return self._values.get((model_id, outcome, name, term))

    @cached_property
    def _values(self) -> Mapping[tuple[str, str, str, str], object]:
        """Details by place, the first where several share one; a page asks thousands of times."""
        found: dict[tuple[str, str, str, str], object] = {}
        for row in self.details:
            found.setdefault((row.model_id, row.outcome, row.name, row.term), row.value)
        return found
