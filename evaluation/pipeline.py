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
from evaluation.checks._headline import headline_verdicts
from evaluation.checks._specified import Specified
from evaluation.checks._subgroups import subgroups_of
from evaluation.checks._universe import estimate_universe
from evaluation.checks._worth import worth_rows
from evaluation.checks.judging import judge_models, judged_levels
from evaluation.checks.known_truth import known_truths
from evaluation.data.registers.built import Built
from evaluation.data.registers.report import panel_steps, report_text
from evaluation.data.registers.sql import Settings as Limits
from evaluation.data.sources.registers import build_panel
from evaluation.errors import InsufficientDesign, SpecError, UsageError
from evaluation.estimators.fitting import estimate_models
from evaluation.estimators.refitting import Refitting
from evaluation.estimators.supplying import Engine, Request, given_supply, supply_of
from evaluation.release.policy import asked_policy
from evaluation.report.blinded import blind_rows, marked_blind
from evaluation.report.evidence.recorded import recorded
from evaluation.report.insufficient import (
    Shortfall,
    described,
    insufficient_checks,
    insufficient_details,
    insufficient_rows,
    shortfall_of,
)
from evaluation.report.locked import lock_rows
from evaluation.report.notes import notes_of
from evaluation.report.observed.registry import observed_points
from evaluation.report.record import Record
from evaluation.report.rows import check_rows, detail_rows, estimate_rows, subgroup_rows
from evaluation.report.software import software_at_hand
from evaluation.results import Detail, JoinCoverage
from evaluation.spec.availability import not_available
from evaluation.spec.blinding import Blinding, blinding_of
from evaluation.spec.lock import Lock
from evaluation.spec.members import members_of
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
    lock: Lock | None = None,
    blind: bool = False,
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
        Limits of the query engine that builds cells, and the panel of registers.
    lock
        What was frozen of the spec; models that differ from it are marked exploratory.
    blind
        Whether measurements change units before anything else, so that no number of the run
        tells an effect; see ``data/blind.py``. Nothing but the rows differs.
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
    asked_policy(spec)  # its faults are found before anything is read
    locked = lock_rows(spec, lock)
    stated = shortfall_of(spec)
    if stated is not None and cells is not None:
        raise UsageError("--cells: a design of kind 'none' is estimated from nothing; leave it out")
    blinding = _blinding(spec, cells) if blind else None
    clock = Clock(announce)
    built: Built | None = None
    if spec.panel.source == "registers" and frame is None and cells is None:
        with clock("panel"):
            limits = Limits(settings.threads, settings.megabytes)
            built = build_panel(spec, announce, limits)
    with clock("cells"):
        request = Request(
            spec, frame, memory, rebuild, engine, settings, blinding=blinding
        )  # fmt: skip
        request = replace(request, source=request.opened()) if cells is None else request
        if stated is not None:
            return _insufficient(request, stated, clock, locked, built)
        try:
            supply = supply_of(request, clock) if cells is None else given_supply(spec, cells)
        except InsufficientDesign as error:
            lack = Shortfall(error.reason, error.missing)
            return _insufficient(request, lack, clock, locked, built, reachable=cells is None)
        announce(f"cells: {supply.origin}")
    coverage: tuple[JoinCoverage, ...] = ()
    if spec.joins and cells is None:
        with clock("joins"):
            coverage = join_coverage(spec, request.opened(), memory, settings)
    with clock("estimate"):
        results = estimate_models(spec, supply, announce)
    refit = Refitting(request, cells, supply)
    universe: tuple[Specified, ...] = ()
    with clock("specifications") if spec.vary else nullcontext():
        members = members_of(spec, catalogue())
        universe = estimate_universe(
            spec, members, results, refit, refit.gather,
            lambda own, result: headline_verdicts(own, supply, (result,)), announce,
        )  # fmt: skip
    with clock("check"):
        verdicts = judge_models(
            spec, supply, results, refit, announce, gather=refit.gather, draw=refit.draw,
            universe=universe,
        )  # fmt: skip
    with clock("heterogeneity") if spec.heterogeneity else nullcontext():
        rows = replace(request, engine="microdata")
        by_row = Refitting(rows, None, supply) if supply.has_rows else None
        subgroups = subgroups_of(spec, supply, results, refit, by_row, announce)
        verdicts = (*verdicts, *judged_levels(subgroups))
    made = spec.panel.source == "synthetic" and frame is None and not blind
    with clock("truth") if made and with_truth else nullcontext():
        known = made and with_truth and supply.has_rows
        truths = known_truths(spec, lambda: supply.rows, results, subgroups) if known else ()
    with clock("report"):
        record = Record(
            spec=spec,
            estimates=marked_blind(
                (*estimate_rows(spec, results), *subgroup_rows(spec, subgroups)), blinding
            ),
            details=(
                *blind_rows(spec, blinding),
                *detail_rows(spec, results, truths, verdicts),
                *locked,
            ),
            checks=check_rows(spec, verdicts),
            flow=supply.flow if built is None else (*panel_steps(built), *supply.flow),
            inputs=supply.inputs,
            observed=observed_points(supply, spec, results),
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
            software=software_at_hand(),
            worth=tuple(worth_rows(spec, results)),
            specifications=tuple(one.row for one in universe),
        )
        found = (results, subgroups, universe, verdicts)
        return replace(record, evidence=recorded(record, supply, *found))


def _insufficient(
    request: Request,
    lack: Shortfall,
    clock: Clock,
    locked: tuple[Detail, ...],
    built: Built | None,
    *,
    reachable: bool = True,
) -> Record:
    """Return a record without any number of an effect, and the sample described where it is."""
    spec = request.spec
    own = replace(request, spec=described(spec, lack), held=())
    supply = supply_of(own, clock) if reachable else None
    flow = () if supply is None else supply.flow
    with clock("report"):
        return Record(
            spec=spec,
            estimates=marked_blind(insufficient_rows(spec, lack), request.blinding),
            details=(
                *blind_rows(spec, request.blinding), *insufficient_details(spec, lack), *locked
            ),
            checks=insufficient_checks(spec, lack),
            flow=flow if built is None else (*panel_steps(built), *flow),
            inputs={} if supply is None else supply.inputs,
            observed={} if supply is None else observed_points(supply, own.spec, ()),
            seconds=clock.seconds,
            notes=(*notes_of(spec), *(() if built is None else built.remarks)),
            panel_report="" if built is None else report_text(built),
            software=software_at_hand(),
        )  # fmt: skip


def _blinding(spec: Spec, cells: Path | None) -> Blinding:
    """Return how a blind run mixes rows; what is varied is fitted on the same ones."""
    if cells is not None:
        raise UsageError("--blind: mixes rows, and --cells gives none; name one of the two")
    members = members_of(spec, catalogue()) if spec.vary else ()
    return blinding_of(spec, [one.spec for one in members if one.spec is not None])


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


def refuse_without_design(spec: Spec, verb: str) -> None:
    """Raise where a spec has no design, for what needs estimates.

    Raises
    ------
    SpecError
        With what the verb cannot do, and what says why.
    """
    if spec.design.kind == "none":
        raise SpecError(
            f"{spec.id}: design.kind 'none' estimates nothing, so there is nothing to {verb}; "
            "explain and run say what is missing and what would be enough"
        )


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
