"""Everything one run found: what a page, a table and a manifest are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from evaluation.data.panel import FlowStep
from evaluation.results import Check, Detail, Estimate, JoinCoverage
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
    points
        Plotted points by figure name.
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
    """

    spec: Spec
    estimates: tuple[Estimate, ...]
    details: tuple[Detail, ...]
    checks: tuple[Check, ...]
    flow: tuple[FlowStep, ...]
    inputs: Mapping[str, str]
    points: Mapping[str, tuple[tuple[float, float, float], ...]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    cells: str = "none"
    coverage: tuple[JoinCoverage, ...] = ()
    panel_report: str = ""

    @property
    def status(self) -> str:
        """``ok``, ``warned``, ``incomplete`` where some models give nothing, or ``failed``."""
        states = {row.status for row in self.estimates}
        usable = states & {"ok", "warned"}
        if not usable and "insufficient" not in states:
            return "failed"
        if states - {"ok", "warned"}:
            return "incomplete"
        return "warned" if "warned" in states else "ok"

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
