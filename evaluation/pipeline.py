"""The road from a spec to its record, as a table of contents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pandas as pd

from evaluation.catalogue import catalogue
from evaluation.cells.join_coverage import coverage_notes, join_coverage
from evaluation.cells.settings import Settings
from evaluation.checks._subgroups import subgroups_of
from evaluation.checks.judging import judge_models, judged_levels
from evaluation.checks.known_truth import known_truths
from evaluation.data.registers.built import Built
from evaluation.data.registers.report import panel_steps, report_text
from evaluation.data.sources.registers import build_panel
from evaluation.errors import SpecError
from evaluation.estimators.fitting import estimate_models
from evaluation.estimators.refitting import Refitting
from evaluation.estimators.supplying import Engine, Request, given_supply, supply_of
from evaluation.report.notes import notes_of
from evaluation.report.points import plotted_points
from evaluation.report.record import Record
from evaluation.report.rows import check_rows, detail_rows, estimate_rows, subgroup_rows
from evaluation.results import JoinCoverage
from evaluation.spec.availability import not_available
from evaluation.spec.spec import Spec

Announce = Callable[[str], None]


def run_spec(
    spec: Spec,
    *,
    frame: pd.DataFrame | None = None,
    memory: Path | None = None,
    with_truth: bool = True,
    cells: Path | None = None,
    rebuild: bool = False,
    engine: Engine = "auto",
    settings: Settings = Settings(),  # noqa: B008
    announce: Announce = lambda stage: None,
) -> Record:
    """Run a spec and return everything it found.

    Nothing but cells is written, and those to ``memory`` alone.

    Parameters
    ----------
    spec
        What is asked.
    frame
        Rows in place of the spec's own source.
    memory
        Folder that keeps cells, and remembers digests and inputs whose rows were found unique.
    with_truth
        Whether a synthetic panel's truth is computed; the estimates do not depend on it.
    cells
        Folder of cells to estimate from, in place of any rows.
    rebuild
        Whether kept cells are passed over and built again.
    engine
        ``auto`` estimates from cells wherever these are exact; ``microdata`` from rows alone.
    settings
        Limits of the query engine that builds cells.
    announce
        Told the name of every stage as it begins.

    Raises
    ------
    SpecError
        Where the spec asks for what is not available yet.
    DataError
        With what reading the data shows.
    """
    refuse_unavailable(spec, built_in_source=frame is None)
    clock = Clock(announce)
    built: Built | None = None
    if spec.panel.source == "registers" and frame is None and cells is None:
        with clock("panel"):
            built = build_panel(spec, announce)
    with clock("cells"):
        request = Request(spec, frame, memory, rebuild, engine, settings)
        request = replace(request, source=request.opened()) if cells is None else request
        supply = supply_of(request, clock) if cells is None else given_supply(spec, cells)
        announce(f"cells: {supply.origin}")
    coverage: tuple[JoinCoverage, ...] = ()
    if spec.joins and cells is None:
        with clock("joins"):
            coverage = join_coverage(spec, request.opened(), memory, settings)
    with clock("estimate"):
        results = estimate_models(spec, supply, announce)
    with clock("check"):
        refit = Refitting(request, cells, supply)
        verdicts = judge_models(
            spec, supply, results, refit, announce, gather=refit.gather, draw=refit.draw
        )
    with clock("heterogeneity") if spec.heterogeneity else nullcontext():
        rows = replace(request, engine="microdata")
        by_row = Refitting(rows, None, supply) if supply.has_rows else None
        subgroups = subgroups_of(spec, supply, results, refit, by_row, announce)
        verdicts = (*verdicts, *judged_levels(subgroups))
    made = spec.panel.source == "synthetic" and frame is None
    with clock("truth") if made and with_truth else nullcontext():
        known = made and with_truth and supply.has_rows
        truths = known_truths(spec, lambda: supply.rows, results, subgroups) if known else ()
    with clock("report"):
        return Record(
            spec=spec,
            estimates=(*estimate_rows(spec, results), *subgroup_rows(spec, subgroups)),
            details=detail_rows(spec, results, truths, verdicts),
            checks=check_rows(spec, verdicts),
            flow=supply.flow if built is None else (*panel_steps(built), *supply.flow),
            inputs=supply.inputs,
            points=plotted_points(supply, spec),
            seconds=clock.seconds,
            notes=(
                *notes_of(spec),
                *(() if built is None else built.remarks),
                *coverage_notes(coverage),
                *supply.notes,
            ),
            cells=supply.origin,
            coverage=coverage,
            panel_report="" if built is None else report_text(built),
        )


def refuse_unavailable(spec: Spec, *, built_in_source: bool = True) -> None:
    """Raise where a spec asks for what this version does not do yet.

    Raises
    ------
    SpecError
        One line for every such key.
    """
    lines = not_available(spec, catalogue())
    if not built_in_source:
        lines = [line for line in lines if not line.startswith("panel.source")]
    if lines:
        raise SpecError(*(f"{spec.id}: {line}" for line in lines))


class Clock:
    """Seconds by stage."""

    def __init__(self, announce: Announce) -> None:
        self.seconds: dict[str, float] = {}
        self._announce = announce

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Announce a stage and time it."""
        self._announce(stage)
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)
