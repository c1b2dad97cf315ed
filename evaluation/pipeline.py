"""The road from a spec to its record, as a table of contents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from evaluation.catalogue import catalogue
from evaluation.checks.judging import judge_models
from evaluation.checks.known_truth import known_truths
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.data.sources.frame import Frame
from evaluation.errors import SpecError
from evaluation.estimators.fitting import estimate_models
from evaluation.report.notes import notes_of
from evaluation.report.points import plotted_points
from evaluation.report.record import Record
from evaluation.report.rows import check_rows, detail_rows, estimate_rows
from evaluation.spec.availability import not_available
from evaluation.spec.spec import Spec

Announce = Callable[[str], None]


def run_spec(
    spec: Spec,
    *,
    frame: pd.DataFrame | None = None,
    memory: Path | None = None,
    with_truth: bool = True,
    announce: Announce = lambda stage: None,
) -> Record:
    """Run a spec and return everything it found; nothing is written.

    Parameters
    ----------
    spec
        What is asked.
    frame
        Rows in place of the spec's own source.
    memory
        Folder that remembers inputs whose rows were found unique.
    with_truth
        Whether a synthetic panel's truth is computed; the estimates do not depend on it.
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
    with clock("read and sample"):
        source = open_source(spec) if frame is None else Frame(frame)
        prepared = prepare(spec, source, memory)
    with clock("estimate"):
        results = estimate_models(spec, prepared, announce)
    with clock("check"):
        verdicts = judge_models(spec, prepared, results)
    with clock("truth"):
        truths = known_truths(spec, prepared, results) if with_truth and frame is None else ()
    with clock("report"):
        return Record(
            spec=spec,
            estimates=estimate_rows(spec, results),
            details=detail_rows(spec, results, truths, verdicts),
            checks=check_rows(spec, verdicts),
            flow=prepared.panel.flow,
            inputs=prepared.panel.inputs,
            points=plotted_points(prepared, spec),
            seconds=clock.seconds,
            notes=notes_of(spec),
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
